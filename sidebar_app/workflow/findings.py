"""Where in a ticket card numbers stand. Texts are looked at and forgotten; what is kept has four digits at most."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sidebar_app.domain.brands import brand_name
from sidebar_app.domain.redaction_log import Place, RedactionEntry
from sidebar_app.ports.helpdesk import Comment, TicketText
from sidebar_app.ports.transcripts import ChatMessage
from sidebar_app.redaction import Allowlist, Hit, Scan, mask_free_text, scan
from sidebar_app.workflow.written import Written

# The place id of the helpdesk's copy of the first comment.
DESCRIPTION = "description"
# What is removed together with the number it stands beside, and has no entry of its own.
_BESIDE = frozenset(("cvv", "expiry"))
# What the log has room for.
_ROOM = 64
Number = tuple[str, str]  # brand and last four
Key = tuple[str, int, str]  # place, comment, and field, file or message of a chat


@dataclass(frozen=True, slots=True)
class Spot:
    """One text of a ticket: a comment, the subject, a field, a message of a chat."""

    ticket_id: int
    place: Place
    comment_id: int = 0
    place_id: str = ""
    place_name: str = ""
    channel: str = ""
    written_at: datetime | None = None
    author_id: int = 0

    @property
    def key(self) -> Key:
        return self.place.value, self.comment_id, self.place_id


@dataclass(frozen=True, slots=True)
class Finding:
    """What one text holds."""

    spot: Spot
    hits: tuple[Hit, ...]

    @property
    def numbers(self) -> list[Hit]:
        return _numbers(self.hits)

    @property
    def counted(self) -> Counter[Number]:
        return counted(self.hits)

    @property
    def certain(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.certain)


def number(hit: Hit) -> Number:
    return brand_name(hit.brand), hit.last4


def counted(hits: Iterable[Hit]) -> Counter[Number]:
    """How often each number stands there, doubtful ones included."""
    return Counter(number(hit) for hit in _numbers(hits))


def key_of(entry: RedactionEntry) -> Key:
    """Equal to the key of the spot that the entry is about."""
    return entry.place.value, entry.comment_id, entry.place_id


class Search:
    """Looks through a ticket's texts. Raises ScanFailed: then nothing is known about the text."""

    def __init__(self, scan: Scan, *, allowed: Callable[[], Allowlist | None] = lambda: None) -> None:
        """`allowed`: the company's own numbers as they are now."""
        self._scan = scan
        self._allowed = allowed

    @property
    def unfiltered(self) -> "Search":
        """Finds the company's own numbers too: what stands in a text is not gone because it is allowed now."""
        return Search(self._scan)

    @property
    def cards_alone(self) -> "Search":
        """Without the optional classes, which may break off where the detector of cards never does."""
        return Search(scan, allowed=self._allowed)

    def ticket(self, written: Written) -> list[Finding]:
        """Everything that is found in the ticket, comments first."""
        text, comments = written.text, written.comments
        found = [
            *self._comments(comments),
            *self.fields(text),
            *self._description(text, comments),
            *self._chat(written),
        ]
        return [finding for finding in found if finding.hits]

    def fields(self, text: TicketText) -> Iterator[Finding]:
        """The subject and the custom fields, one by one."""
        subject = Spot(
            text.id,
            Place.SUBJECT,
            channel=text.channel,
            written_at=text.created_at,
            author_id=text.submitter_id,
        )
        yield Finding(subject, self.plain(text.subject))
        for field in text.fields:
            name = mask_free_text(field.name)
            spot = Spot(text.id, Place.FIELD, place_id=str(field.id), place_name=name)
            yield Finding(spot, self.plain(field.value))

    def html(self, html: str) -> tuple[Hit, ...]:
        return tuple(self._scan(html, markup=True, allowed=self._allowed()))

    def plain(self, text: str) -> tuple[Hit, ...]:
        return tuple(self._scan(text, allowed=self._allowed()))

    def _comments(self, comments: Iterable[Comment]) -> Iterator[Finding]:
        for comment in comments:
            yield Finding(_spot(comment), self.html(comment.html))

    def _chat(self, written: Written) -> Iterator[Finding]:
        for message in written.chat or ():
            yield Finding(spot_in_chat(message, written), self.plain(message.text))

    def _description(self, text: TicketText, comments: Sequence[Comment]) -> Iterator[Finding]:
        """Only what does not stand in the first comment (any more), of which it is the helpdesk's own copy."""
        hits = self.plain(text.description)
        first = counted(self.html(comments[0].html)) if hits and comments else Counter[Number]()
        more = []
        for hit in _numbers(hits):
            first[number(hit)] -= 1
            if first[number(hit)] < 0:
                more.append(hit)
        spot = Spot(text.id, Place.FIELD, place_id=DESCRIPTION, place_name=DESCRIPTION)
        yield Finding(spot, tuple(more))


def _numbers(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.kind not in _BESIDE]


def _spot(comment: Comment) -> Spot:
    return Spot(
        comment.ticket_id,
        Place.COMMENT,
        comment_id=comment.id,
        channel=comment.channel,
        written_at=comment.created_at,
        author_id=comment.author_id,
    )


def spot_in_chat(message: ChatMessage, written: Written) -> Spot:
    """A visitor whom the transcript does not name is the one who opened the ticket."""
    return Spot(
        message.ticket_id,
        Place.CHAT,
        place_id=place_in_chat(message),
        channel=written.channel,
        written_at=message.written_at,
        author_id=message.author_id or (written.text.submitter_id if message.by_visitor else 0),
    )


def place_in_chat(message: ChatMessage) -> str:
    """Chat and message, as the log has room for them."""
    named = f"{message.chat_id}:{message.id}"
    return named if len(named) <= _ROOM else hashlib.sha256(named.encode()).hexdigest()
