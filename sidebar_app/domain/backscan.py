"""A run through the tickets of the past, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sidebar_app.domain.redaction_log import Place


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class BackScan:
    """All tickets that changed since `since` and were opened before `until`. `at_once`: how many are handed to the
    workers at a time. `bookmark`: how far the helpdesk's list was read, `listed_all` when it was read to its end.
    `round` counts how often it was taken up again. Nothing is begun before `paused_until`."""

    id: str
    since: datetime
    until: datetime | None
    dry_run: bool
    at_once: int
    started_at: datetime
    state: RunState = RunState.RUNNING
    bookmark: str = ""
    listed_all: bool = False
    round: int = 0
    paused_until: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenNumber:
    """A number that a dry run saw. `certain`: a real run would remove it; otherwise a person would be asked."""

    place: Place
    brand: str
    last4: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of one ticket. `seen` is filled by a dry run only: a real one writes into the redaction log."""

    found: int = 0
    redacted: int = 0
    remaining: int = 0
    review: int = 0
    seen: tuple[SeenNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Tickets: `listed` = `waiting` + `handed_out` + `scanned` + `not_scanned`. The rest are numbers."""

    listed: int = 0
    waiting: int = 0
    handed_out: int = 0
    scanned: int = 0
    not_scanned: int = 0
    found: int = 0
    redacted: int = 0
    remaining: int = 0
    review: int = 0

    @property
    def done(self) -> int:
        return self.scanned + self.not_scanned


@dataclass(frozen=True, slots=True)
class FilesOfThePast:
    """What came of the files in the tickets of a run, which are looked into beside it; `waiting` are still to come."""

    waiting: int
    removed: int = 0
    remaining: int = 0
    review: int = 0
    not_scanned: int = 0
