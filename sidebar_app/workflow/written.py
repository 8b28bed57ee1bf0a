"""Everything that people wrote into a ticket, read for one scan and forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

from sidebar_app.domain.redaction_log import Place
from sidebar_app.ports.helpdesk import (
    Comment,
    Helpdesk,
    HelpdeskLockedOut,
    HelpdeskRefused,
    TicketText,
)
from sidebar_app.ports.transcripts import ChatMessage


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """`chat` is None when the ticket has no chat, or when we may not read it: then `chat_problem` is a sentence."""

    text: TicketText
    comments: Sequence[Comment]
    chat: Sequence[ChatMessage] | None = None
    chat_problem: str = ""

    @property
    def channel(self) -> str:
        return self.text.channel

    def was_read(self, place: Place) -> bool:
        """Of what was not read nobody knows whether a number still stands there."""
        return place is not Place.CHAT or self.chat is not None


def read(helpdesk: Helpdesk, ticket_id: int) -> Written:
    """A chat that we may not read keeps nothing else from being scanned. Raises HelpdeskUnavailable, HelpdeskRefused,
    NoSuchTicket; other tickets than those with a chat cost no further question."""
    text, comments = helpdesk.ticket_text(ticket_id), helpdesk.comments(ticket_id)
    channels = {text.channel, *(comment.channel for comment in comments)}
    if not any(helpdesk.keeps_transcript(channel) for channel in channels):
        return Written(text, comments)
    try:
        return Written(text, comments, helpdesk.transcript(ticket_id))
    except HelpdeskLockedOut:
        raise
    except HelpdeskRefused as refused:
        return Written(text, comments, chat_problem=str(refused))
