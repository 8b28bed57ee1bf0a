"""Which billing customers a ticket may be about."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sidebar_app.domain.billing import CustomerRef
from sidebar_app.domain.decision import CustomerMatch
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import Helpdesk, Ticket
from sidebar_app.workflow.facts import Mirror

_TICKET_TTL = timedelta(seconds=60)


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

    def __init__(self, *, helpdesk: Helpdesk, mirror: Mirror, clock: Clock) -> None:
        self._helpdesk = helpdesk
        self._mirror = mirror
        self._clock = clock
        self._seen: dict[int, tuple[datetime, Ticket]] = {}
        self._lock = threading.Lock()

    def ticket(self, ticket_id: int) -> Ticket:
        """At most a minute old."""
        now = self._clock.now()
        with self._lock:
            known = self._seen.get(ticket_id)
        if known and now - known[0] < _TICKET_TTL:
            return known[1]
        return self.ask(ticket_id)

    def ask(self, ticket_id: int) -> Ticket:
        """From the helpdesk, now."""
        ticket = self._helpdesk.ticket(ticket_id)
        with self._lock:
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[ticket_id] = (self._clock.now(), ticket)
        return ticket

    def customers(self, ticket_id: int) -> TicketCustomers:
        ticket = self.ticket(ticket_id)
        email = ticket.requester_email
        return TicketCustomers(ticket, self._mirror.customers(email) if email else ())
