"""The state of the helpdesk: people, tickets, comments, and the audit of every change.

Keys that begin with an underscore are the sandbox's own and never leave it.
"""

import base64
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.zendesk import custom_fields, events, markup
from sidebar_app.sandbox.zendesk.errors import closed, invalid, not_found

USER, GROUP, TICKET, COMMENT, AUDIT, FILE = (
    f"zendesk_{kind}" for kind in ("user", "group", "ticket", "comment", "audit", "file")
)
SERVICE_USER_ID = 500
_CHANGEABLE = ("status", "priority", "subject", "assignee_id", "group_id", "requester_id", "external_id")


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Attachment:
    file_name: str
    content_type: str
    content: bytes


class Desk:
    """Every change is one step under the documents' lock; afterwards `announce` gets its event."""

    def __init__(
        self, documents: Documents, now: Callable[[], datetime], announce: Callable[[Json], None]
    ) -> None:
        self.documents, self.now, self.announce = documents, now, announce

    def user(self, id: int | str) -> Json:
        return self._found(USER, id)

    def users(self) -> list[Json]:
        return self.documents.all(USER)

    def groups_of(self, user: Json) -> list[Json]:
        return [g for g in self.documents.all(GROUP) if g["id"] in user["_groups"]]

    def ticket(self, id: int | str) -> Json:
        return self._found(TICKET, id)

    def tickets(self) -> list[Json]:
        return self.documents.all(TICKET)

    def comments(self, ticket_id: int | str) -> list[Json]:
        """Oldest first."""
        return [self._found(COMMENT, number) for number in self.ticket(ticket_id)["_comments"]]

    def comment(self, comment_id: int | str, *, ticket_id: int | str) -> Json:
        found = self._found(COMMENT, comment_id)
        if str(found["_ticket"]) != str(ticket_id):
            raise not_found()
        return found

    def audits(self, ticket_id: int | str) -> list[Json]:
        return [a for a in self.documents.all(AUDIT) if str(a["ticket_id"]) == str(ticket_id)]

    def create_ticket(
        self, *, requester_id: int, subject: str, text: str, channel: str = "email", id: int | None = None
    ) -> Json:
        """A new ticket whose first comment is the requester's message."""
        self.user(requester_id)
        with self.documents.lock:
            number = id or self.documents.next_number("zendesk_ticket", 1101)
            ticket = _blank_ticket(number, requester_id, subject, text, channel, stamp(self.now()))
            self.documents.put(TICKET, number, ticket)
            self.append(ticket, requester_id, markup.to_html(text), public=True)
            ticket = self.ticket(number)
        self.announce(events.ticket_created(ticket, at=self.now()))
        return ticket

    def add_comment(
        self,
        ticket_id: int | str,
        *,
        author_id: int,
        text: str = "",
        html: str = "",
        public: bool = True,
        attachments: Iterable[Attachment] = (),
    ) -> Json:
        """`html` wins over `text`. Refused on a closed ticket."""
        with self.documents.lock:
            ticket = self.ticket(ticket_id)
            if ticket["status"] == "closed":
                raise closed()
            attachments = list(attachments)
            if not (html or text).strip() and not attachments:
                raise invalid("comment", "Comment: cannot be blank")
            comment = self.append(
                ticket, author_id, html or markup.to_html(text), public=public, files=attachments
            )
        author = self.user(author_id)
        ticket = self.ticket(ticket_id)
        self.announce(events.comment_added(ticket, comment, author, at=self.now()))
        for file in comment["attachments"]:
            self.announce(events.attachment_linked(ticket, comment, file, at=self.now()))
        return comment

    def change(self, ticket_id: int | str, changes: Json, *, author_id: int) -> Json:
        """Fields and tags; answers the audit (with no events when nothing changed)."""
        with self.documents.lock:
            ticket = self.ticket(ticket_id)
            if ticket["status"] == "closed" and changes:
                raise closed()
            changed = []
            for field in (*_CHANGEABLE, "tags"):
                if field in changes and changes[field] != ticket[field]:
                    changed.append(change_event(field, ticket[field], changes[field]))
                    ticket[field] = changes[field]
            ticket["raw_subject"] = ticket["subject"]
            changed += custom_fields.changed(self.documents, ticket, changes.get("custom_fields") or ())
            audit = self.record(ticket, author_id, changed)
        for change in changed:
            if (told := events.field_changed(ticket, change, author_id, at=self.now())) is not None:
                self.announce(told)
        return audit

    def record(self, ticket: Json, author_id: int, happened: list[Json]) -> Json:
        """Writes the ticket and the audit of what happened to it."""
        ticket["updated_at"] = stamp(self.now())
        ticket["generated_timestamp"] = int(self.now().timestamp())
        ticket["_change"] = self.documents.next_number("zendesk_change")
        self.documents.put(TICKET, ticket["id"], ticket)
        number = self.documents.next_number("zendesk_audit", 50_001)
        for event in happened:
            event["id"] = self.documents.next_number("zendesk_event", 60_001)
        audit: Json = {"id": number, "ticket_id": ticket["id"], "created_at": stamp(self.now())}
        audit |= {"author_id": author_id, "via": via_channel("api"), "metadata": {"system": {}, "custom": {}}}
        audit |= {"events": happened, "_at": int(self.now().timestamp())}
        return self.documents.put(AUDIT, number, audit) if happened else audit

    def append(
        self,
        ticket: Json,
        author_id: int,
        html: str,
        *,
        public: bool,
        files: Iterable[Attachment] = (),
        via: Json | None = None,
    ) -> Json:
        """One more comment, without asking whether the ticket takes one and without announcing it."""
        number = self.documents.next_number("zendesk_comment", 40_001)
        comment: Json = {"id": number, "type": "Comment", "author_id": author_id, "public": public}
        comment |= {
            "created_at": stamp(self.now()),
            "via": via or via_channel("api" if not public else "web"),
        }
        comment |= {"metadata": {"system": {}, "custom": {}}, "_ticket": ticket["id"]}
        comment["attachments"] = [self._store(file) for file in files]
        # The comment is there before its ticket names it: others may be reading.
        comment |= {"html_body": html, "body": "", "plain_body": ""}
        self.documents.put(COMMENT, number, comment)
        ticket["_comments"].append(number)
        told = [{"type": "Comment", "comment_id": number, "public": public}]
        comment["audit_id"] = self.record(ticket, author_id, told)["id"]
        return self.rewrite(comment, html)

    def rewrite(self, comment: Json, html: str) -> Json:
        """The comment with this markup; a ticket's description is its first comment's text."""
        plain = markup.to_text(html)
        comment |= {"html_body": html, "body": plain, "plain_body": plain}
        self.documents.put(COMMENT, comment["id"], comment)
        ticket = self.ticket(comment["_ticket"])
        if ticket["_comments"][0] == comment["id"]:
            self.documents.put(TICKET, ticket["id"], ticket | {"description": plain})
        return comment

    def _store(self, file: Attachment) -> Json:
        number = self.documents.next_number("zendesk_file", 80_001)
        token = secrets.token_urlsafe(12)
        content = base64.b64encode(file.content).decode()
        self.documents.put(FILE, token, {"content": content, "type": file.content_type})
        return attachment_view(number, token, file.file_name, file.content_type, len(file.content))

    def _found(self, kind: str, id: int | str) -> Json:
        found = self.documents.get(kind, id)
        if found is None:
            raise not_found()
        return found


def attachment_view(id: int, token: str, name: str, content_type: str, size: int) -> Json:
    """The `content_url` is completed with the server's address when it is served."""
    url = f"/attachments/token/{token}/?name={name}"
    return {
        "id": id,
        "file_name": name,
        "content_url": url,
        "mapped_content_url": url,
        "content_type": content_type,
        "size": size,
        "inline": False,
        "deleted": False,
        "thumbnails": [],
        "malware_scan_result": "malware_not_found",
    }


def via_channel(channel: str, *, rel: str | None = None, origin: Json | None = None) -> Json:
    return {"channel": channel, "source": {"from": origin or {}, "to": {}, "rel": rel}}


def change_event(field: str, before: object, after: object) -> Json:
    return {"type": "Change", "field_name": field, "previous_value": before, "value": after}


def _blank_ticket(id: int, requester_id: int, subject: str, text: str, channel: str, at: str) -> Json:
    return {
        "id": id,
        "external_id": None,
        "type": None,
        "subject": subject,
        "raw_subject": subject,
        "description": text,
        "priority": "normal",
        "status": "open",
        "recipient": None,
        "requester_id": requester_id,
        "submitter_id": requester_id,
        "assignee_id": None,
        "organization_id": None,
        "group_id": None,
        "brand_id": 90_001,
        "has_incidents": False,
        "is_public": True,
        "tags": [],
        "custom_fields": [],
        "via": via_channel(channel),
        "created_at": at,
        "updated_at": at,
        "_comments": [],
        "_change": 0,
    }
