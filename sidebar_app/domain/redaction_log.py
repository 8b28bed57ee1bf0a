"""What was found of card data in the helpdesk, and what became of it: one entry for one number in one place."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    COMMENT = "comment"
    SUBJECT = "subject"
    FIELD = "field"
    ATTACHMENT = "attachment"


class Outcome(StrEnum):
    """`REMAINING`: found, and the helpdesk would not let us remove it. `REVIEW`: perhaps a card, a person looks.
    `NOT_SCANNED`: could not be read, so nobody knows; never the same as clean."""

    REDACTED = "redacted"
    REMAINING = "remaining"
    REVIEW = "review"
    NOT_SCANNED = "not_scanned"


class Source(StrEnum):
    """What made us look."""

    WEBHOOK = "webhook"
    SWEEP = "sweep"
    BACKSCAN = "backscan"


@dataclass(frozen=True, slots=True)
class RedactionEntry:
    """`comment_id` is 0 outside of comments; `brand` and `last4` are empty for what could not be scanned.

    `place_id` and `place_name` say which field or file (masked like any text). `channel` is the helpdesk's word for
    how the text came in, `written_at` when. `remains` is a sentence about what could not be removed, else empty.
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
