"""The system's own clock and ids."""

import secrets
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class TimeOrderedIds:
    """`prefix_` + 48 bits of milliseconds + 80 random bits, in hex: unguessable, sorting by time."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock

    def new(self, prefix: str) -> str:
        milliseconds = int(self._clock.now().timestamp() * 1000)
        return f"{prefix}_{milliseconds:012x}{secrets.token_hex(10)}"
