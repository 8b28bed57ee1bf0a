"""The SDK's client, set up for a server: bounded waits, shared connections, patience only for reads."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
import stripe
from requests.adapters import HTTPAdapter

from sidebar_app.adapters.billing.stripe.errors import read_failure
from sidebar_app.ports.billing import BillingUnavailable

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
# The SDK repeats a read after a broken connection, a conflict or a 5xx, but never after a 429.
READ_RETRIES = 1
RATE_LIMIT_TRIES = 3
RATE_LIMIT_PATIENCE_SECONDS = 4.0
_POOL_SIZE = 32
_PAGE = 100

Json = dict[str, Any]
Fetched = TypeVar("Fetched", bound=stripe.StripeObject)


@dataclass(frozen=True, slots=True)
class StripeConnection:
    """A client and the connection pool it shares between threads; close it when the process ends."""

    client: stripe.StripeClient
    session: requests.Session

    def close(self) -> None:
        self.session.close()


def connect(
    key: str,
    *,
    base_url: str | None = None,
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
) -> StripeConnection:
    """A client that makes no call yet. It repeats nothing by itself: reads ask for that, writes never do."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=_POOL_SIZE))
    http = stripe.RequestsClient(timeout=(connect_seconds, read_seconds), session=session)
    addresses: Any = {"api": base_url} if base_url else {}
    client = stripe.StripeClient(key, http_client=http, base_addresses=addresses, max_network_retries=0)
    return StripeConnection(client, session)


READ_OPTIONS: Any = {"max_network_retries": READ_RETRIES}


class Reader:
    """Reads with bounded patience; hands out plain values, so that no Stripe object travels further."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def one(self, call: Callable[[], stripe.StripeObject]) -> Json:
        """Raises BillingUnavailable, BillingMisconfigured or NoSuchObject."""
        with failures_named():
            found: Json = self._patiently(call).to_dict()
            return found

    def pages(
        self,
        call: Callable[[Json], Any],
        *,
        most: int = 1,
        enough: Callable[[Json], bool] | None = None,
    ) -> tuple[list[Json], bool]:
        """The items of up to `most` pages, newest first, and whether that was all of them.

        `call` gets the paging parameters of each page; `enough` sees the last item of a page and may
        end the reading.
        """
        items: list[Json] = []
        cursor: Json = {"limit": _PAGE}
        with failures_named():
            for _ in range(most):
                page = self._patiently(lambda: call(cursor)).to_dict()  # noqa: B023
                items += page["data"]
                if not page["has_more"] or not page["data"]:
                    return items, True
                last = page["data"][-1]
                if enough and enough(last):
                    break
                cursor = {"limit": _PAGE, "starting_after": last["id"]}
        return items, False

    def _patiently(self, call: Callable[[], Any]) -> Any:
        waited = 0.0
        for tries in range(1, RATE_LIMIT_TRIES):
            try:
                return call()
            except stripe.RateLimitError as error:
                pause = _pause(error, tries)
                if waited + pause > RATE_LIMIT_PATIENCE_SECONDS:
                    raise
                waited += pause
                self._sleep(pause)
        return call()


def _pause(error: stripe.StripeError, tries: int) -> float:
    """What Retry-After says, otherwise a quarter to half a second, doubled with each try."""
    named = (error.headers or {}).get("Retry-After", "")
    if named.isascii() and named.isdigit():
        return float(named)
    jitter = random.uniform(0.25, 0.5)  # noqa: S311
    return jitter if tries == 1 else jitter * 2


@contextmanager
def failures_named() -> Iterator[None]:
    """What the SDK raises, and what an answer of an unexpected shape causes, in the port's words."""
    try:
        yield
    except stripe.StripeError as error:
        raise read_failure(error) from None
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise BillingUnavailable(f"Stripe's answer could not be read: {type(error).__name__}.") from error
