"""The words that ticket and customer read, one place for all of them."""

from collections.abc import Callable, Iterable

from sidebar_app.domain.request import ActionRequest, Approval, Choice
from sidebar_app.ports.notifier import Mail


def note(request: ActionRequest, approvals: Iterable[Approval], *, what: str, backend: str) -> str:
    """The internal note about what happened to a request; `what` is the detail of its task."""
    lines = [_HEADLINES[what](request, backend), f"Asked by {request.requester.name}{_reason(request)}."]
    lines += [_decision(approval) for approval in approvals]
    if request.reference:
        lines.append(f"{backend} reference: {request.reference}")
    return "\n".join(lines)


_HEADLINES: dict[str, Callable[[ActionRequest, str], str]] = {
    "asked": lambda r, _: (
        f"Waiting for approval: {r.summary}. {_upper(r.decision.approvers)} decides{_due(r)}."
    ),
    "succeeded": lambda r, _: f"Done: {r.summary}.{_detail(r)}",
    "failed": lambda r, _: f"Not done: {r.summary}.{_detail(r)} No money was moved.",
    "unknown": lambda r, b: (
        f"Unclear: {r.summary}. {b} did not confirm it yet. We keep asking; do not repeat it."
    ),
    "needs-human": lambda r, b: (
        f"A person has to look: {r.summary}. {b} never confirmed it, and nothing is sent again. Do not repeat it."
    ),
    "rejected": lambda r, _: f"Rejected: {r.summary}. No money was moved.",
    "expired": lambda r, _: f"Expired: {r.summary}. Nobody decided in time; ask again if it is still needed.",
}


def mail(request: ActionRequest, *, to: str, name: str) -> Mail:
    """What the customer reads after their refund or credit was made."""
    subject, body = _CUSTOMER_WORDS[request.action](request)
    closing = f"If you have any question, just reply to your support ticket #{request.ticket_id}."
    text = f"Hello {name},\n\n{body}\n\n{closing}\n"
    return Mail(key=f"{request.id}.succeeded", to=to, subject=subject, text=text)


def _refund_words(request: ActionRequest) -> tuple[str, str]:
    method = request.summary.partition(" to ")[2]
    where = f" to {method}" if method else ""
    return (
        f"Your refund of {request.amount}",
        f"we have refunded {request.amount}{where}. It takes 5 to 10 business days until you see it.",
    )


def _credit_words(request: ActionRequest) -> tuple[str, str]:
    return (
        f"Your credit of {request.amount}",
        f"we have added {request.amount} to your balance. It is taken off your next invoice by itself.",
    )


_CUSTOMER_WORDS: dict[str, Callable[[ActionRequest], tuple[str, str]]] = {
    "refund": _refund_words,
    "credit": _credit_words,
}


def masked_card_warning(*, brand: str, last4: str, ticket_id: int, url: str) -> str:
    """For the security channel: never more than brand, last four, and where."""
    return f"A card number ({brand} ···· {last4}) was found in ticket #{ticket_id} and masked. {url}"


def remaining_card_warning(*, brand: str, last4: str, ticket_id: int, url: str) -> str:
    return (
        f"A card number ({brand} ···· {last4}) in ticket #{ticket_id} could NOT be masked. "
        f"Please remove it by hand: {url}"
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reason(request: ActionRequest) -> str:
    return f": {request.note}" if request.note else ""


def _detail(request: ActionRequest) -> str:
    return f" {request.outcome}" if request.outcome else ""


def _due(request: ActionRequest) -> str:
    return f", due {request.expires_at:%d %b %H:%M} UTC" if request.expires_at else ""


def _decision(approval: Approval) -> str:
    reason = f": {approval.reason}" if approval.reason else ""
    verb = "Approved" if approval.choice is Choice.APPROVED else "Rejected"
    return f"{verb} by {approval.person_name} at {approval.at:%d %b %H:%M} UTC{reason}"
