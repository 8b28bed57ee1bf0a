"""Time and fresh ids, handed in so that tests can hold them still."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, timezone-aware, UTC."""
        ...


class Ids(Protocol):
    def new(self, prefix: str) -> str:
        """A fresh id such as "req_…", unguessable, sorting by time within a prefix."""
        ...
