"""The helpdesk port on Zendesk's API. Nothing of zenpy's leaves this folder."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from sidebar_app.adapters.helpdesk.zendesk import chats, files, legacy, texts, vendor
from sidebar_app.adapters.helpdesk.zendesk.client import Json, ZendeskConnection
from sidebar_app.adapters.helpdesk.zendesk.errors import asked
from sidebar_app.adapters.helpdesk.zendesk.names import Names
from sidebar_app.ports.helpdesk import (
    AgentProfile,
    Attachment,
    Changes,
    Comment,
    HelpdeskRefused,
    NoSuchTicket,
    Ticket,
    TicketText,
)
from sidebar_app.ports.transcripts import ChatMessage

# Through these channels somebody signed in writes: developer.zendesk.com, "Via object". A mail proves nothing.
SIGNED_IN_CHANNELS = frozenset(("api",))
_NOTES_LOOKED_AT = 100
_PARALLEL = 4
_ROLE_NAMES_SECONDS = 60.0
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_FIELD_TITLES_SECONDS = 600.0


class ZendeskHelpdesk:
    """Implements Helpdesk. `verified_channels` are those whose sender the helpdesk vouches for."""

    def __init__(
        self,
        connection: ZendeskConnection,
        *,
        public_url: str = "",
        verified_channels: Iterable[str] = SIGNED_IN_CHANNELS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._public_url = (public_url or connection.base_url).rstrip("/")
        self._verified = frozenset(verified_channels)
        self._roles = Names(self._read_roles, seconds=_ROLE_NAMES_SECONDS, monotonic=monotonic)
        self._titles = Names(self._read_titles, seconds=_FIELD_TITLES_SECONDS, monotonic=monotonic)
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="zendesk")

    def close(self) -> None:
        self._pool.shutdown()
        self._connection.close()

    def me(self) -> AgentProfile:
        """The user our access token acts as."""
        me = self._connection.repeated(lambda: _user(self._connection.zenpy().users.me()))
        return self._profile(me, ())

    def agent(self, user_id: int) -> AgentProfile:
        """User and groups are asked at the same time."""
        if user_id < 1:
            raise NoSuchTicket("There is no such user.")
        groups = self._pool.submit(self._groups, user_id)
        user = self._connection.repeated(lambda: _user(self._connection.zenpy().users(id=user_id)))
        return self._profile(user, groups.result())

    def ticket(self, ticket_id: int) -> Ticket:
        answer = self._connection.get(f"tickets/{ticket_id:d}.json", include="users")
        return asked(lambda: self._ticket(answer))

    def comments(self, ticket_id: int) -> list[Comment]:
        found = self._connection.pages(
            f"tickets/{ticket_id:d}/comments.json", "comments", include_inline_images="true"
        )
        comments = asked(lambda: [texts.comment(ticket_id, comment) for comment in found])
        return sorted(comments, key=lambda comment: (comment.created_at, comment.id))

    def add_note(self, ticket_id: int, *, text: str, marker: str) -> None:
        if self._has_note(ticket_id, marker):
            return
        body = text if marker in text else f"{text}\n\n{marker}"
        note = vendor.Comment(body=body, public=False)
        asked(lambda: self._connection.zenpy().tickets.update(vendor.Ticket(id=ticket_id, comment=note)))

    def add_reply(self, ticket_id: int, *, text: str, since: datetime) -> None:
        if self._has_reply(ticket_id, text, since):
            return
        reply = vendor.Comment(body=text, public=True)
        asked(lambda: self._connection.zenpy().tickets.update(vendor.Ticket(id=ticket_id, comment=reply)))

    def ticket_text(self, ticket_id: int) -> TicketText:
        ticket = self._connection.get(f"tickets/{ticket_id:d}.json")["ticket"]
        numbers = asked(lambda: [number for number, _ in texts.field_values(ticket)])
        titles = {number: self._titles.of(number) for number in numbers}
        return asked(lambda: texts.ticket_text(ticket, titles))

    def mask_ticket(
        self, text: TicketText, *, subject: str | None = None, fields: Mapping[int, str] | None = None
    ) -> None:
        """`safe_update`: developer.zendesk.com, "Protecting against ticket update collisions"."""
        changed: Json = {"safe_update": True, "updated_stamp": f"{text.changed_at:%Y-%m-%dT%H:%M:%SZ}"}
        if subject is not None:
            changed["subject"] = subject
        if fields:
            changed["custom_fields"] = [{"id": number, "value": value} for number, value in fields.items()]
        self._connection.put(f"tickets/{text.id:d}.json", {"ticket": changed})

    def redact_comment(self, comment: Comment, *, marked_html: str) -> Comment:
        """Works on closed and archived tickets; all marks of a comment go in one call.

        Where the account or our user may not do that, the older way is tried, which works on fewer texts.
        """
        if texts.unmarked(marked_html) != texts.unmarked(comment.html):
            raise HelpdeskRefused("The marked text is not the comment's text.")
        payload = {"ticket_id": comment.ticket_id, "html_body": marked_html}
        refusal = self._connection.refusal(f"comment_redactions/{comment.id:d}", payload)
        if refusal and (again := legacy.redact(self._connection, comment, marked_html)):
            raise HelpdeskRefused(f"{refusal} The older way: {again}")
        for current in self.comments(comment.ticket_id):
            if current.id == comment.id:
                return current
        raise NoSuchTicket("The comment is not in its ticket any more.")

    def keeps_transcript(self, channel: str) -> bool:
        return chats.keeps_transcript(channel)

    def transcript(self, ticket_id: int) -> list[ChatMessage]:
        return chats.transcript(self._connection, ticket_id)

    def redact_message(self, message: ChatMessage, *, marked_text: str) -> ChatMessage:
        return chats.redact(self._connection, message, marked_text)

    def changes(self, *, since: datetime | None = None, bookmark: str = "") -> Changes:
        """Incremental export by cursor: for admins only, ten requests a minute."""
        asked_for = (
            {"cursor": bookmark} if bookmark else {"start_time": str(int((since or _EPOCH).timestamp()))}
        )
        answer = self._connection.get("incremental/tickets/cursor.json", **asked_for)
        return asked(lambda: texts.changes(answer, bookmark))

    def download(self, file: Attachment, *, most_bytes: int) -> bytes:
        return files.download(self._connection, file.url, most_bytes=most_bytes)

    def remove_file(self, file: Attachment) -> None:
        """The endpoint for files refuses closed tickets; the one for comments takes the file's address all the same."""
        one = f"tickets/{file.ticket_id:d}/comments/{file.comment_id:d}/attachments/{file.id:d}/redact"
        refusal = self._connection.refusal(one, {})
        if refusal:
            named = {"ticket_id": file.ticket_id, "external_attachment_urls": [file.url]}
            again = self._connection.refusal(f"comment_redactions/{file.comment_id:d}", named)
            if again:
                raise HelpdeskRefused(refusal)
        if any(files.is_same(file, now) for c in self.comments(file.ticket_id) for now in c.attachments):
            raise HelpdeskRefused("Zendesk took the request, and the file is still there.")

    def requests_left(self) -> float | None:
        return self._connection.allowance.left()

    def ticket_url(self, ticket_id: int) -> str:
        return f"{self._public_url}/agent/tickets/{ticket_id:d}"

    def _groups(self, user_id: int) -> tuple[str, ...]:
        names: tuple[str, ...] = self._connection.repeated(
            lambda: tuple(str(group.name) for group in self._connection.zenpy().users.groups(user_id))
        )
        return names

    def _profile(self, user: Json, groups: tuple[str, ...]) -> AgentProfile:
        role_id = user["custom_role_id"]
        return AgentProfile(
            id=int(user["id"]),
            name=str(user["name"] or ""),
            email=str(user["email"] or ""),
            role=str(user["role"]),
            active=user["active"] is True and user["suspended"] is False,
            groups=groups,
            tags=tuple(str(tag) for tag in user["tags"] or ()),
            custom_role=self._roles.of(int(role_id)) if role_id else "",
        )

    def _read_roles(self) -> dict[int, str]:
        """Which role somebody has is always asked; only what roles are called is remembered."""
        names: dict[int, str] = self._connection.repeated(
            lambda: {int(r.id): str(r.name) for r in self._connection.zenpy().custom_agent_roles()}
        )
        return names

    def _read_titles(self) -> dict[int, str]:
        fields = self._connection.pages("ticket_fields.json", "ticket_fields")
        return asked(lambda: {int(field["id"]): str(field.get("title") or "") for field in fields})

    def _ticket(self, answer: Json) -> Ticket:
        ticket = answer["ticket"]
        requester_id = int(ticket["requester_id"])
        requester = _requester(answer.get("users") or (), requester_id)
        if requester is None:
            requester = self._connection.get(f"users/{requester_id}.json")["user"]
        return Ticket(
            id=int(ticket["id"]),
            subject=str(ticket["subject"] or ""),
            status=str(ticket["status"]),
            requester_id=requester_id,
            requester_name=str(requester.get("name") or ""),
            requester_email=str(requester.get("email") or ""),
            requester_verified=(ticket.get("via") or {}).get("channel") in self._verified,
        )

    def _has_note(self, ticket_id: int, marker: str) -> bool:
        """Looks at internal notes only: a customer must not be able to suppress one."""
        newest = self._newest_comments(ticket_id)
        return asked(lambda: any(c["public"] is False and marker in texts.plain(c) for c in newest))

    def _has_reply(self, ticket_id: int, text: str, since: datetime) -> bool:
        """Looks at what we wrote only: who quotes the text does not suppress it."""
        newest, us, wanted = self._newest_comments(ticket_id), self.me().id, texts.squeezed(text)
        return asked(
            lambda: any(
                c["public"] is True
                and int(c["author_id"]) == us
                and datetime.fromisoformat(c["created_at"]) >= since
                and wanted in texts.squeezed(texts.plain(c))
                for c in newest
            )
        )

    def _newest_comments(self, ticket_id: int) -> list[Json]:
        path = f"tickets/{ticket_id:d}/comments.json"
        newest = self._connection.get(path, sort="-created_at", **{"page[size]": str(_NOTES_LOOKED_AT)})
        return asked(lambda: list(newest["comments"]))


def _user(found: Any) -> Json:
    """The fields we use; no zenpy object travels further."""
    names = ("id", "name", "email", "role", "active", "suspended", "tags", "custom_role_id")
    return {name: getattr(found, name, None) for name in names}


def _requester(users: Iterable[Json], requester_id: int) -> Json | None:
    return next((user for user in users if user["id"] == requester_id), None)
