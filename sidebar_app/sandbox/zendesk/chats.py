"""Chats of a ticket: their transcripts lie in its audits, and are redacted there once a chat has ended.

Shapes and rules: developer.zendesk.com, "Redact Chat Comment", "Ticket audit events".
"""

import re
from collections.abc import Iterable

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk import events, markup
from sidebar_app.sandbox.zendesk.desk import AUDIT, Desk
from sidebar_app.sandbox.zendesk.errors import invalid, not_found
from sidebar_app.sandbox.zendesk.redaction import TAG

_MARK = re.compile(r"<redact>(.*?)</redact>", re.DOTALL)


def start(desk: Desk, ticket_id: int | str) -> str:
    """The id of a new chat, which nobody has said anything in."""
    with desk.documents.lock:
        ticket = desk.ticket(ticket_id)
        number = desk.documents.next_number("zendesk_chat", 1)
        chat_id, visitor = f"2611.10502823.{number:013d}", f"10502823-{ticket['requester_id']}"
        value: Json = {"visitor_id": visitor, "chat_id": chat_id, "history": []}
        desk.record(ticket, ticket["requester_id"], [{"type": "ChatStartedEvent", "value": value}])
    return chat_id


def say(
    desk: Desk, ticket_id: int | str, chat_id: str, *, author_id: int, text: str = "", file: str = ""
) -> Json:
    """One more message, or a file when it is named, and its event."""
    author = desk.user(author_id)
    with desk.documents.lock:
        audit, value = _found(desk, ticket_id, chat_id)
        said: Json = {"chat_index": len(value["history"]), "timestamp": int(desk.now().timestamp() * 1000)}
        said |= (
            {"type": "ChatFileAttachment", "filename": file}
            if file
            else {"type": "ChatMessage", "message": text}
        )
        role = "end-user" if author["role"] == "end-user" else "agent"
        said |= {"actor_id": author_id, "actor_type": role, "actor_name": author["name"]}
        value["history"].append(said)
        desk.documents.put(AUDIT, audit["id"], audit)
        desk.record(desk.ticket(ticket_id), author_id, [])
    desk.announce(events.message_added(desk.ticket(ticket_id), said, author, at=desk.now()))
    return said


def end(desk: Desk, ticket_id: int | str, chat_id: str) -> None:
    with desk.documents.lock:
        _, value = _found(desk, ticket_id, chat_id)
        ended = {"chat_id": chat_id, "visitor_id": value["visitor_id"], "is_served": True, "tags": []}
        ticket = desk.ticket(ticket_id)
        desk.record(ticket, ticket["requester_id"], [{"type": "ChatEndedEvent", "value": ended}])


def of(desk: Desk, ticket_id: int | str) -> list[str]:
    return [value["chat_id"] for _, value in _all(desk, ticket_id)]


def redact(desk: Desk, ticket_id: str, asked: Json, *, actor_id: int) -> Json:
    """`PUT chat_redactions/{ticket}`: nothing but marking can be done, and nothing while the chat goes on."""
    with desk.documents.lock:
        audit, value = _found(desk, ticket_id, str(asked.get("chat_id") or ""))
        if not _has_ended(desk, ticket_id, value["chat_id"]):
            raise invalid("base", "Chat: is active")
        said, marked = _named(value["history"], asked), str(asked.get("text") or "")
        if marked.replace("<redact>", "").replace("</redact>", "") != said["message"]:
            raise invalid("text", "Text: differs from the message in more than redact marks")
        if not _MARK.search(marked):
            raise invalid("text", "Text: nothing is marked")
        said["message"] = _MARK.sub(lambda mark: markup.BLACK * len(mark[1]), marked)
        desk.documents.put(AUDIT, audit["id"], audit)
        ticket = desk.ticket(ticket_id)
        ticket["tags"] = sorted({*ticket["tags"], TAG})
        desk.record(ticket, actor_id, [{"type": "ChatRedactionEvent", "chat_id": value["chat_id"]}])
    event = next(e for e in audit["events"] if e.get("value") is value)
    return {"id": event["id"], "type": event["type"], "value": value}


def _named(history: Iterable[Json], asked: Json) -> Json:
    """By index or by id, one of them."""
    names = [name for name in ("chat_index", "message_id") if asked.get(name) is not None]
    if len(names) != 1:
        raise invalid("base", "Chat index: or message id must be given")
    for said in history:
        if said["type"] == "ChatMessage" and said.get(names[0]) == asked[names[0]]:
            return said
    raise not_found()


def _has_ended(desk: Desk, ticket_id: int | str, chat_id: str) -> bool:
    happened = [event for audit in desk.audits(ticket_id) for event in audit["events"]]
    return any(e["type"] == "ChatEndedEvent" and e["value"]["chat_id"] == chat_id for e in happened)


def _found(desk: Desk, ticket_id: int | str, chat_id: str) -> tuple[Json, Json]:
    """The audit that holds the chat, and the chat."""
    for audit, value in _all(desk, ticket_id):
        if value["chat_id"] == chat_id:
            return audit, value
    raise not_found()


def _all(desk: Desk, ticket_id: int | str) -> Iterable[tuple[Json, Json]]:
    for audit in desk.audits(ticket_id):
        for event in audit["events"]:
            if event["type"] == "ChatStartedEvent":
                yield audit, event["value"]
