"""Running an allowed or approved request exactly once.

At-least-once delivery of the task, one idempotency key from our row, a guard on every state change, and
asking the backend before anything is sent again: together they move the money once or not at all.
"""

from datetime import datetime, timedelta
from typing import Any

from sidebar_app.actions import ACTIONS, NotEligible
from sidebar_app.domain.lifecycle import Event, State
from sidebar_app.domain.outcome import Done, Outcome, Refused, Unknown
from sidebar_app.domain.request import ActionRequest, Choice
from sidebar_app.ports.billing import BillingGateway, NoSuchObject
from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.redaction import masked
from sidebar_app.workflow import journal
from sidebar_app.workflow.approvers import still_entitled
from sidebar_app.workflow.facts import LiveFacts
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.tasks import PAUSES_SECONDS, Later, TaskRunner, pause_seconds

# Backends remember an idempotency key for 24 hours; an hour of distance covers clocks and queues.
KEY_LIVES_FOR = timedelta(hours=23)


class FactsChanged(Exception):
    """What the request stands on is no longer so; the text says what changed."""


class Execute:
    """The handler of `execute` tasks. Raises Later, or the ports' errors, to be called again."""

    def __init__(
        self,
        *,
        store: Store,
        billing: BillingGateway,
        chat: Chat,
        tasks: TaskRunner,
        clock: Clock,
        in_force: InForce,
    ) -> None:
        self._store = store
        self._billing = billing
        self._chat = chat
        self._tasks = tasks
        self._clock = clock
        self._in_force = in_force

    def __call__(self, task: Task) -> None:
        with self._store.reading() as tx:
            request = tx.requests.get(task.subject)
        match request.state:
            case State.SUBMITTED | State.APPROVED:
                self._begin(request)
            case State.EXECUTING | State.UNKNOWN if not request.needs_human:
                self._resume(request)

    # -- a first attempt: check everything, claim, send -----------------------------------------------

    def _begin(self, request: ActionRequest) -> None:
        if self._has_lapsed(request):
            self._ask_again(request)
            return
        try:
            self._check_facts(request)
        except FactsChanged as change:
            self._settle(request, Event.FACTS_CHANGED, outcome=str(change), outcome_code="facts-changed")
            return
        if claimed := self._claim(request):
            self._send(claimed)

    def _has_lapsed(self, request: ActionRequest) -> bool:
        approved_at, lasts = request.approved_at, self._in_force.police.approval_lasts
        return approved_at is not None and self._clock.now() - approved_at > lasts

    def _check_facts(self, request: ActionRequest) -> None:
        """Approvers still may approve, and the backend's facts still carry the act; raises FactsChanged."""
        self._check_approvers(request)
        facts = LiveFacts(request.customer_id, billing=self._billing, now=self._clock.now())
        try:
            ACTIONS[request.action].plan(request.params, facts)
        except NotEligible as reason:
            raise FactsChanged(str(reason)) from None
        except NoSuchObject:
            raise FactsChanged("This customer no longer exists in billing.") from None

    def _check_approvers(self, request: ActionRequest) -> None:
        with self._store.reading() as tx:
            given = [a for a in tx.approvals.of(request.id) if a.version == request.version]
            entitled = [(a, still_entitled(tx, a)) for a in given if a.choice is Choice.APPROVED]
        for approval, person in entitled:
            if not (person and person.slack and self._chat.is_active_member(person.slack)):
                raise FactsChanged(f"{approval.by} may no longer approve this.")

    def _claim(self, request: ActionRequest) -> ActionRequest | None:
        """`executing` is committed before anything is sent; None when another worker was faster."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            claimed = tx.requests.move(
                request, Event.EXECUTION_STARTED, now=now, first_sent_at=now, attempts=request.attempts + 1
            )
            if claimed:
                journal.record(tx, claimed, "request.execution_started", at=now, key=claimed.provider_key)
        return claimed

    # -- after a crash or an unclear answer: ask first -------------------------------------------------

    def _resume(self, request: ActionRequest) -> None:
        """Our own effect may be what changed the facts, so they are not checked again."""
        order = ACTIONS[request.action].order(request)
        if done := masked(self._billing.find(order)):
            self._conclude(request, done)
        elif self._key_may_be_forgotten(request) or request.attempts > len(PAUSES_SECONDS):
            self._hand_to_people(request)
        elif again := self._count_attempt(request):
            self._send(again)

    def _key_may_be_forgotten(self, request: ActionRequest) -> bool:
        sent = request.first_sent_at
        return sent is None or self._clock.now() - sent > KEY_LIVES_FOR

    def _count_attempt(self, request: ActionRequest) -> ActionRequest | None:
        now = self._clock.now()
        with self._store.transaction() as tx:
            again = tx.requests.touch(request, now=now, attempts=request.attempts + 1)
            if again:
                journal.record(tx, again, "request.execution_repeated", at=now, attempt=again.attempts)
        return again

    def _hand_to_people(self, request: ActionRequest) -> None:
        now = self._clock.now()
        sentence = "It is not known whether this was done. Nothing is sent again: a person has to look."
        with self._store.transaction() as tx:
            held = request
            if request.state is State.EXECUTING:
                held = tx.requests.move(request, Event.EXECUTION_UNKNOWN, now=now) or request
            marked = tx.requests.touch(held, now=now, needs_human=True, outcome=sentence)
            if marked is None:
                return
            journal.record(tx, marked, "request.needs_human", at=now, key=marked.provider_key)
            rings = _tell(tx, marked, "needs-human", now)
        self._tasks.ring(rings)

    # -- sending and what came of it -------------------------------------------------------------------

    def _send(self, request: ActionRequest) -> None:
        """No transaction is open here."""
        self._conclude(request, masked(self._billing.execute(ACTIONS[request.action].order(request))))

    def _conclude(self, request: ActionRequest, outcome: Outcome) -> None:
        match outcome:
            case Done():
                self._settle(
                    request, Event.EXECUTION_SUCCEEDED, reference=outcome.reference, outcome=outcome.detail
                )
            case Refused():
                self._settle(
                    request, Event.EXECUTION_FAILED, outcome=outcome.sentence, outcome_code=outcome.code
                )
            case Unknown():
                self._wonder(request, outcome)

    def _settle(self, request: ActionRequest, event: Event, **changes: Any) -> None:
        """The final state, its audit entry and everybody to be told commit together."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            settled = tx.requests.move(request, event, now=now, **changes)
            if settled is None:
                return
            journal.record(tx, settled, f"request.{event.value}", at=now, **changes)
            rings = _tell(tx, settled, settled.state.value, now)
        self._tasks.ring(rings)

    def _wonder(self, request: ActionRequest, unclear: Unknown) -> None:
        """Ambiguous is `unknown`, never `failed`; raises Later."""
        if request.state is State.EXECUTING:
            self._mark_unknown(request, unclear)
        raise Later("unknown outcome", after=timedelta(seconds=pause_seconds(request.attempts)))

    def _mark_unknown(self, request: ActionRequest, unclear: Unknown) -> None:
        now = self._clock.now()
        with self._store.transaction() as tx:
            moved = tx.requests.move(request, Event.EXECUTION_UNKNOWN, now=now, outcome=unclear.sentence)
            if moved is None:
                return
            journal.record(tx, moved, "request.execution_unknown", at=now, why=unclear.sentence)
            rings = _tell(tx, moved, "unknown", now)
        self._tasks.ring(rings)

    def _ask_again(self, request: ActionRequest) -> None:
        """An approval that is too old counts no more: a new version, from the first step."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            renewed = tx.requests.move(
                request,
                Event.APPROVAL_LAPSED,
                now=now,
                version=request.version + 1,
                step=0,
                approved_at=None,
                expires_at=now + self._in_force.police.answer_within,
            )
            if renewed is None:
                return
            journal.record(tx, renewed, "request.approval_lapsed", at=now)
            rings = [tx.tasks.add("card", renewed.id, detail=f"v{renewed.version}", now=now)]
        self._tasks.ring(rings)


def _tell(tx: Transaction, request: ActionRequest, what: str, now: datetime) -> list[str]:
    """Card and note follow every outcome, mail and a fresh mirror every success; the tasks to ring for."""
    topics = ("card", "note", "mail", "refresh") if what == State.SUCCEEDED else ("card", "note")
    return [tx.tasks.add(topic, request.id, detail=what, now=now) for topic in topics]
