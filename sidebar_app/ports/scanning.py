"""What scanning tickets for card numbers writes down: findings, and how far it came."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from sidebar_app.domain.backscan import BackScan, Progress, Scanned, SeenNumber
from sidebar_app.domain.context import CardLeft, MaskedCard
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry, Source


class Redactions(Protocol):
    def add(self, entry: RedactionEntry) -> None: ...

    def settle(self, entry: RedactionEntry, outcome: Outcome, *, remains: str) -> bool:
        """Writes what became of it; False when somebody else did meanwhile. It counts as not told again."""
        ...

    def open_of(self, ticket_id: int) -> list[RedactionEntry]:
        """Entries of a ticket that may still change (found, remaining, review, not scanned), oldest first."""
        ...

    def found_by(self, ticket_id: int, *, source: Source, since: datetime) -> list[RedactionEntry]:
        """What was found in a ticket that way since then, whatever became of it."""
        ...

    def files(self, *, source: Source, since: datetime) -> dict[Outcome, int]:
        """How many files there are with an entry that was made that way since then, by its outcome now."""
        ...

    def untold_of(self, ticket_id: int) -> list[RedactionEntry]:
        """Entries whose present outcome the security channel has not heard of, oldest first."""
        ...

    def mark_told(self, entries: Iterable[RedactionEntry]) -> None:
        """Unless their outcome has changed meanwhile."""
        ...

    def of_ticket(self, ticket_id: int) -> list[MaskedCard]: ...

    def left_in(self, ticket_id: int) -> list[CardLeft]:
        """Numbers that stand in the ticket still, or may. What compliance signed off in doubt is none of them."""
        ...

    def latest(self, *, limit: int = 200) -> list[RedactionEntry]: ...

    def get(self, entry_id: str) -> RedactionEntry | None: ...


class Bookmarks(Protocol):
    """Short texts that processes leave for themselves and each other."""

    def load(self, name: str) -> tuple[str, datetime] | None:
        """The text and when it was saved."""
        ...

    def save(self, name: str, value: str, *, at: datetime) -> None: ...

    def remove(self, name: str) -> None: ...


class Scans(Protocol):
    """Which tickets were scanned as a whole."""

    def save(self, ticket_id: int, *, changed_at: datetime, read_at: datetime) -> None:
        """`changed_at` is the helpdesk's time of the last change that was read, `read_at` ours of the reading.
        Keeps what is newer."""
        ...

    def of(self, ticket_id: int) -> tuple[datetime, datetime] | None:
        """(changed_at, read_at) of the latest scan."""
        ...


class BackScans(Protocol):
    """Runs, and their tickets one by one: waiting, handed out, then scanned or not scanned."""

    def start(self, run: BackScan) -> None:
        """Any other run that is not done is abandoned."""
        ...

    def get(self, run_id: str) -> BackScan | None: ...

    def latest(self) -> BackScan | None: ...

    def save(self, run: BackScan) -> None: ...

    def listed(self, run: BackScan, tickets: Iterable[int]) -> None:
        """Tickets that are to be scanned; those that are known already stay as they are."""
        ...

    def hand_out(self, run_id: str, *, most: int) -> list[int]:
        """Takes tickets that wait, so that at most so many are handed out at a time."""
        ...

    def finish(self, run_id: str, ticket_id: int, result: Scanned | None) -> bool:
        """None: it could not be scanned. False when that was known already."""
        ...

    def failed(self, run_id: str, ticket_id: int) -> int:
        """Counts a try that failed; how many there were."""
        ...

    def try_again(self, run_id: str) -> int:
        """What could not be scanned waits again; how many tickets that are."""
        ...

    def progress(self, run_id: str) -> Progress: ...

    def seen(self, run_id: str) -> Iterator[tuple[int, SeenNumber]]:
        """What a dry run saw, by ticket."""
        ...

    def not_scanned(self, run_id: str, *, limit: int = 100) -> list[int]: ...
