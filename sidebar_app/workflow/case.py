"""Reading a submission: who asks, for which customer, for what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sidebar_app.actions import Action, NotEligible, Plan, action_named
from sidebar_app.domain.billing import CustomerRef
from sidebar_app.domain.request import Requester
from sidebar_app.ports.billing import BillingGateway
from sidebar_app.workflow.facts import LiveFacts, MirroredFacts
from sidebar_app.workflow.policing import has_multi_year_contract
from sidebar_app.workflow.tickets import CustomerNotOfTicket, TicketCustomers


@dataclass(frozen=True, slots=True)
class Submission:
    """What the panel sent. `seen` is what it showed: the customer, and the figures the act stands on."""

    agent_id: int
    ticket_id: int
    action: str
    params: Mapping[str, Any]
    seen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A submission that can be read; `params` are checked and free of card numbers."""

    ticket_id: int
    action: Action
    params: Mapping[str, Any]
    customers: TicketCustomers
    customer: CustomerRef


@dataclass(frozen=True, slots=True)
class Case:
    """Everything known before the policy is asked."""

    requester: Requester
    asked: Asked
    plan: Plan
    multi_year: bool


def read(
    submission: Submission, *, customers_of: Callable[[int], TicketCustomers], billing: BillingGateway
) -> Asked:
    """Raises UnknownAction, InvalidParams, NotEligible, CustomerNotOfTicket, and what `customers_of` raises."""
    action = action_named(submission.action)
    params = action.parse(submission.params)
    if action.name not in billing.abilities:
        raise NotEligible("not-supported", f"{billing.name} cannot do this.")
    customers = customers_of(submission.ticket_id)
    customer = customers.chosen(submission.seen.get("customer"))
    if customer is None:
        raise CustomerNotOfTicket(submission.seen.get("customer", ""))
    return Asked(submission.ticket_id, action, params, customers, customer)


def study(asked: Asked, requester: Requester, facts: LiveFacts | MirroredFacts) -> Case:
    """Raises NotEligible, InvalidParams, and what the facts raise."""
    plan = asked.action.plan(asked.params, facts)
    return Case(requester, asked, plan, has_multi_year_contract(facts.subscriptions()))
