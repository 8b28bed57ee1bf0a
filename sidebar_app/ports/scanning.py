"""What scanning tickets for card numbers writes down: findings, and how far it came."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sidebar_app.domain.context import MaskedCard
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry


class Redactions(Protocol):
    def add(self, entry: RedactionEntry) -> None: ...

    def settle(self, entry: RedactionEntry, outcome: Outcome, *, remains: str) -> bool:
        """Writes what became of it; False when somebody else did meanwhile. It counts as not told again."""
        ...

    def open_of(self, ticket_id: int) -> list[RedactionEntry]:
        """Entries of a ticket that may still change (found, remaining, review, not scanned), oldest first."""
        ...

    def untold_of(self, ticket_id: int) -> list[RedactionEntry]:
        """Entries whose present outcome the security channel has not heard of, oldest first."""
        ...

    def mark_told(self, entries: Iterable[RedactionEntry]) -> None:
        """Unless their outcome has changed meanwhile."""
        ...

    def of_ticket(self, ticket_id: int) -> list[MaskedCard]: ...

    def latest(self, *, limit: int = 200) -> list[RedactionEntry]: ...

    def get(self, entry_id: str) -> RedactionEntry | None: ...


class Bookmarks(Protocol):
    """Short texts that processes leave for themselves and each other."""

    def load(self, name: str) -> tuple[str, datetime] | None:
        """The text and when it was saved."""
        ...

    def save(self, name: str, value: str, *, at: datetime) -> None: ...


class Scans(Protocol):
    """Which tickets were scanned as a whole."""

    def save(self, ticket_id: int, *, changed_at: datetime, read_at: datetime) -> None:
        """`changed_at` is the helpdesk's time of the last change that was read, `read_at` ours of the reading.
        Keeps what is newer."""
        ...

    def of(self, ticket_id: int) -> tuple[datetime, datetime] | None:
        """(changed_at, read_at) of the latest scan."""
        ...
