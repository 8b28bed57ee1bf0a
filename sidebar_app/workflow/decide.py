"""Approving and rejecting in chat: one winner, committed before the click is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sidebar_app.domain.lifecycle import Event, State
from sidebar_app.domain.people import ROLE_NAMES, Person, SlackIdentity
from sidebar_app.domain.request import ActionRequest, Approval, Choice
from sidebar_app.ports.chat import Answer, Chat, ChatRefused, ChatUnavailable, ChatUncertain
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.requests import NoSuchRequest
from sidebar_app.ports.store import Store, StoreUnavailable, Transaction
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow import journal
from sidebar_app.workflow.approvers import Approver
from sidebar_app.workflow.authorise import NOT_LINKED, Refusal, authorised
from sidebar_app.workflow.link import Link
from sidebar_app.workflow.membership import Membership
from sidebar_app.workflow.tasks import TaskRunner

_CHAT_TROUBLE = (ChatUnavailable, ChatUncertain, ChatRefused)
_TRY_AGAIN = "Nothing was decided: {}. Please click again in a moment."


@dataclass(frozen=True, slots=True)
class _Click:
    request_id: str
    version: int
    actor: SlackIdentity
    choice: Choice
    reason: str
    delivery: str
    source: Mapping[str, str]


class Decide:
    """Fulfils `ports.chat.Decisions`."""

    def __init__(self, *, store: Store, chat: Chat, link: Link, tasks: TaskRunner, clock: Clock) -> None:
        self._store = store
        self._link = link
        self._members = Membership(chat=chat, clock=clock)
        self._tasks = tasks
        self._clock = clock

    def approve(
        self,
        request_id: str,
        *,
        version: int,
        actor: SlackIdentity,
        delivery: str,
        source: Mapping[str, str],
    ) -> Answer:
        return self._click(_Click(request_id, version, actor, Choice.APPROVED, "", delivery, source))

    def reject(
        self,
        request_id: str,
        *,
        version: int,
        actor: SlackIdentity,
        reason: str,
        delivery: str,
        source: Mapping[str, str],
    ) -> Answer:
        masked = mask_free_text(reason.strip())
        return self._click(_Click(request_id, version, actor, Choice.REJECTED, masked, delivery, source))

    def may_decide(self, request_id: str, *, version: int, actor: SlackIdentity) -> Answer:
        try:
            return self._answered(lambda: self._may_decide(request_id, version, actor))
        except Refusal as refusal:
            return Answer(done=False, text=str(self._introduced(actor, refusal)))

    def _may_decide(self, request_id: str, version: int, actor: SlackIdentity) -> Answer:
        self._require_member(actor)
        with self._store.reading() as tx:
            authorised(tx, request_id, version, actor, self._clock.now())
        return Answer(done=True, text="")

    def _click(self, click: _Click) -> Answer:
        try:
            return self._answered(lambda: self._decide(click))
        except Refusal as refusal:
            told = self._introduced(click.actor, refusal)
            return self._answered(partial(self._record_refusal, click, told))

    def _introduced(self, actor: SlackIdentity, refusal: Refusal) -> Refusal:
        """Who is not known here is proposed to an administrator, where their address says who they may be."""
        if refusal.code != NOT_LINKED:
            return refusal
        try:
            person = self._link.propose_for(actor)
        except (*_CHAT_TROUBLE, StoreUnavailable):
            return refusal
        if person is None:
            return refusal
        return Refusal(
            NOT_LINKED,
            f"Your Slack account is not linked yet. By its e-mail address you are {person.name}; an administrator "
            "has to confirm it. Please click again after that.",
        )

    def _answered(self, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except StoreUnavailable:
            return Answer(done=False, text=_TRY_AGAIN.format("our database did not answer"))
        except _CHAT_TROUBLE:
            return Answer(done=False, text=_TRY_AGAIN.format("Slack could not confirm your account"))

    def _decide(self, click: _Click) -> Answer:
        self._require_member(click.actor)
        now = self._clock.now()
        with self._store.transaction() as tx:
            if not tx.first_delivery("slack", click.delivery, now=now):
                return Answer(done=False, text="This click was already taken.")
            tx.lock(f"request:{click.request_id}")  # who decided already is counted one after the other
            request, approver = authorised(tx, click.request_id, click.version, click.actor, now)
            decided = _apply(tx, request, approver, click, now)
            rings = _follow_up(tx, decided, now)
        self._tasks.ring(rings)
        return Answer(done=True, text=_thanks(decided, click.choice))

    def _require_member(self, actor: SlackIdentity) -> None:
        if not self._members.is_active(actor):
            raise Refusal("not-a-member", "Only full members of our own workspace can decide.")

    def _record_refusal(self, click: _Click, refusal: Refusal) -> Answer:
        """Who tried what stands in the log, also when nothing came of it."""
        answer = Answer(done=False, text=str(refusal))
        with self._store.transaction() as tx:
            try:
                request = tx.requests.get(click.request_id)
            except NoSuchRequest:
                return answer
            person = tx.people.by_slack(click.actor)
            by = (person.id, person.name) if person else (f"slack:{click.actor.user_id}", "unknown")
            details = {"choice": click.choice.value, "why": refusal.code, "source": dict(click.source)}
            journal.record(tx, request, "request.click_refused", at=self._clock.now(), by=by, **details)
        return answer


def _apply(
    tx: Transaction, request: ActionRequest, approver: Approver, click: _Click, now: datetime
) -> ActionRequest:
    """Stores the decision and moves the request; raises Refusal when somebody else was faster."""
    step = request.decision.steps[request.step]
    person, owner = approver.person, approver.on_behalf_of
    approval = Approval(
        request.id, request.version, request.step, step.role, person.id, person.name,
        click.choice, now, click.reason, click.source, owner.id if owner else "", owner.name if owner else "",
    )  # fmt: skip
    if not tx.approvals.add(approval):
        raise Refusal("decided-before", "You already decided on this request.")
    event, changes = _consequence(tx, request, click.choice, now)
    moved = tx.requests.move(request, event, now=now, **changes)
    if moved is None:
        raise Refusal("already-decided", "Somebody else decided at the same moment.")
    journal.record(
        tx, moved, f"request.{event.value}", at=now, by=(person.id, person.name),
        step=request.step, role=step.role.value, reason=click.reason, source=dict(click.source), **_for(owner),
    )  # fmt: skip
    return moved


def _for(owner: Person | None) -> dict[str, dict[str, str]]:
    """Whose right was used stands in the log beside who used it."""
    return {"on_behalf_of": {"id": owner.id, "name": owner.name}} if owner else {}


def _consequence(
    tx: Transaction, request: ActionRequest, choice: Choice, now: datetime
) -> tuple[Event, dict[str, object]]:
    """What this decision does: reject ends it; the last approval of the last step approves it."""
    if choice is Choice.REJECTED:
        return Event.REJECTED, {}
    step = request.decision.steps[request.step]
    given = [
        a for a in tx.approvals.of(request.id) if a.version == request.version and a.step == request.step
    ]
    if len(given) < step.quorum:
        return Event.STEP_APPROVED, {}
    if request.step + 1 < len(request.decision.steps):
        return Event.STEP_APPROVED, {"step": request.step + 1}
    return Event.APPROVED, {"approved_at": now}


def _follow_up(tx: Transaction, request: ActionRequest, now: datetime) -> list[str]:
    decisions = len(tx.approvals.of(request.id))
    rings = [tx.tasks.add("card", request.id, detail=f"{request.state.value}-{decisions}", now=now)]
    if request.state is State.APPROVED:
        rings.append(tx.tasks.add("execute", request.id, detail=f"v{request.version}-{decisions}", now=now))
    if request.state is State.REJECTED:
        rings.append(tx.tasks.add("note", request.id, detail="rejected", now=now))
    return rings


def _thanks(request: ActionRequest, choice: Choice) -> str:
    if choice is Choice.REJECTED:
        return f"Rejected: {request.summary}. The agent is told."
    if request.state is State.APPROVED:
        return f"Approved: {request.summary}. It runs now."
    step = request.open_step
    return f"Approved. Next: {ROLE_NAMES[step.role] if step else 'nobody'}."
