"""What was last read of billing and of the helpdesk, in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sidebar_app.domain.billing import CustomerRef, Facts, Section
from sidebar_app.ports.helpdesk import AgentProfile, Ticket


@dataclass(frozen=True, slots=True)
class Mirrored:
    facts: Facts
    read_at: datetime
    stale: bool


class BillingMirror(Protocol):
    """The local copy of customers' billing facts."""

    def sections(self, customer_id: str) -> dict[Section, Mirrored]: ...

    def save(self, customer_id: str, section: Section, facts: Facts, *, read_at: datetime) -> None:
        """Keeps what is newer: a reading older than the stored one changes nothing."""
        ...

    def mark_stale(self, customer_id: str, sections: Iterable[Section], *, now: datetime) -> None: ...

    def customers(self, email: str) -> tuple[tuple[CustomerRef, ...], datetime] | None:
        """The customers last found for an address and when, None when never asked."""
        ...

    def save_customers(self, email: str, found: Iterable[CustomerRef], *, read_at: datetime) -> None: ...


Helpful = TypeVar("Helpful", AgentProfile, Ticket)


class HelpdeskMirror(Protocol):
    """What was last read of the helpdesk."""

    def load(self, kind: type[Helpful], id: int) -> tuple[Helpful, datetime] | None:
        """The facts and when they were read."""
        ...

    def save(self, facts: AgentProfile | Ticket, *, read_at: datetime) -> None:
        """Keeps what is newer."""
        ...
