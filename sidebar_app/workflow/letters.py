"""The words that ticket and customer read, one place for all of them."""

from collections.abc import Callable, Iterable, Sequence

from sidebar_app.domain.backscan import BackScan, FilesOfThePast, Progress
from sidebar_app.domain.brands import is_card
from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry
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


def found_cards(entries: Sequence[RedactionEntry], *, url: str) -> str:
    """For the security channel, all of one ticket: brand, last four, place and channel, never more."""
    if len(entries) == 1:
        return f"Ticket #{entries[0].ticket_id}: {_finding(entries[0])} {url}"
    lines = [f"Ticket #{entries[0].ticket_id}, {len(entries)} findings: {url}"]
    shown = entries[:_MOST_FINDINGS]
    lines += [f"• {_finding(entry)}" for entry in shown]
    if len(entries) > len(shown):
        lines.append(f"… and {len(entries) - len(shown)} more, all of them in the redaction log.")
    return "\n".join(lines)


def file_note(name: str, entries: Sequence[RedactionEntry], *, refusal: str) -> str:
    """The internal note about a file that holds card numbers; `refusal` says why it is still there, else ""."""
    known = [entry.shown for entry in entries if entry.outcome is not Outcome.REVIEW]
    more = len(known) - _MOST_NUMBERS
    numbers = ", ".join(known[:_MOST_NUMBERS]) + (f" and {more} more" if more > 0 else "")
    what = f"a card number ({numbers})" if len(known) == 1 else f"{len(known)} card numbers ({numbers})"
    if refusal:
        return f"The file “{name}” holds {what} and could NOT be removed: {refusal} Please remove it by hand."
    return f"The file “{name}” was removed: it held {what}. If it is needed, ask for it without card numbers."


_MOST_NUMBERS = 5
_MOST_FINDINGS = 20
_BECAME = {
    Outcome.REDACTED: "was found {where} and masked.",
    Outcome.REMAINING: "{where} could NOT be masked. Please remove it by hand.",
    Outcome.REVIEW: "may stand {where}. Nothing was changed; please look.",
}
_FILE_BECAME = _BECAME | {
    Outcome.REDACTED: "was found {where}; the file was removed.",
    Outcome.REMAINING: "stands {where} that could NOT be removed. Please remove it by hand.",
}
_CHAT_BECAME = _BECAME | {Outcome.REMAINING: "{where} could NOT be masked."}  # what remains says what to do
_PLACES = {
    Place.COMMENT: "in a message",
    Place.SUBJECT: "in the subject",
    Place.FIELD: "in a field",
    Place.ATTACHMENT: "in a file",
    Place.CHAT: "in a chat",
}
_BECAME_IN = {Place.ATTACHMENT: _FILE_BECAME, Place.CHAT: _CHAT_BECAME}


def _finding(entry: RedactionEntry) -> str:
    if not entry.brand:
        return f"NOT scanned. {entry.remains}"
    where = _PLACES[entry.place] + (f" ({entry.channel})" if entry.channel else "")
    became = _BECAME_IN.get(entry.place, _BECAME)[entry.outcome]
    kind = "card number" if is_card(entry.brand) else "number"
    what = f"A {kind} ({entry.shown}) {became.format(where=where)}"
    return f"{what} {entry.remains}".strip()


def backscan_report(run: BackScan, progress: Progress, files: FilesOfThePast) -> str:
    """For the security channel, once a run has ended: what a person has to look at."""
    words = f"Back-scan since {run.since:%d %b %Y}: {backscan_numbers(progress)} {backscan_files(files)}"
    if any((progress.remaining, progress.review, progress.not_scanned, files.remaining, files.review)):
        words += " What remains, waits for review or was not scanned stands in the redaction log."
    return words


def backscan_files(files: FilesOfThePast) -> str:
    """Files count whole, however many numbers they hold."""
    became = f"{files.removed} removed, {files.remaining} remaining, {files.review} for review"
    return f"Files with card numbers: {became}; {files.not_scanned} files not scanned."


def backscan_numbers(progress: Progress, *, dry_run: bool = False) -> str:
    """One sentence with every figure of the report."""
    found = f"{progress.scanned} tickets scanned, {progress.found} card numbers found"
    became = (
        f"{progress.found - progress.review} to be redacted"
        if dry_run
        else f"{progress.redacted} redacted, {progress.remaining} remaining"
    )
    return f"{found}, {became}, {progress.review} for review; {progress.not_scanned} tickets not scanned."


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
    return f"{verb} by {approval.by} at {approval.at:%d %b %H:%M} UTC{reason}"
