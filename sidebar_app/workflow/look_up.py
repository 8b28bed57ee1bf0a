"""Everything a person may see of a ticket's billing, in one answer."""

from sidebar_app.actions import ACTIONS
from sidebar_app.domain.billing import Account, CustomerRef, Section, Subscriptions
from sidebar_app.domain.context import BillingContext, Offer, Reading, RequestHistory
from sidebar_app.domain.decision import CustomerMatch, Question, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.request import Requester
from sidebar_app.permissions import decide, reach
from sidebar_app.ports.billing import BillingGateway, BillingMisconfigured, BillingUnavailable
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.requests import NoSuchRequest
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow.facts import Mirror
from sidebar_app.workflow.identify import Colleague, Directory
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.policing import NotPermitted, context_of, has_multi_year_contract
from sidebar_app.workflow.tickets import TicketCustomers, Tickets

_DEFAULT_CURRENCY = "USD"
_BUSY = (State.SUBMITTED, State.APPROVED, State.EXECUTING)


class LookUp:
    """Raises NotAColleague, NotPermitted, CustomerNotOfTicket, HelpdeskUnavailable, NoSuchTicket."""

    def __init__(
        self,
        *,
        directory: Directory,
        tickets: Tickets,
        mirror: Mirror,
        billing: BillingGateway,
        store: Store,
        in_force: InForce,
        clock: Clock,
        training_url: str = "",
    ) -> None:
        self._directory = directory
        self._tickets = tickets
        self._mirror = mirror
        self._billing = billing
        self._store = store
        self._in_force = in_force
        self._clock = clock
        self._training_url = training_url

    def context(self, *, agent_id: int, ticket_id: int, customer_id: str | None = None) -> BillingContext:
        """The billing context as this agent may see it; a customer billing does not know is no error."""
        colleague = self._directory.looking(agent_id)
        viewer = self._require_view(colleague)
        try:
            customers = self._tickets.customers(ticket_id)
        except (BillingUnavailable, BillingMisconfigured):
            return self._without_billing(ticket_id, viewer.id)
        customer = customers.chosen(customer_id)
        readings = self._mirror.readings(customer.id) if customer else {}
        return self._assemble(customers, customer, readings, viewer)

    def warm(self, task: Task) -> None:
        """The handler of `warm` tasks: reads a ticket's customers into the mirror before somebody looks."""
        for customer in self._tickets.customers_now(int(task.subject)).candidates:
            self._mirror.readings(customer.id)

    def pulse(self, *, ticket_id: int) -> tuple[str, bool]:
        """A text that changes when anything of the ticket changed, and whether something is being executed."""
        with self._store.reading() as tx:
            states = [request.state for request in tx.requests.of_ticket(ticket_id, limit=10)]
            return tx.pulse(ticket_id), any(state in _BUSY for state in states)

    def history(self, request_id: str, *, ticket_id: int) -> RequestHistory:
        """Raises NoSuchRequest, also for a request of another ticket."""
        with self._store.reading() as tx:
            request = tx.requests.get(request_id)
            if request.ticket_id != ticket_id:
                raise NoSuchRequest(request_id)
            return RequestHistory(request, tuple(tx.approvals.of(request_id)))

    def _require_view(self, colleague: Colleague) -> Requester:
        viewer = colleague.as_requester()
        decision = decide(self._in_force.policy, Question(role=viewer.role, action="view_billing"))
        if decision.verdict is not Verdict.ALLOW:
            raise NotPermitted(decision)
        return viewer

    def _without_billing(self, ticket_id: int, viewer: str) -> BillingContext:
        ticket = self._tickets.ticket(ticket_id)
        with self._store.reading() as tx:
            history = _history(tx, ticket_id)
        return BillingContext(
            ticket_id=ticket_id,
            requester_name=ticket.requester_name,
            requester_email=ticket.requester_email,
            backend=self._billing.name,
            now=self._clock.now(),
            viewer=viewer,
            history=history,
            problem=f"{self._billing.name} does not answer at the moment, and this customer was never seen before.",
        )

    def _assemble(
        self,
        customers: TicketCustomers,
        customer: CustomerRef | None,
        readings: dict[Section, Reading],
        viewer: Requester,
    ) -> BillingContext:
        ticket = customers.ticket
        with self._store.reading() as tx:
            masked = tuple(tx.redactions.of_ticket(ticket.id))
            left = tuple(tx.redactions.left_in(ticket.id))
            history = _history(tx, ticket.id)
            offers = self._offers(tx, viewer, customer, readings, customers.match) if customer else ()
        return BillingContext(
            ticket_id=ticket.id,
            requester_name=ticket.requester_name,
            requester_email=ticket.requester_email,
            backend=self._billing.name,
            now=self._clock.now(),
            viewer=viewer.id,
            customer=customer,
            candidates=customers.candidates,
            match=customers.match,
            readings=readings,
            offers=offers,
            history=history,
            masked_cards=masked,
            cards_left=left,
            training_url=self._training_url,
        )

    def _offers(
        self,
        tx: Transaction,
        viewer: Requester,
        customer: CustomerRef,
        readings: dict[Section, Reading],
        match: CustomerMatch,
    ) -> tuple[Offer, ...]:
        """What backend and policy both let this person ask for, and how far they get on their own."""
        now, currency = self._clock.now(), _currency(readings)
        multi_year = _multi_year(readings)
        context = context_of(tx, customer.id, match=match, multi_year=multi_year, currency=currency, now=now)
        police = self._in_force.police
        lately = police.lately(tx, viewer, now=now)
        found = {
            action: reach(
                police.policy, role=viewer.role, action=action, currency=currency, context=context,
                lately=lately, today=now.date(),
            )
            for action in ACTIONS
            if action in self._billing.abilities
        }  # fmt: skip
        return tuple(
            Offer(action, how_far.smallest, how_far.at_once_up_to)
            for action, how_far in found.items()
            if how_far.smallest.verdict is not Verdict.DENY
        )


def _history(tx: Transaction, ticket_id: int) -> tuple[RequestHistory, ...]:
    requests = tx.requests.of_ticket(ticket_id)
    approvals = tx.approvals.of_many(r.id for r in requests)
    return tuple(RequestHistory(r, tuple(approvals.get(r.id, ()))) for r in requests)


def _currency(readings: dict[Section, Reading]) -> str:
    account = readings[Section.ACCOUNT].facts
    return account.currency if isinstance(account, Account) and account.currency else _DEFAULT_CURRENCY


def _multi_year(readings: dict[Section, Reading]) -> bool:
    subscriptions = readings[Section.SUBSCRIPTIONS].facts
    return isinstance(subscriptions, Subscriptions) and has_multi_year_contract(subscriptions)
