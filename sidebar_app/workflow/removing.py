"""Asking the helpdesk to remove card numbers from a ticket's texts, and looking at what it did."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sidebar_app.domain.redaction_log import Place
from sidebar_app.ports.helpdesk import (
    Comment,
    Helpdesk,
    HelpdeskLockedOut,
    HelpdeskRefused,
    NoSuchTicket,
    TicketText,
)
from sidebar_app.ports.transcripts import ChatMessage
from sidebar_app.redaction import Hit, apply_mask, redact_marks
from sidebar_app.workflow.findings import Finding, Key, Number, Search, counted

_STILL_THERE = "The helpdesk took the change, and the number still stands there."
# How the reason begins for what is tried again without anybody's doing.
GOES_ON = "The chat has not ended, and until then the helpdesk lets nobody redact it; we try again."
_BY_HAND = "Please redact it in the chat, by hand."
Text = TypeVar("Text", Comment, ChatMessage)


@dataclass(frozen=True, slots=True)
class Left:
    """The numbers that stand in a text after we tried, and a sentence about why."""

    numbers: Counter[Number]
    why: str


class Remover:
    """Raises HelpdeskUnavailable when it may or may not have happened: read again before it is repeated.
    A refusal is an answer, unless the helpdesk refuses everything (HelpdeskLockedOut)."""

    def __init__(self, helpdesk: Helpdesk, search: Search) -> None:
        self._helpdesk = helpdesk
        self._search, self._unfiltered = search, search.unfiltered

    def from_comment(self, comment: Comment) -> Left:
        def redact(now: Comment, hits: Sequence[Hit]) -> Comment:
            return self._helpdesk.redact_comment(now, marked_html=redact_marks(now.html, hits))

        after, why = self._tried(comment, lambda c: self._search.html(c.html), redact, self._read_again)
        return Left(counted(self._unfiltered.html(after.html)), why or _STILL_THERE)

    def from_chat(self, messages: Iterable[ChatMessage]) -> Iterator[Left]:
        """One by one. A chat that has not ended and refuses one message is not asked about its others."""
        refusing: dict[str, str] = {}
        for message in messages:
            why = refusing.get(message.chat_id)
            left = Left(counted(self._unfiltered.plain(message.text)), why) if why else self._message(message)
            if left.numbers and left.why.startswith(GOES_ON):
                refusing[message.chat_id] = left.why
            yield left

    def _message(self, message: ChatMessage) -> Left:
        def redact(now: ChatMessage, hits: Sequence[Hit]) -> ChatMessage:
            marked = redact_marks(now.text, hits, markup=False)
            return self._helpdesk.redact_message(now, marked_text=marked)

        after, why = self._tried(message, lambda m: self._search.plain(m.text), redact, self._message_again)
        why = f"{why or _STILL_THERE} {_BY_HAND}" if after.is_over else f"{GOES_ON} {why}".strip()
        return Left(counted(self._unfiltered.plain(after.text)), why)

    def _tried(
        self,
        text: Text,
        found: Callable[[Text], Iterable[Hit]],
        redact: Callable[[Text, Sequence[Hit]], Text],
        read_again: Callable[[Text], Text],
    ) -> tuple[Text, str]:
        """The text afterwards and the last refusal. Tried a second time when the text has changed: somebody else may
        have redacted it meanwhile."""
        after, why = text, ""
        for _ in range(2):
            before, hits = after, [hit for hit in found(after) if hit.certain]
            if not hits:
                break
            try:
                after = redact(before, hits)
            except HelpdeskLockedOut:
                raise
            except (HelpdeskRefused, NoSuchTicket) as refused:
                after, why = read_again(before), str(refused)
            if after == before:
                break
        return after, why

    def from_ticket(self, ticket_id: int, keys: Collection[Key]) -> dict[Key, Left]:
        """From subject and fields as they are now, in one update of the ticket; if that is refused, each by itself,
        so that one field with a pattern of its own does not keep the others from being masked."""
        text, findings = self._now(ticket_id, keys)
        refusals: dict[Key, str] = {}
        if findings and self._refusal(text, findings):
            for key in keys:
                refusals[key] = self._refusal(*self._now(ticket_id, [key]))
        left = self._unfiltered.fields(self._helpdesk.ticket_text(ticket_id)) if findings else ()
        return {f.spot.key: Left(f.counted, refusals.get(f.spot.key) or _STILL_THERE) for f in left}

    def _refusal(self, text: TicketText, findings: Sequence[Finding]) -> str:
        """ "" when the helpdesk took it."""
        subject, fields = _masked(text, findings)
        if subject is None and not fields:
            return ""
        try:
            self._helpdesk.mask_ticket(text, subject=subject, fields=fields)
        except HelpdeskLockedOut:
            raise
        except HelpdeskRefused as refused:
            return str(refused)
        return ""

    def _now(self, ticket_id: int, keys: Collection[Key]) -> tuple[TicketText, list[Finding]]:
        """Our own redactions count as changes of the ticket, so what was read before them is out of date."""
        text = self._helpdesk.ticket_text(ticket_id)
        fields = self._search.fields(text)
        return text, [finding for finding in fields if finding.spot.key in keys and finding.hits]

    def _read_again(self, comment: Comment) -> Comment:
        for current in self._helpdesk.comments(comment.ticket_id):
            if current.id == comment.id:
                return current
        raise NoSuchTicket("The comment is not in its ticket any more.")

    def _message_again(self, message: ChatMessage) -> ChatMessage:
        for current in self._helpdesk.transcript(message.ticket_id):
            if (current.chat_id, current.id) == (message.chat_id, message.id):
                return current
        raise NoSuchTicket("The message is not in its chat any more.")


def _masked(text: TicketText, findings: Iterable[Finding]) -> tuple[str | None, Mapping[int, str]]:
    """The new subject (None: it stays) and the new values by field."""
    values = {field.id: field.value for field in text.fields}
    subject, fields = None, {}
    for finding in findings:
        if finding.spot.place is Place.SUBJECT:
            subject = apply_mask(text.subject, finding.certain)
        elif (number := int(finding.spot.place_id)) in values:
            fields[number] = apply_mask(values[number], finding.certain)
    return subject, fields
