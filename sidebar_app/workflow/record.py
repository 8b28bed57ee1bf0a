"""Recording a case: decision, request, audit entry and tasks commit together, or nothing does."""

from datetime import datetime

from sidebar_app.actions import NotEligible, Plan
from sidebar_app.domain.decision import Decision, Question, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest, Requester
from sidebar_app.permissions import Lately
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow import journal
from sidebar_app.workflow.approvers import Roster
from sidebar_app.workflow.case import Case
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.policing import Police, require_approvers
from sidebar_app.workflow.why import Why, obstacle, who_could

_STATE = {
    Verdict.ALLOW: State.SUBMITTED,
    Verdict.NEEDS_APPROVAL: State.PENDING_APPROVAL,
    Verdict.DENY: State.DENIED,
}
_EVENT = {
    State.SUBMITTED: "request.submitted",
    State.PENDING_APPROVAL: "request.approval_asked",
    State.DENIED: "request.denied",
}


class KeyReused(Exception):
    """The idempotency key belongs to another submission."""


class Recorder:
    def __init__(self, *, store: Store, in_force: InForce, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._in_force = in_force
        self._clock = clock
        self._ids = ids

    def why(self, tx: Transaction, case: Case, *, now: datetime) -> Why:
        """The decision `record` would come to, with its reasons; nothing is recorded."""
        police, requester = self._in_force.police, case.requester
        question, lately = _asked(police, tx, case, now)
        explained = police.explain(question, lately, now=now)
        decision, roster = explained.decision, Roster.at(tx, now)
        return Why(
            explained,
            who_could(roster, decision, requester=requester),
            obstacle(roster, decision, requester=requester),
        )

    def _decide(self, tx: Transaction, case: Case, *, now: datetime) -> tuple[Question, Decision]:
        """What the policy is asked about this case, and its answer."""
        police = self._in_force.police
        question, lately = _asked(police, tx, case, now)
        return question, police.ask(question, lately, now=now)

    def deadline(self, decision: Decision, *, now: datetime) -> datetime | None:
        """Until when somebody has to decide, when somebody has to."""
        within = self._in_force.police.answer_within
        return now + within if decision.verdict is Verdict.NEEDS_APPROVAL else None

    def known(self, requester: Requester, *, key: str, body_hash: str) -> ActionRequest | None:
        """What was recorded under this key; raises KeyReused for another body."""
        with self._store.reading() as tx:
            return _same_submission(tx, requester, key, body_hash)

    def record(self, case: Case, *, key: str, body_hash: str) -> tuple[ActionRequest, list[str]]:
        """The request and the tasks to ring for. Limits are counted under locks on requester and customer.

        Raises KeyReused, NotEligible, NobodyCanApprove; nothing is recorded then.
        """
        now = self._clock.now()
        self._in_force.note(self._store, now=now)
        with self._store.transaction() as tx:
            tx.lock(f"requester:{case.requester.id}")  # always before the customer: no deadlock
            tx.lock(f"customer:{case.asked.customer.id}")
            if known := _same_submission(tx, case.requester, key, body_hash):
                return known, []
            _require_uncommitted(tx, case.plan)
            request = self._request(case, *self._decide(tx, case, now=now), now)
            if request.state is State.PENDING_APPROVAL:
                require_approvers(Roster.at(tx, now), request.decision, case.requester)
            tx.requests.insert(request, key=key, body_hash=body_hash)
            by = (case.requester.id, case.requester.name)
            journal.record(tx, request, _EVENT[request.state], at=now, by=by, **journal.submission(request))
            return request, _first_tasks(tx, request, now)

    def _request(self, case: Case, question: Question, decision: Decision, now: datetime) -> ActionRequest:
        return ActionRequest(
            id=self._ids.new("req"),
            ticket_id=case.asked.ticket_id,
            customer_id=case.asked.customer.id,
            customer_name=mask_free_text(case.asked.customer.name),
            action=case.asked.action.name,
            params=case.plan.params,
            amount=case.plan.amount,
            summary=case.plan.summary,
            note=case.plan.params.get("note", ""),
            requester=case.requester,
            decision=decision,
            state=_STATE[decision.verdict],
            created_at=now,
            updated_at=now,
            expires_at=self.deadline(decision, now=now),
            question=question,
        )


def _asked(police: Police, tx: Transaction, case: Case, now: datetime) -> tuple[Question, Lately]:
    question = police.question(
        tx,
        role=case.requester.role,
        action=case.asked.action.name,
        plan=case.plan,
        customer_id=case.asked.customer.id,
        match=case.asked.customers.match,
        multi_year=case.multi_year,
        now=now,
    )
    return question, police.lately(tx, case.requester, now=now)


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
        return [tx.tasks.add(topic, request.id, detail="asked", now=now) for topic in ("card", "note")]
    return []
