"""What was found of card data in the helpdesk, and what became of it: one entry for one number in one place."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    COMMENT = "comment"
    SUBJECT = "subject"
    FIELD = "field"
    ATTACHMENT = "attachment"
    CHAT = "chat"


class Outcome(StrEnum):
    """`FOUND`: noted before the helpdesk is asked to remove it, so that no crash loses it; one of the next two follows.
    `REMAINING`: found, and the helpdesk would not let us remove it. `REVIEW`: perhaps a card, a person looks.
    `NOT_SCANNED`: could not be read, so nobody knows; never the same as clean. `SCANNED`: could not be read at first
    and was read since; what was found then has entries of its own."""

    FOUND = "found"
    REDACTED = "redacted"
    REMAINING = "remaining"
    REVIEW = "review"
    NOT_SCANNED = "not_scanned"
    SCANNED = "scanned"


# Entries about a text as a whole: they name no number.
NO_NUMBER = frozenset((Outcome.NOT_SCANNED, Outcome.SCANNED))
# Nothing is left to do about these.
CLOSED = frozenset((Outcome.REDACTED, Outcome.SCANNED))


class Source(StrEnum):
    """What made us look."""

    WEBHOOK = "webhook"
    SWEEP = "sweep"
    BACKSCAN = "backscan"


@dataclass(frozen=True, slots=True)
class RedactionEntry:
    """`comment_id` is 0 outside of comments; `brand` and `last4` are empty for what could not be scanned.

    `place_id` and `place_name` say which field, file or message of a chat (masked like any text). `channel` is the
    helpdesk's word for how the text came in, `written_at` when. `remains` is a sentence about what could not be
    removed, else empty.
    """

    id: str
    ticket_id: int
    comment_id: int
    brand: str
    last4: str
    detector_version: str
    outcome: Outcome
    at: datetime
    place: Place = Place.COMMENT
    place_id: str = ""
    place_name: str = ""
    channel: str = ""
    written_at: datetime | None = None
    source: Source = Source.WEBHOOK
    rule: str = ""
    remains: str = ""

    @property
    def is_in_chat(self) -> bool:
        """A text of a chat, or a file that was sent in one: those of comments say which."""
        return self.place is Place.CHAT or (self.place is Place.ATTACHMENT and not self.comment_id)

    @property
    def shown(self) -> str:
        """What people are told of the number: Visa ···· 1111; of an id that keeps no digit its kind; else nothing."""
        return f"{self.brand} ···· {self.last4}" if self.last4 else self.brand

    @property
    def came_in(self) -> datetime:
        """When the text was written: a back-scan in November of an October ticket counts for October."""
        return self.written_at or self.at


@dataclass(frozen=True, slots=True)
class SignOff:
    """Somebody of compliance looked at entries and put their name to it. Never edited: a later one supersedes."""

    id: str
    person_id: str
    person_name: str
    at: datetime
    comment: str


class AllowedAs(StrEnum):
    """How the company's own numbers are told from cards; see `redaction.Allowlist`."""

    SHAPE = "shape"
    LABEL = "label"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A way to recognise numbers that look like cards and are none. `entry_id`: the finding that led to it.

    `value` is the shape, the label, or a keyed digest; never a number. While `removed_at` is None it counts.
    """

    id: str
    kind: AllowedAs
    value: str
    comment: str
    added_by: str
    added_by_name: str
    added_at: datetime
    entry_id: str = ""
    removed_by: str = ""
    removed_by_name: str = ""
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry with what people did about it: the newest sign-off of its present outcome, a report of no card."""

    entry: RedactionEntry
    signed: SignOff | None = None
    allowed: Allowance | None = None
