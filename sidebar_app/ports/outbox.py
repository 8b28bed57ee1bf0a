"""The outbox: what is to be done outside of transactions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do outside the transaction that decided it. `subject` is an id, never a text."""

    id: str
    topic: str
    subject: str
    detail: str
    attempts: int
    created_at: datetime


class Tasks(Protocol):
    """The outbox. A task stays until it is finished; whoever holds its lease may work on it."""

    def add(self, topic: str, subject: str, *, detail: str = "", now: datetime) -> str:
        """The id of the task; adding the same (topic, subject, detail) again changes nothing."""
        ...

    def claim(self, task_id: str, *, now: datetime, lease_seconds: float) -> Task | None:
        """None when it is finished, not due yet, or somebody else holds it."""
        ...

    def finish(self, task_id: str, *, now: datetime) -> None: ...

    def postpone(self, task_id: str, *, until: datetime, problem: str) -> None:
        """Gives the lease back; `problem` is a short text without customer data."""
        ...

    def due(
        self, now: datetime, *, limit: int = 200, only: Collection[str] = (), without: Collection[str] = ()
    ) -> list[str]:
        """Ids of unfinished tasks whose time has come, of these topics only, or of all but those."""
        ...

    def waiting(self, topic: str, *, detail_begins: str, tried_less_than: int) -> int:
        """How many tasks of a topic are not finished and have not failed so often yet."""
        ...

    def backlog(self, now: datetime) -> dict[str, tuple[int, float]]:
        """By topic: how many unfinished tasks, and the age of the oldest in seconds."""
        ...
