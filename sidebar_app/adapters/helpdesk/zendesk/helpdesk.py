"""The helpdesk port on Zendesk's API. Nothing of zenpy's leaves this folder."""

import html
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sidebar_app.adapters.helpdesk.zendesk import vendor
from sidebar_app.adapters.helpdesk.zendesk.client import Json, ZendeskConnection
from sidebar_app.adapters.helpdesk.zendesk.errors import asked
from sidebar_app.ports.helpdesk import AgentProfile, Comment, HelpdeskRefused, NoSuchTicket, Ticket

# Through these channels somebody signed in writes: developer.zendesk.com, "Via object". A mail proves nothing.
SIGNED_IN_CHANNELS = frozenset(("api",))
_NOTES_LOOKED_AT = 100
_PARALLEL = 4
_ROLE_NAMES_SECONDS = 60.0


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
        self._monotonic = monotonic
        self._role_names: dict[int, str] = {}
        self._role_names_read = 0.0
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
        comments = asked(lambda: [_comment(ticket_id, comment) for comment in found])
        return sorted(comments, key=lambda comment: (comment.created_at, comment.id))

    def add_note(self, ticket_id: int, *, text: str, marker: str) -> None:
        if self._has_note(ticket_id, marker):
            return
        body = text if marker in text else f"{text}\n\n{marker}"
        note = vendor.Comment(body=body, public=False)
        asked(lambda: self._connection.zenpy().tickets.update(vendor.Ticket(id=ticket_id, comment=note)))

    def redact_comment(self, comment: Comment, *, marked_html: str) -> Comment:
        """Works on closed and archived tickets; all marks of a comment go in one call."""
        if _unmarked(marked_html) != comment.html:
            raise HelpdeskRefused("The marked text is not the comment's text.")
        payload = {"ticket_id": comment.ticket_id, "html_body": marked_html}
        self._connection.put(f"comment_redactions/{comment.id:d}", payload)
        for current in self.comments(comment.ticket_id):
            if current.id == comment.id:
                return current
        raise NoSuchTicket("The comment is not in its ticket any more.")

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
            custom_role=self._custom_role(int(role_id)) if role_id else "",
        )

    def _custom_role(self, role_id: int) -> str:
        """Which role somebody has is always asked; only what roles are called is remembered for a while."""
        age = self._monotonic() - self._role_names_read
        if role_id not in self._role_names or age > _ROLE_NAMES_SECONDS:
            self._role_names = self._connection.repeated(
                lambda: {int(r.id): str(r.name) for r in self._connection.zenpy().custom_agent_roles()}
            )
            self._role_names_read = self._monotonic()
        return self._role_names.get(role_id, "")

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
        path = f"tickets/{ticket_id:d}/comments.json"
        newest = self._connection.get(path, sort="-created_at", **{"page[size]": str(_NOTES_LOOKED_AT)})
        return asked(
            lambda: any(
                c["public"] is False and marker in (c.get("plain_body") or c.get("body") or "")
                for c in newest["comments"]
            )
        )


def _user(found: Any) -> Json:
    """The fields we use; no zenpy object travels further."""
    names = ("id", "name", "email", "role", "active", "suspended", "tags", "custom_role_id")
    return {name: getattr(found, name, None) for name in names}


def _requester(users: Iterable[Json], requester_id: int) -> Json | None:
    return next((user for user in users if user["id"] == requester_id), None)


def _comment(ticket_id: int, comment: Json) -> Comment:
    """Voice comments have no html of their own."""
    return Comment(
        id=int(comment["id"]),
        ticket_id=ticket_id,
        html=comment.get("html_body") or html.escape(comment.get("body") or "", quote=False),
        is_public=comment["public"] is not False,
        author_id=int(comment["author_id"]),
        created_at=datetime.fromisoformat(comment["created_at"]),
    )


def _unmarked(marked_html: str) -> str:
    return marked_html.replace("<redact>", "").replace("</redact>", "")
