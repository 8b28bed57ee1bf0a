"""A circuit breaker: a dead backend costs its own timeout once, not once per request."""

import threading
from datetime import datetime, timedelta


class Breaker:
    """Opens after `threshold` failures in a row, for `pause`; then lets one caller try again."""

    def __init__(self, *, threshold: int = 3, pause: timedelta = timedelta(seconds=15)) -> None:
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._open_until: datetime | None = None
        self._lock = threading.Lock()

    def allows(self, now: datetime) -> bool:
        with self._lock:
            if self._open_until is None:
                return True
            if now < self._open_until:
                return False
            self._open_until = now + self._pause  # this caller is the one that tries
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._open_until = None

    def failed(self, now: datetime) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._threshold:
                self._open_until = now + self._pause
