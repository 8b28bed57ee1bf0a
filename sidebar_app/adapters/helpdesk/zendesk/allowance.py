"""How much of the account's requests is left, as its answers say.

Headers: developer.zendesk.com, "Rate limits". Everybody who works with the account shares them.
"""

import time
from collections.abc import Callable, Mapping

_PAIRS = (("ratelimit-limit", "ratelimit-remaining"), ("x-rate-limit", "x-rate-limit-remaining"))
_RESET = "ratelimit-reset"
_A_MINUTE = 60.0


class Allowance:
    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._left = 1.0
        self._holds_until = float("-inf")

    def heard(self, headers: Mapping[str, str]) -> None:
        """What is said counts until the limit is reset, for a minute at most."""
        named = {name.lower(): value for name, value in headers.items()}
        for limit, remaining in _PAIRS:
            total, left = (_number(named.get(name, "")) for name in (limit, remaining))
            if total and left is not None:
                reset = _number(named.get(_RESET, ""))
                self._left = min(left / total, 1.0)
                self._holds_until = self._monotonic() + min(_A_MINUTE if reset is None else reset, _A_MINUTE)
                return

    def left(self) -> float | None:
        """0 … 1; None when nothing that was heard still holds."""
        return self._left if self._monotonic() < self._holds_until else None


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() else None
