"""Which billing customers a ticket may be about."""

from dataclasses import dataclass

from sidebar_app.domain.billing import CustomerRef
from sidebar_app.domain.decision import CustomerMatch
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import Helpdesk, Ticket
from sidebar_app.ports.store import Store
from sidebar_app.redaction import masked
from sidebar_app.workflow.facts import Mirror
from sidebar_app.workflow.remembered import Known, Remembered


class CustomerNotOfTicket(Exception):
    """The customer somebody wants to act on does not belong to the ticket's requester."""


@dataclass(frozen=True, slots=True)
class TicketCustomers:
    """`match` says how sure we are; ambiguous stays ambiguous after somebody chose."""

    ticket: Ticket
    candidates: tuple[CustomerRef, ...]

    @property
    def match(self) -> CustomerMatch:
        if len(self.candidates) > 1:
            return CustomerMatch.AMBIGUOUS
        return CustomerMatch.VERIFIED if self.ticket.requester_verified else CustomerMatch.EMAIL

    def chosen(self, customer_id: str | None) -> CustomerRef | None:
        """The customer to show: the one asked for, or the oldest; None when billing knows none.

        Raises CustomerNotOfTicket.
        """
        if not customer_id:
            return next(iter(self.candidates), None)
        for candidate in self.candidates:
            if candidate.id == customer_id:
                return candidate
        raise CustomerNotOfTicket(customer_id)


class Tickets:
    """Raises HelpdeskUnavailable, NoSuchTicket, BillingUnavailable."""

    def __init__(self, *, helpdesk: Helpdesk, mirror: Mirror, store: Store, clock: Clock) -> None:
        self._store = store
        self._mirror = mirror
        self._tickets = Remembered(
            ask=lambda ticket_id: masked(helpdesk.ticket(ticket_id)),
            load=self._load,
            save=self._save,
            clock=clock,
        )

    def ticket(self, ticket_id: int) -> Ticket:
        """For somebody who looks."""
        return self._tickets.recent(ticket_id)

    def customers(self, ticket_id: int) -> TicketCustomers:
        """For somebody who looks."""
        return self._customers(self._tickets.recent(ticket_id))

    def customers_now(self, ticket_id: int) -> TicketCustomers:
        """For somebody who acts: a requester that was changed a moment ago counts."""
        return self._customers(self._tickets.now(ticket_id))

    def close(self) -> None:
        self._tickets.close()

    def _customers(self, ticket: Ticket) -> TicketCustomers:
        email = ticket.requester_email
        return TicketCustomers(ticket, self._mirror.customers(email) if email else ())

    def _load(self, ticket_id: int) -> Known[Ticket] | None:
        with self._store.reading() as tx:
            found = tx.helpdesk.load(Ticket, ticket_id)
        return Known(*found) if found else None

    def _save(self, _: int, known: Known[Ticket]) -> None:
        with self._store.transaction() as tx:
            tx.helpdesk.save(known.value, read_at=known.read_at)
