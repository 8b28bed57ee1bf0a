"""Chats of customers and agents, which a helpdesk keeps beside the comments of a ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class ChatMessage:
    """A message of a chat, in plain text. No repr of it: it may hold a card number.

    `id` is unique within its chat. `author_id` is 0 when the helpdesk does not say who wrote it; `by_visitor`: it was
    the customer. A file that was sent has a `file_name`. `is_over`: the chat has ended.
    """

    ticket_id: int
    chat_id: str
    id: str
    text: str
    written_at: datetime
    by_visitor: bool
    author_id: int = 0
    file_name: str = ""
    is_over: bool = True


class Transcripts(Protocol):
    """Part of Helpdesk, and raises what it raises."""

    def keeps_transcript(self, channel: str) -> bool:
        """True when what comes in through this channel is also kept as a chat."""
        ...

    def transcript(self, ticket_id: int) -> list[ChatMessage]:
        """Every message of every chat of the ticket, oldest first. Raises HelpdeskRefused when we may not read them."""
        ...

    def redact_message(self, message: ChatMessage, *, marked_text: str) -> ChatMessage:
        """Blackens the `<redact>` marks of `marked_text` (the message's own text otherwise) and reads it back. While a
        chat goes on, the helpdesk refuses it."""
        ...
