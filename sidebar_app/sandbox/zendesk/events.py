"""What a ticket event looks like on the wire, comment text and description included, as Zendesk sends them."""

import uuid
from datetime import datetime

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk.webhooks import ACCOUNT_ID

_PREFIX = "zen:event-type:ticket."
_MESSAGING = "zen:event-type:messaging_ticket."


def ticket_created(ticket: Json, *, at: datetime) -> Json:
    return _envelope("created", ticket, ticket["requester_id"], {}, at)


def comment_added(ticket: Json, comment: Json, author: Json, *, at: datetime) -> Json:
    said = {
        "id": str(comment["id"]),
        "body": comment["body"],
        "is_public": comment["public"],
        "author": {
            "id": str(author["id"]),
            "is_staff": author["role"] != "end-user",
            "name": author["name"],
        },
    }
    return _envelope("comment_added", ticket, author["id"], {"comment": said}, at)


def message_added(ticket: Json, said: Json, author: Json, *, at: datetime) -> Json:
    """A message of a chat, its text included."""
    told = {
        "id": str(said["chat_index"]),
        "body": said.get("message") or "",
        "actor": {"id": str(author["id"])},
    }
    event = _envelope("message_added", ticket, author["id"], {"message": told}, at)
    return event | {"type": f"{_MESSAGING}message_added"}


def comment_redacted(ticket: Json, comment: Json, actor_id: int, *, at: datetime) -> Json:
    return _envelope("comment_redacted", ticket, actor_id, {"comment": {"id": str(comment["id"])}}, at)


def attachment_linked(ticket: Json, comment: Json, attachment: Json, *, at: datetime) -> Json:
    return _attachment("attachment_linked_to_comment", ticket, comment, attachment, comment["author_id"], at)


def attachment_redacted(
    ticket: Json, comment: Json, attachment: Json, actor_id: int, *, at: datetime
) -> Json:
    return _attachment("attachment_redacted_from_comment", ticket, comment, attachment, actor_id, at)


def _attachment(what: str, ticket: Json, comment: Json, file: Json, actor_id: int, at: datetime) -> Json:
    """developer.zendesk.com, "Ticket events": the address of the file is in it, its content is not."""
    told = {
        "id": str(file["id"]),
        "content_type": file["content_type"],
        "content_url": file["content_url"],
        "filename": file["file_name"],
        "is_public": comment["public"],
    }
    return _envelope(what, ticket, actor_id, {"comment": {"id": str(comment["id"]), "attachment": told}}, at)


def field_changed(ticket: Json, change: Json, actor_id: int, *, at: datetime) -> Json | None:
    """Of the subject or a custom field; other changes are not announced here."""
    name, event = change["field_name"], {"previous": change["previous_value"], "current": change["value"]}
    if name == "subject":
        return _envelope("subject_changed", ticket, actor_id, event, at)
    if name.isdigit():
        return _envelope("custom_field_changed", ticket, actor_id, event | {"field": {"id": name}}, at)
    return None


def merged(ticket: Json, into: int, actor_id: int, *, at: datetime) -> Json:
    return _envelope("merged", ticket, actor_id, {"target_ticket_id": str(into)}, at)


def _envelope(what: str, ticket: Json, actor_id: int, event: Json, at: datetime) -> Json:
    number = str(uuid.uuid4())
    return {
        "account_id": ACCOUNT_ID,
        "id": number,
        "type": _PREFIX + what,
        "time": at.isoformat().replace("+00:00", "Z"),
        "subject": f"zen:ticket:{ticket['id']}",
        "zendesk_event_version": "2022-11-06",
        "detail": _detail(ticket, actor_id),
        "event": {"meta": {"sequence": {"id": number, "position": 1}}, **event},
    }


def _detail(ticket: Json, actor_id: int) -> Json:
    named = ("description", "subject", "status", "priority", "tags", "created_at", "updated_at", "is_public")
    ids = ("assignee_id", "brand_id", "group_id", "organization_id", "requester_id", "submitter_id")
    return {
        "id": str(ticket["id"]),
        "actor_id": str(actor_id),
        **{key: ticket[key] for key in named},
        **{key: str(ticket[key]) if ticket[key] else None for key in ids},
        "external_id": ticket["external_id"],
        "form_id": None,
        "custom_status": None,
        "type": ticket["type"],
        "via": {"channel": ticket["via"]["channel"]},
    }
