"""The helpdesk: who visits, what the ticket says, and telling it what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidebar_app.ports.transcripts import Transcripts


class HelpdeskUnavailable(Exception):
    """No usable answer; `retry_after_seconds` when the helpdesk named one."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class HelpdeskRefused(Exception):
    """The helpdesk answered no (rights, closed ticket, invalid): repeating will not help."""


class HelpdeskLockedOut(HelpdeskRefused):
    """It accepts nothing from us (our access token is refused): this says nothing about what was asked."""


class NoSuchTicket(Exception):
    """No ticket, comment, file or user of that id."""


class FileTooLarge(Exception):
    """A file has more bytes than were asked for at most."""


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """`role`: end-user · agent · admin. `groups` are group names."""

    id: int
    name: str
    email: str
    role: str
    active: bool
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    custom_role: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """`requester_verified` only when the helpdesk vouches for the sender (signed-in, not merely an e-mail)."""

    id: int
    subject: str
    status: str
    requester_id: int
    requester_name: str
    requester_email: str
    requester_verified: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Attachment:
    """A file in a comment, `inline` when it is shown in its text. No repr: its name may hold a card number.

    `removed`: emptied by a redaction. `malicious`: the helpdesk's own scan says so.
    """

    id: int
    ticket_id: int
    comment_id: int
    name: str
    content_type: str
    size: int
    url: str
    inline: bool = False
    removed: bool = False
    malicious: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Comment:
    """A message of a ticket. No repr of the text: it may hold a card number.

    `channel` is the helpdesk's word for how it came in. `merged_tickets` are named when it was written by a merge: it
    quotes one of them, or was left behind in it.
    """

    id: int
    ticket_id: int
    html: str
    is_public: bool
    author_id: int
    created_at: datetime
    channel: str = ""
    merged_tickets: tuple[int, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class TextField:
    """A custom field of a ticket that holds a text or a number; `name` is its title, "" when that is unknown."""

    id: int
    name: str
    value: str


@dataclass(frozen=True, slots=True, repr=False)
class TicketText:
    """What people wrote into a ticket beside its comments. `changed_at` is the helpdesk's own time of the ticket's last
    change. The description is a copy of the first comment that the helpdesk keeps itself."""

    id: int
    subject: str
    description: str
    fields: tuple[TextField, ...]
    submitter_id: int
    channel: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ChangedTicket:
    """`changed_at` and `created_at` are the helpdesk's time."""

    id: int
    created_at: datetime
    changed_at: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """`complete`: there are no more for now."""

    tickets: tuple[ChangedTicket, ...]
    bookmark: str
    complete: bool


class Helpdesk(Transcripts, Protocol):
    """Raises HelpdeskUnavailable, HelpdeskRefused or NoSuchTicket."""

    def me(self) -> AgentProfile:
        """Who we are there: the user our access token acts as."""
        ...

    def agent(self, user_id: int) -> AgentProfile: ...

    def ticket(self, ticket_id: int) -> Ticket: ...

    def comments(self, ticket_id: int) -> list[Comment]:
        """All comments, oldest first."""
        ...

    def add_note(self, ticket_id: int, *, text: str, marker: str) -> None:
        """An internal note, once: nothing is added when a recent note already carries `marker`."""
        ...

    def add_reply(self, ticket_id: int, *, text: str, since: datetime) -> None:
        """A public reply, once: nothing is added when we replied with this text since then."""
        ...

    def ticket_text(self, ticket_id: int) -> TicketText: ...

    def redact_comment(self, comment: Comment, *, marked_html: str) -> Comment:
        """Blackens the `<redact>` marks of `marked_html` (the comment's own html otherwise) and reads it back."""
        ...

    def mask_ticket(
        self, text: TicketText, *, subject: str | None = None, fields: Mapping[int, str] | None = None
    ) -> None:
        """Writes another subject and other values of custom fields, all in one update of the ticket.

        Raises HelpdeskUnavailable when the ticket changed since `text` was read: what somebody else wrote meanwhile
        is not overwritten.
        """
        ...

    def changes(self, *, since: datetime | None = None, bookmark: str = "") -> Changes:
        """Tickets that changed, oldest change first: since a time, or after the bookmark of an earlier answer. What
        changed within the last minute is left out. Raises HelpdeskRefused when we may not read this."""
        ...

    def download(self, file: Attachment, *, most_bytes: int) -> bytes:
        """The content. Raises FileTooLarge as well."""
        ...

    def remove_file(self, file: Attachment) -> None:
        """Removes the whole file for good and looks whether it is gone. Raises HelpdeskRefused when it stays."""
        ...

    def requests_left(self) -> float | None:
        """Which part of the account's requests is left for now, 0 … 1; None when it did not say lately."""
        ...

    def ticket_url(self, ticket_id: int) -> str: ...


class InvalidVisit(Exception):
    """A visit that cannot be believed. `reason` is stable: missing, malformed, signature, algorithm,
    audience, issuer, expired, not-yet-valid, claims, origin, location, key-unavailable."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Visit:
    """A verified visit: this agent opened our app; the ticket is None when the token does not name it."""

    agent_id: int
    ticket_id: int | None
    location: str


class SignedVisits(Protocol):
    def verify(self, token: str, *, query: Mapping[str, str], location: str, now: datetime) -> Visit:
        """Believes the token only; `query` (origin, app_guid) is checked against it. Raises InvalidVisit."""
        ...


@dataclass(frozen=True, slots=True)
class HelpdeskEvent:
    """A verified webhook, ids only. `type`: comment_added · ticket_created · ticket_changed (subject, field, merge,
    restored ticket) · other (ignored). `actor_id` is who did it."""

    id: str
    type: str
    ticket_id: int | None
    comment_id: int | None = None
    actor_id: int | None = None
