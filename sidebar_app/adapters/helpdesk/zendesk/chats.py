"""Transcripts of chats, out of a ticket's audits, and their redaction.

`ChatStartedEvent` holds chat and messages: developer.zendesk.com, "Redact Chat Comment", "Ticket audit events". What
the pages leave open (who wrote, when, events of other kinds) is read where it is there, and missed nowhere.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sidebar_app.adapters.helpdesk.zendesk.client import Json, ZendeskConnection
from sidebar_app.adapters.helpdesk.zendesk.errors import asked
from sidebar_app.adapters.helpdesk.zendesk.texts import unmarked
from sidebar_app.ports.helpdesk import HelpdeskRefused, NoSuchTicket
from sidebar_app.ports.transcripts import ChatMessage

# "Via types" of conversations: live chat, messaging, and the social channels that come in through messaging.
CHANNELS = frozenset(
    (
        "chat", "chat_transcript", "messaging", "native_messaging", "whatsapp", "viber", "line", "wechat", "telegram",
        "kakaotalk", "instagram_dm", "apple_business_chat", "google_business_messages", "google_rcs",
        "business_messaging_slack_connect",
    )
)  # fmt: skip
_CHANNEL_FAMILY = "sunshine_conversations_"
_MOST_AUDITS = 5000
_VISITORS = frozenset(("end-user", "end_user", "visitor"))
_FILE, _EMPTIED = "ChatFileAttachment", "redacted.txt"


def keeps_transcript(channel: str) -> bool:
    return channel in CHANNELS or channel.startswith(_CHANNEL_FAMILY)


def transcript(connection: ZendeskConnection, ticket_id: int) -> list[ChatMessage]:
    """All chats of the ticket; a message that is told twice counts as it was told last."""
    audits = connection.pages(f"tickets/{ticket_id:d}/audits.json", "audits")

    def read() -> list[ChatMessage]:
        started, ended = _events(audits)
        found = {
            (m.chat_id, m.id): m for at, value in started for m in _messages(ticket_id, value, at, ended)
        }
        return sorted(found.values(), key=lambda message: message.written_at)

    found: list[ChatMessage] = asked(read)
    return found


def redact(connection: ZendeskConnection, message: ChatMessage, marked_text: str) -> ChatMessage:
    """One message a call, by its id or its place in the chat; read back from the audits."""
    if unmarked(marked_text) != unmarked(message.text):
        raise HelpdeskRefused("The marked text is not the message's text.")
    if message.id.startswith(_NAMELESS):
        raise HelpdeskRefused("Zendesk gives the message no id by which it could be redacted.")
    payload: Json = {"chat_id": message.chat_id, "text": marked_text}
    if message.id.startswith(_BY_INDEX):
        payload["chat_index"] = int(message.id.removeprefix(_BY_INDEX))
    else:
        payload["message_id"] = message.id
    connection.put(f"chat_redactions/{message.ticket_id:d}", payload)
    for current in transcript(connection, message.ticket_id):
        if (current.chat_id, current.id) == (message.chat_id, message.id):
            return current
    raise NoSuchTicket("The message is not in its chat any more.")


# Our ids of messages: Zendesk's own, "#3" by its index, "?3" by its position when it has neither.
_BY_INDEX, _NAMELESS = "#", "?"
_Started = list[tuple[datetime, Json]]


def _events(audits: Iterable[Json]) -> tuple[_Started, set[str]]:
    """What was started, with the time of its audit, and the ids of the chats that have ended."""
    started: _Started = []
    ended: set[str] = set()
    for number, audit in enumerate(audits):
        if number >= _MOST_AUDITS:
            raise HelpdeskRefused(f"The ticket has a longer history than the {_MOST_AUDITS} audits we read.")
        for event in audit.get("events") or ():
            value = event.get("value")
            if not isinstance(value, dict) or not value.get("chat_id"):
                continue
            if event.get("type") == "ChatEndedEvent":
                ended.add(str(value["chat_id"]))
            elif value.get("history"):
                started.append((datetime.fromisoformat(audit["created_at"]), value))
    return started, ended


def _messages(ticket_id: int, value: Json, at: datetime, ended: set[str]) -> Iterator[ChatMessage]:
    chat = str(value["chat_id"])
    for position, said in enumerate(value["history"]):
        text, file = said.get("message"), _file_name(said)
        if not (isinstance(text, str) and text) and not file:
            continue
        yield ChatMessage(
            ticket_id=ticket_id,
            chat_id=chat,
            id=_id(said, position),
            text=text if isinstance(text, str) else "",
            written_at=_time(said.get("timestamp")) or at,
            by_visitor=said.get("actor_type") in _VISITORS,
            author_id=_number(said.get("actor_id")),
            file_name=file,
            is_over=chat in ended,
        )


def _id(said: Json, position: int) -> str:
    if said.get("message_id"):
        return str(said["message_id"])
    if isinstance(said.get("chat_index"), int):
        return f"{_BY_INDEX}{said['chat_index']}"
    return f"{_NAMELESS}{position}"


def _file_name(said: Json) -> str:
    if said.get("type") != _FILE:
        return ""
    name = str(said.get("filename") or said.get("file_name") or "file")
    return "" if name == _EMPTIED else name


def _time(given: Any) -> datetime | None:
    """Milliseconds since 1970."""
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 4e12:
        return None
    return datetime.fromtimestamp(given / 1000, UTC)


def _number(given: Any) -> int:
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
