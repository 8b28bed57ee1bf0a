"""Asking for an action: previewed without trace, or recorded with its decision in one transaction."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sidebar_app.actions import Action, NotEligible, Plan, action_named
from sidebar_app.actions.action import check_seen
from sidebar_app.domain.billing import CustomerRef
from sidebar_app.domain.decision import Decision, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest, Requester
from sidebar_app.ports.billing import BillingGateway
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow import journal
from sidebar_app.workflow.facts import LiveFacts, Mirror, MirroredFacts
from sidebar_app.workflow.identify import Directory
from sidebar_app.workflow.policing import NotPermitted, Police, has_multi_year_contract, require_approvers
from sidebar_app.workflow.tasks import TaskRunner
from sidebar_app.workflow.tickets import CustomerNotOfTicket, TicketCustomers, Tickets


class KeyReused(Exception):
    """The idempotency key belongs to another submission."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the panel sent. `seen` is what it showed: the customer, and the figures the act stands on."""

    agent_id: int
    ticket_id: int
    action: str
    params: Mapping[str, Any]
    seen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    plan: Plan
    decision: Decision
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything known about a submission before the policy is asked."""

    requester: Requester
    customers: TicketCustomers
    customer: CustomerRef
    action: Action
    plan: Plan
    multi_year: bool


class Submit:
    """Raises NotAColleague, UnknownAction, InvalidParams, CustomerNotOfTicket, NotEligible, PanelOutOfDate,
    NotPermitted, NobodyCanApprove, KeyReused, and the ports' own errors; nothing is recorded then, except a
    denied attempt."""

    def __init__(
        self,
        *,
        directory: Directory,
        tickets: Tickets,
        mirror: Mirror,
        billing: BillingGateway,
        store: Store,
        police: Police,
        tasks: TaskRunner,
        clock: Clock,
        ids: Ids,
        answer_within: timedelta,
    ) -> None:
        self._directory = directory
        self._tickets = tickets
        self._mirror = mirror
        self._billing = billing
        self._store = store
        self._police = police
        self._tasks = tasks
        self._clock = clock
        self._ids = ids
        self._answer_within = answer_within

    def preview(self, submission: Submission) -> Preview:
        """What would happen, from mirrored facts; changes nothing."""
        requester = self._directory.looking(submission.agent_id).as_requester()
        action, params, customers, customer = self._read(submission)
        facts = self._mirror.mirrored(customer.id)
        case = self._case(requester, customers, customer, action, params, facts)
        now = self._clock.now()
        with self._store.reading() as tx:
            decision = self._decide(tx, case, now)
        waits = decision.verdict is Verdict.NEEDS_APPROVAL
        return Preview(case.plan, decision, now + self._answer_within if waits else None)

    def submit(self, submission: Submission, *, key: str) -> ActionRequest:
        """The recorded request: running, or waiting for approval. The same key gives the same request."""
        requester = self._directory.acting(submission.agent_id).as_requester()
        action, params, customers, customer = self._read(submission)
        body_hash = _hash(submission, params)
        if known := self._known(requester, key, body_hash):
            return known
        case = self._case(requester, customers, customer, action, params, self._mirror.live(customer.id))
        check_seen(case.plan, submission.seen)
        request, rings = self._record(case, submission.ticket_id, key, body_hash)
        self._tasks.ring(rings)
        return _permitted(request)

    def _read(self, submission: Submission) -> tuple[Action, dict[str, Any], TicketCustomers, CustomerRef]:
        action = action_named(submission.action)
        params = action.parse(submission.params)
        params["note"] = mask_free_text(params.get("note", ""))
        if action.name not in self._billing.abilities:
            raise NotEligible("not-supported", f"{self._billing.name} cannot do this.")
        customers = self._tickets.customers(submission.ticket_id)
        customer = customers.chosen(submission.seen.get("customer"))
        if customer is None:
            raise CustomerNotOfTicket(submission.seen.get("customer", ""))
        return action, params, customers, customer

    def _case(
        self,
        requester: Requester,
        customers: TicketCustomers,
        customer: CustomerRef,
        action: Action,
        params: Mapping[str, Any],
        facts: LiveFacts | MirroredFacts,
    ) -> _Case:
        plan = action.plan(params, facts)
        multi_year = has_multi_year_contract(facts.subscriptions())
        return _Case(requester, customers, customer, action, plan, multi_year)

    def _decide(self, tx: Transaction, case: _Case, now: datetime) -> Decision:
        return self._police.ask(
            tx,
            role=case.requester.role,
            action=case.action.name,
            plan=case.plan,
            customer_id=case.customer.id,
            match=case.customers.match,
            multi_year=case.multi_year,
            now=now,
        )

    def _known(self, requester: Requester, key: str, body_hash: str) -> ActionRequest | None:
        with self._store.reading() as tx:
            return _same_submission(tx, requester, key, body_hash)

    def _record(
        self, case: _Case, ticket_id: int, key: str, body_hash: str
    ) -> tuple[ActionRequest, list[str]]:
        """Decision, request, audit entry and tasks commit together; limits are counted under a lock."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.lock(f"customer:{case.customer.id}")
            if known := _same_submission(tx, case.requester, key, body_hash):
                return known, []
            _require_uncommitted(tx, case.plan)
            decision = self._decide(tx, case, now)
            request = self._request(case, ticket_id, decision, now)
            if decision.verdict is Verdict.NEEDS_APPROVAL:
                require_approvers(tx, decision, case.requester)
            tx.requests.insert(request, key=key, body_hash=body_hash)
            by = (case.requester.id, case.requester.name)
            journal.record(
                tx, request, f"request.{_EVENT[request.state]}", at=now, by=by, **journal.submission(request)
            )
            return request, _first_tasks(tx, request, now)

    def _request(self, case: _Case, ticket_id: int, decision: Decision, now: datetime) -> ActionRequest:
        waits = decision.verdict is Verdict.NEEDS_APPROVAL
        return ActionRequest(
            id=self._ids.new("req"),
            ticket_id=ticket_id,
            customer_id=case.customer.id,
            customer_name=mask_free_text(case.customer.name),
            action=case.action.name,
            params=case.plan.params,
            amount=case.plan.amount,
            summary=case.plan.summary,
            note=case.plan.params.get("note", ""),
            requester=case.requester,
            decision=decision,
            state=_STATE[decision.verdict],
            created_at=now,
            updated_at=now,
            expires_at=now + self._answer_within if waits else None,
        )


_STATE = {
    Verdict.ALLOW: State.SUBMITTED,
    Verdict.NEEDS_APPROVAL: State.PENDING_APPROVAL,
    Verdict.DENY: State.DENIED,
}
_EVENT = {
    State.SUBMITTED: "submitted",
    State.PENDING_APPROVAL: "approval_asked",
    State.DENIED: "denied",
}


def _hash(submission: Submission, params: Mapping[str, Any]) -> str:
    """Of the masked params, so that no hash of a card number is kept."""
    body = [submission.ticket_id, submission.action, params, dict(submission.seen)]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _same_submission(tx: Transaction, requester: Requester, key: str, body_hash: str) -> ActionRequest | None:
    known = tx.requests.by_key(requester.id, key)
    if known is None:
        return None
    if known.body_hash != body_hash:
        raise KeyReused
    return known.request


def _require_uncommitted(tx: Transaction, plan: Plan) -> None:
    """Refunds that still wait or run already speak for a part of the payment."""
    payment_id = plan.params.get("payment")
    if not payment_id:
        return
    asked = tx.requests.live_amount_on(payment_id, plan.amount.currency)
    rest = Money.parse(plan.seen["refundable"], plan.amount.currency)
    if asked and asked + plan.amount > rest:
        raise NotEligible(
            "refund-waiting",
            f"Refunds of {asked} on this payment are already under way; {rest} is refundable in all.",
            "Wait for them, withdraw one, or ask for less.",
        )


def _first_tasks(tx: Transaction, request: ActionRequest, now: datetime) -> list[str]:
    if request.state is State.SUBMITTED:
        return [tx.tasks.add("execute", request.id, detail="v1", now=now)]
    if request.state is State.PENDING_APPROVAL:
        return [
            tx.tasks.add("card", request.id, detail="asked", now=now),
            tx.tasks.add("note", request.id, detail="asked", now=now),
        ]
    return []


def _permitted(request: ActionRequest) -> ActionRequest:
    """A denied attempt stands in the records and is a refusal, each time it is asked with the same key."""
    if request.state is State.DENIED:
        raise NotPermitted(request.decision)
    return request
