"""Requests of this ticket: cards for what is going on, lines for what happened."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sidebar_app.actions.params import REASONS
from sidebar_app.domain.context import BillingContext, MaskedCard, RequestHistory
from sidebar_app.domain.decision import Step
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import ROLE_NAMES, Role
from sidebar_app.domain.request import ActionRequest, Approval, Choice
from sidebar_app.web.view.dates import ago, count, left
from sidebar_app.web.view.shapes import Happening, MoneyView, RequestView, SectionView, StepView
from sidebar_app.web.view.words import STATES, action_label, sentence

# A finished request keeps its card this long, so that nobody has to search for what became of it.
_CARD_STAYS = timedelta(minutes=15)
_NO_CARD = (State.DENIED, State.WITHDRAWN)
_RUNNING = (State.SUBMITTED, State.APPROVED, State.EXECUTING)
_AFTER_APPROVAL = (*_RUNNING, State.UNKNOWN, State.SUCCEEDED, State.FAILED)

_CHECKED = {
    "refund": "Checked: refundable, not disputed",
    "credit": "Checked: same currency as the account",
}
# What the backend does: (to do, being done, done).
_EFFECTS = {
    "refund": ("The money goes back{to}", "The money is going back{to}", "The money went back{to}"),
    "credit": ("The credit is added{to}", "The credit is being added{to}", "The credit was added{to}"),
}
_ANY_EFFECT = ("It is carried out", "It is being carried out", "It was carried out")


def request_view(history: RequestHistory, *, viewer: str, now: datetime) -> RequestView:
    """The request as `viewer` (a person id) may see it at `now`."""
    request = history.request
    status, tone = STATES[request.state]
    waits = request.state is State.PENDING_APPROVAL
    return RequestView(
        id=request.id,
        version=request.version,
        ticket=request.ticket_id,
        action=request.action,
        state=request.state.value,
        title=_title(request),
        status_text="needs a person" if request.needs_human else status,
        tone="bad" if request.needs_human else tone,
        detail=_detail(request, viewer, now),
        steps=tuple(_steps(history, now)),
        amount=_money(request),
        created_at=request.created_at.isoformat(),
        due_at=request.expires_at.isoformat() if waits and request.expires_at else None,
        can_withdraw=waits and bool(viewer) and request.requester.id == viewer,
    )


def cards(context: BillingContext) -> tuple[RequestView, ...]:
    """What is going on or was just finished, newest first."""
    return tuple(
        request_view(history, viewer=context.viewer, now=context.now)
        for history in context.history
        if _has_card(history.request, context.now)
    )


def happened(context: BillingContext) -> SectionView:
    """Everything that was asked for here and every card number that was masked."""
    lines = [(h.request.created_at, _happening(h, context)) for h in context.history]
    lines += [(card.at, _masking(card, context.now)) for card in context.masked_cards]
    lines.sort(key=lambda line: line[0], reverse=True)
    word = "event" if context.masked_cards else "request"
    return SectionView(
        key="happened",
        title="What happened here",
        summary=count(len(lines), word) if lines else "nothing yet",
        happenings=tuple(happening for _, happening in lines),
    )


def _has_card(request: ActionRequest, now: datetime) -> bool:
    if not request.is_final:
        return True
    return request.state not in _NO_CARD and now - request.updated_at < _CARD_STAYS


def _title(request: ActionRequest) -> str:
    amount = f" {request.amount}" if request.amount is not None else ""
    return f"{action_label(request.action)}{amount}"


def _money(request: ActionRequest) -> MoneyView | None:
    amount = request.amount
    return MoneyView(amount.decimal, amount.currency, str(amount)) if amount is not None else None


def _detail(request: ActionRequest, viewer: str, now: datetime) -> str:
    """ "Duplicate charge, asked by you 2 h ago"."""
    who = "you" if viewer and request.requester.id == viewer else request.requester.name
    reason = REASONS.get(str(request.params.get("reason", "")), "")
    asked = f"asked by {who} {ago(request.created_at, now)}"
    text = f"{reason}, {asked}" if reason else asked
    return text[0].upper() + text[1:]


def _steps(history: RequestHistory, now: datetime) -> Iterator[StepView]:
    request = history.request
    if request.state is State.DENIED:
        yield StepView(sentence(request.decision.reason), "failed")
        return
    yield StepView(_CHECKED.get(request.action, "Checked"), "done")
    yield from _approval_steps(history, now)
    if request.state not in (State.REJECTED, State.EXPIRED, State.WITHDRAWN):
        yield _effect(request)
    if request.state not in (State.REJECTED, State.EXPIRED, State.WITHDRAWN, State.FAILED):
        yield StepView("Customer and ticket are told", "done" if request.state is State.SUCCEEDED else "todo")


def _approval_steps(history: RequestHistory, now: datetime) -> Iterator[StepView]:
    """One line for each step of the policy; what stopped the request is the last one."""
    request = history.request
    for place, step in enumerate(request.decision.steps):
        given = [a for a in history.approvals if a.version == request.version and a.step == place]
        rejected = next((a for a in given if a.choice is Choice.REJECTED), None)
        if rejected:
            yield StepView(_rejected(rejected), "failed")
            return
        if place < request.step or request.state in _AFTER_APPROVAL:
            yield StepView(_approved(given, step, now), "done")
        elif place == request.step and request.state is State.PENDING_APPROVAL:
            yield StepView(_decides(request, step, given, now), "now")
        elif request.state in (State.EXPIRED, State.WITHDRAWN):
            ended = (
                "Nobody decided in time" if request.state is State.EXPIRED else "Taken back before a decision"
            )
            yield StepView(ended, "failed")
            return
        else:
            yield StepView(f"{_someone(step)} {_verb(step)}", "todo")


def _approved(given: list[Approval], step: Step, now: datetime) -> str:
    if not given:
        return f"{_someone(step)} approved"
    names = " and ".join(dict.fromkeys(a.by for a in given))
    return f"Approved by {names} {ago(given[-1].at, now)}"


def _rejected(approval: Approval) -> str:
    return f"Rejected by {approval.by}{': ' + approval.reason if approval.reason else ''}"


def _decides(request: ActionRequest, step: Step, given: list[Approval], now: datetime) -> str:
    so_far = f", {len(given)} so far" if step.quorum > 1 and given else ""
    due = f", due {left(request.expires_at, now)}" if request.expires_at else ""
    return f"{_someone(step)} {_verb(step)}{so_far}{due}"


def _someone(step: Step) -> str:
    """ "A manager", "2 managers", "Legal"."""
    name = ROLE_NAMES[step.role]
    if step.role is Role.LEGAL:
        return "Legal"
    return f"A {name}" if step.quorum == 1 else f"{step.quorum} {name}s"


def _verb(step: Step) -> str:
    return "decides" if step.quorum == 1 else "decide"


def _effect(request: ActionRequest) -> StepView:
    later, during, done = (t.format(to=_to(request)) for t in _EFFECTS.get(request.action, _ANY_EFFECT))
    if request.needs_human:
        return StepView("It is not known whether this was done. A person looks; do not repeat it.", "failed")
    match request.state:
        case State.SUCCEEDED:
            return StepView(f"{done}{': ' + request.outcome if request.outcome else ''}", "done")
        case State.FAILED:
            return StepView(f"Not done, no money moved. {sentence(request.outcome)}".strip(), "failed")
        case State.UNKNOWN:
            return StepView("Not confirmed yet. We keep asking; do not repeat it.", "now")
        case state if state in _RUNNING:
            return StepView(during, "now")
    return StepView(later, "todo")


def _to(request: ActionRequest) -> str:
    """ " to Visa ···· 4242", as the summary says it."""
    _, found, where = request.summary.partition(" to ")
    return f" to {where}" if found else ""


def _happening(history: RequestHistory, context: BillingContext) -> Happening:
    view = request_view(history, viewer=context.viewer, now=context.now)
    stopped = next((step.text for step in view.steps if step.state == "failed"), "")
    return Happening(
        title=history.request.summary or view.title,
        status=view.status_text,
        tone=view.tone,
        detail=". ".join(part for part in (view.detail, stopped) if part),
    )


def _masking(card: MaskedCard, now: datetime) -> Happening:
    when = ago(card.at, now).capitalize()
    if card.file:
        held = f"It held the card number {card.brand} ···· {card.last4}. {when}"
        return Happening(f"File “{card.file}”", "removed", "good", held)
    return Happening(f"Card number {card.brand} ···· {card.last4}", "masked", "good", when)
