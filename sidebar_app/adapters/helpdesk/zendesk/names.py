"""What things are called, remembered for a while: names are only shown, never decided on."""

from collections.abc import Callable


class Names:
    """Names by id. `read` asks for all of them."""

    def __init__(
        self, read: Callable[[], dict[int, str]], *, seconds: float, monotonic: Callable[[], float]
    ) -> None:
        self._read, self._seconds, self._monotonic = read, seconds, monotonic
        self._names: dict[int, str] = {}
        self._read_at = 0.0

    def of(self, id: int) -> str:
        """ "" for what has no name. Raises what `read` raises."""
        if id not in self._names or self._monotonic() - self._read_at > self._seconds:
            self._names = self._read()
            self._read_at = self._monotonic()
        return self._names.get(id, "")
