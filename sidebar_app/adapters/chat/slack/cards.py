"""The approval card in every state of its request.

Only facts of the request and its decisions are shown: no card number, no e-mail address of a customer. A
button carries the request's id and version and nothing that could be trusted.
"""

from dataclasses import dataclass

from sidebar_app.adapters.chat.slack.buttons import decision_buttons
from sidebar_app.adapters.chat.slack.texts import (
    Json,
    escaped,
    moment,
    mrkdwn,
    plain,
    quoted,
    safe,
    section,
    utc,
)
from sidebar_app.adapters.chat.slack.words import customer_name, decided_by, known_as, someone
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.domain.request import ActionRequest, Approval, Choice
from sidebar_app.ports.chat import ApprovalCard


@dataclass(frozen=True, slots=True)
class Message:
    """`text` says everything in sentences: screen readers and notifications use it instead of the blocks."""

    text: str
    blocks: list[Json]


def approval_card(card: ApprovalCard) -> Message:
    """The card of the request as it stands; buttons only while somebody has to decide."""
    request = card.request
    blocks = [
        {"type": "header", "text": plain(safe(request.summary), 150)},
        section(f"{_SYMBOLS[request.state]} *{escaped(_status(card))}*"),
        {"type": "section", "fields": _fields(card)},
        *_said(card),
        *_decided(card),
        {"type": "context", "elements": [mrkdwn(line) for line in _small_print(request)]},
    ]
    if request.open_step:
        blocks.append(decision_buttons(request))
    return Message(_sentence(card), blocks)


_SYMBOLS = {
    State.DENIED: ":no_entry:",
    State.SUBMITTED: ":hourglass_flowing_sand:",
    State.PENDING_APPROVAL: ":hourglass_flowing_sand:",
    State.APPROVED: ":white_check_mark:",
    State.REJECTED: ":no_entry:",
    State.EXPIRED: ":hourglass:",
    State.WITHDRAWN: ":leftwards_arrow_with_hook:",
    State.EXECUTING: ":gear:",
    State.SUCCEEDED: ":white_check_mark:",
    State.FAILED: ":x:",
    State.UNKNOWN: ":question:",
}


def _status(card: ApprovalCard) -> str:
    """The state in one plain sentence, with who and when where somebody decided."""
    request = card.request
    if request.state is State.PENDING_APPROVAL:
        return _waiting(card)
    return {
        State.DENIED: "Not permitted.",
        State.SUBMITTED: "Recorded, about to be carried out.",
        State.APPROVED: "Approved, about to be carried out.",
        State.REJECTED: "Rejected. Nothing was done.",
        State.EXPIRED: "Expired: nobody decided in time. Nothing was done.",
        State.WITHDRAWN: "Withdrawn by the agent. Nothing was done.",
        State.EXECUTING: "Approved, being carried out now.",
        State.SUCCEEDED: "Approved and done.",
        State.FAILED: "Approved, but not done.",
        State.UNKNOWN: _unknown(request),
    }[request.state]


def _waiting(card: ApprovalCard) -> str:
    request, step = card.request, card.request.open_step
    if step is None:
        return "Waiting."
    steps = len(request.decision.steps)
    place = f" (step {request.step + 1} of {steps})" if steps > 1 else ""
    if step.quorum == 1:
        return f"Waiting for {someone(step.role)}{place}."
    given = sum(a.step == request.step and a.choice is Choice.APPROVED for a in card.approvals)
    role = ROLE_NAMES[step.role]
    return f"Waiting for {step.quorum} people ({role}), {given} of them approved so far{place}."


def _unknown(request: ActionRequest) -> str:
    if request.needs_human:
        return "It is not known whether this was done. A person has to look; nothing is sent again."
    return "It is not yet known whether this was done. The billing system is being asked."


def _fields(card: ApprovalCard) -> list[Json]:
    request = card.request
    requester = known_as(request.requester.name, request.requester.role)
    shown = [
        ("Customer", escaped(customer_name(request), 300)),
        ("Ticket", _ticket_link(card)),
        ("Amount", escaped(str(request.amount)) if request.amount is not None else ""),
        ("Asked by", escaped(requester, 300)),
        ("Reason", escaped(str(request.params.get("reason", "")).replace("_", " "), 300)),
        ("Result", escaped(safe(_result(request)), 600)),
    ]
    return [mrkdwn(f"*{label}*\n{value}") for label, value in shown if value]


def _result(request: ActionRequest) -> str:
    """What came of it, once something did."""
    told = (State.SUCCEEDED, State.FAILED, State.UNKNOWN)
    if request.state not in told:
        return ""
    return " · ".join(part for part in (request.outcome, request.reference) if part)


def _ticket_link(card: ApprovalCard) -> str:
    number = f"#{card.request.ticket_id}"
    url = card.ticket_url
    return f"<{escaped(url)}|{number}>" if url.startswith(("https://", "http://")) else number


def _said(card: ApprovalCard) -> list[Json]:
    """The agent's own words, and why the policy asks somebody else."""
    request = card.request
    blocks = []
    if request.note.strip():
        author = escaped(request.requester.name, 200)
        blocks.append(section(f"*Note by {author}*\n{quoted(safe(request.note))}"))
    if request.open_step and request.decision.reason:
        blocks.append(section(f"*Why this needs approval*\n{escaped(request.decision.reason, 800)}"))
    return blocks


def _decided(card: ApprovalCard) -> list[Json]:
    lines = [line for approval in card.approvals for line in _decision_lines(approval)]
    return [section("\n".join(lines))] if lines else []


def _decision_lines(approval: Approval) -> list[str]:
    symbol, verb = (
        (":white_check_mark:", "Approved")
        if approval.choice is Choice.APPROVED
        else (":no_entry:", "Rejected")
    )
    who = escaped(decided_by(approval), 200)
    line = f"{symbol} {verb} by *{who}*, {moment(approval.at)}"
    return [line, quoted(safe(approval.reason), 800)] if approval.reason.strip() else [line]


def _small_print(request: ActionRequest) -> list[str]:
    lines = []
    if request.state is State.PENDING_APPROVAL and request.expires_at:
        lines.append(f"Decide by {moment(request.expires_at)}")
    elif request.state is State.EXPIRED and request.expires_at:
        lines.append(f"Was to be decided by {moment(request.expires_at)}")
    else:
        lines.append(f"Changed {moment(request.updated_at)}")
    lines.append(f"Request {escaped(request.id, 100)}, version {request.version}")
    if request.decision.rules:
        lines.append(f"Rules: {escaped(', '.join(request.decision.rules), 600)}")
    return lines


def _sentence(card: ApprovalCard) -> str:
    """The whole card in words."""
    request = card.request
    about = (
        f"{safe(request.summary)} for {customer_name(request)}, ticket #{request.ticket_id}, "
        f"asked by {known_as(request.requester.name, request.requester.role)}."
    )
    parts = [_status(card), about, *(_decision_words(a) for a in card.approvals)]
    if request.open_step and request.expires_at:
        parts.append(f"Decide by {utc(request.expires_at)}.")
    if result := _result(request):
        parts.append(f"Result: {safe(result)}")
    return escaped(" ".join(" ".join(parts).split()), 3500)


def _decision_words(approval: Approval) -> str:
    verb = "Approved" if approval.choice is Choice.APPROVED else "Rejected"
    reason = f": {safe(approval.reason)}" if approval.reason.strip() else ""
    return f"{verb} by {decided_by(approval)}, {utc(approval.at)}{reason or '.'}"
