"""Helpdesk, chat and mail in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sidebar_app.domain.people import SlackIdentity
from sidebar_app.ports.chat import ApprovalCard, ChatUnavailable, ChatUncertain, MessageRef
from sidebar_app.ports.helpdesk import (
    AgentProfile,
    Attachment,
    ChangedTicket,
    Changes,
    Comment,
    FileTooLarge,
    HelpdeskRefused,
    HelpdeskUnavailable,
    NoSuchTicket,
    TextField,
    Ticket,
    TicketText,
)
from sidebar_app.ports.notifier import Mail, NotifierUnavailable
from sidebar_app.ports.transcripts import ChatMessage

WRITTEN = datetime(2026, 3, 1, tzinfo=UTC)
GROUPS = {501: "Billing L1", 502: "Billing L2", 503: "Billing Managers", 505: "Billing Specialists"}


class FakeHelpdesk:
    def __init__(self) -> None:
        self.agents = {
            i: AgentProfile(i, name, f"{name}@support.example", "agent", True, (group,))
            for i, (name, group) in {
                501: ("l1", "Billing L1"),
                502: ("l2", "Billing L2"),
                503: ("manager", "Billing Managers"),
                505: ("specialist", "Billing Specialists"),
                508: ("compliance", "Compliance"),
                510: ("admin", ""),
            }.items()
        }
        self.agents[2001] = AgentProfile(2001, "Acme", "billing@acme.example", "end-user", True)
        self.tickets = {
            1001: Ticket(1001, "Refund", "open", 2001, "Acme", "billing@acme.example"),
            1012: Ticket(1012, "Question", "open", 2012, "Lumen", "hello@lumen.example"),
        }
        self.notes: dict[int, list[tuple[str, str]]] = {}
        self.texts: dict[int, list[Comment]] = {}
        self.fields: dict[int, dict[int, str]] = {}
        self.contents: dict[int, bytes] = {}
        self.channels: dict[int, str] = {}
        self.chats: dict[int, list[ChatMessage]] = {}
        self.changed: dict[int, datetime] = {}
        self.refused: set[str] = set()  # names of methods, or "field:<id>"
        self.asked: list[str] = []
        self.happened: list[ChangedTicket] = []
        self.page_size = 1000
        self.replies: dict[int, list[str]] = {}
        self.left: float | None = None
        self.down = False

    def agent(self, user_id: int) -> AgentProfile:
        self._answer()
        if user_id not in self.agents:
            raise NoSuchTicket(str(user_id))
        return self.agents[user_id]

    def ticket(self, ticket_id: int) -> Ticket:
        self._answer()
        if ticket_id not in self.tickets:
            raise NoSuchTicket(str(ticket_id))
        return self.tickets[ticket_id]

    def comments(self, ticket_id: int) -> list[Comment]:
        self._answer()
        return list(self.texts.get(ticket_id, []))

    def attaches(self, ticket_id: int, content: bytes, name: str = "card.txt", **facts: Any) -> Attachment:
        """A message with this file."""
        self.writes(ticket_id, "<p>see the file</p>")
        comment = self.texts[ticket_id][-1]
        number = 8000 + comment.id
        file = Attachment(
            number, ticket_id, comment.id, name, "", len(content), f"https://files/{number}", **facts
        )
        self.texts[ticket_id][-1] = replace(comment, attachments=(file,))
        self.contents[number] = content
        return file

    def download(self, file: Attachment, *, most_bytes: int) -> bytes:
        self._answer()
        self.asked.append("download")
        if len(self.contents[file.id]) > most_bytes:
            raise FileTooLarge("too large")
        return self.contents[file.id]

    def remove_file(self, file: Attachment) -> None:
        self._answer()
        self.asked.append("remove_file")
        if "remove_file" in self.refused:
            raise HelpdeskRefused("Our Zendesk user lacks the rights for this (403).")
        self.contents[file.id] = b""
        kept = self.texts[file.ticket_id]
        empty = replace(file, name="redacted.txt", size=0, removed=True)
        kept[:] = [
            replace(c, attachments=tuple(empty if f.id == file.id else f for f in c.attachments))
            for c in kept
        ]

    def writes(self, ticket_id: int, html: str, *, author: int = 2001, merged: tuple[int, ...] = ()) -> None:
        number = sum(map(len, self.texts.values())) + 1
        comment = Comment(number, ticket_id, html, True, author, WRITTEN, "email", merged)
        self.texts.setdefault(ticket_id, []).append(comment)

    def add_reply(self, ticket_id: int, *, text: str, since: datetime) -> None:
        self._answer()
        if "add_reply" in self.refused:
            raise HelpdeskRefused("Closed tickets cannot be changed (422).")
        replies = self.replies.setdefault(ticket_id, [])
        if text not in replies:
            replies.append(text)

    def me(self) -> AgentProfile:
        self._answer()
        return AgentProfile(500, "Billing sidebar", "billing-sidebar@support.example", "admin", True)

    def changes(self, *, since: datetime | None = None, bookmark: str = "") -> Changes:
        """The bookmark is a position in what happened."""
        self._answer()
        self.asked.append(f"changes {bookmark or since}")
        if "changes" in self.refused:
            raise HelpdeskRefused("Our user lacks the rights for this (403).")
        if bookmark and not bookmark.isdigit():
            raise HelpdeskRefused("A bookmark of somebody else (422).")
        page = self.happened[int(bookmark or 0) :][: self.page_size]
        found = [t for t in page if bookmark or since is None or t.changed_at >= since]
        end = int(bookmark or 0) + len(page)
        return Changes(tuple(found), str(end), complete=end == len(self.happened))

    def requests_left(self) -> float | None:
        return self.left

    def happens(self, ticket_id: int, at: datetime, **more: bool) -> None:
        """A change of a ticket that its export will name."""
        self.changed[ticket_id] = at
        self.happened.append(ChangedTicket(ticket_id, WRITTEN, at, **more))

    def ticket_text(self, ticket_id: int) -> TicketText:
        self._answer()
        ticket = self.ticket(ticket_id)
        fields = tuple(TextField(i, f"Field {i}", v) for i, v in self.fields.get(ticket_id, {}).items())
        first = self.texts[ticket_id][0].html if self.texts.get(ticket_id) else ""
        at = self.changed.get(ticket_id, WRITTEN)
        channel = self.channels.get(ticket_id, "email")
        return TicketText(ticket_id, ticket.subject, first, fields, ticket.requester_id, channel, WRITTEN, at)

    def mask_ticket(
        self, text: TicketText, *, subject: str | None = None, fields: Mapping[int, str] | None = None
    ) -> None:
        self._answer()
        self.asked.append("mask_ticket")
        if "mask_ticket" in self.refused or any(f"field:{i}" in self.refused for i in fields or ()):
            raise HelpdeskRefused("Closed tickets cannot be changed (422).")
        if subject is not None:
            self.tickets[text.id] = replace(self.tickets[text.id], subject=subject)
        self.fields.setdefault(text.id, {}).update(fields or {})

    def add_note(self, ticket_id: int, *, text: str, marker: str) -> None:
        self._answer()
        notes = self.notes.setdefault(ticket_id, [])
        if all(marker != known for known, _ in notes):
            notes.append((marker, text))

    def redact_comment(self, comment: Comment, *, marked_html: str) -> Comment:
        self._answer()
        self.asked.append("redact_comment")
        if "redact_comment" in self.refused:
            raise HelpdeskRefused("Our user lacks the rights for this (403).")
        after = replace(comment, html=_blackened(marked_html))
        kept = self.texts[comment.ticket_id]
        kept[kept.index(comment)] = after
        return after

    def chats_with(self, ticket_id: int, *said: str, is_over: bool = True, **more: Any) -> None:
        """A ticket that came in as a chat; more of it when it goes on."""
        self.channels[ticket_id] = "chat"
        kept = self.chats.setdefault(ticket_id, [])
        for text in said:
            kept.append(
                ChatMessage(ticket_id, "chat1", str(len(kept)), text, WRITTEN, True, is_over=is_over, **more)
            )

    def keeps_transcript(self, channel: str) -> bool:
        return channel == "chat"

    def transcript(self, ticket_id: int) -> list[ChatMessage]:
        self._answer()
        self.asked.append("transcript")
        if "transcript" in self.refused:
            raise HelpdeskRefused("Our Zendesk user lacks the rights for this (403).")
        return list(self.chats.get(ticket_id, ()))

    def redact_message(self, message: ChatMessage, *, marked_text: str) -> ChatMessage:
        self._answer()
        self.asked.append("redact_message")
        kept = self.chats[message.ticket_id]
        if "redact_message" in self.refused or not kept[kept.index(message)].is_over:
            raise HelpdeskRefused("Zendesk did not accept this (422).")
        after = replace(message, text=_blackened(marked_text))
        kept[kept.index(message)] = after
        return after

    def ends_chat(self, ticket_id: int) -> None:
        self.chats[ticket_id] = [replace(message, is_over=True) for message in self.chats[ticket_id]]

    def ticket_url(self, ticket_id: int) -> str:
        return f"https://sandbox.zendesk.com/agent/tickets/{ticket_id}"

    def _answer(self) -> None:
        if self.down:
            raise HelpdeskUnavailable("down")


def _blackened(marked: str) -> str:
    parts = marked.split("<redact>")
    return parts[0] + "".join(
        "▇" * len(inside) + after for inside, _, after in (part.partition("</redact>") for part in parts[1:])
    )


class FakeChat:
    def __init__(self) -> None:
        self.cards: dict[str, list[ApprovalCard]] = {}
        self.posts: list[str] = []
        self.warnings: list[str] = []
        self.inactive: set[SlackIdentity] = set()
        self.emails: dict[SlackIdentity, str] = {}
        self.faults: list[str] = []
        self.down = False

    def post_card(self, card: ApprovalCard) -> MessageRef:
        fault = self.faults.pop(0) if self.faults else ""
        if self.down or fault == "refused":
            raise ChatUnavailable("down")
        ts = f"{len(self.posts) + 1}.0"
        self.posts.append(card.request.id)
        self.cards[ts] = [card]
        if fault == "uncertain":
            raise ChatUncertain("no answer")
        return MessageRef("C1", ts)

    def update_card(self, ref: MessageRef, card: ApprovalCard) -> None:
        if self.down:
            raise ChatUnavailable("down")
        self.cards[ref.ts].append(card)

    def warn_security(self, text: str) -> None:
        if self.down:
            raise ChatUnavailable("down")
        self.warnings.append(text)

    def is_active_member(self, identity: SlackIdentity) -> bool:
        if self.down:
            raise ChatUnavailable("down")
        return identity not in self.inactive

    def email_of(self, identity: SlackIdentity) -> str:
        return self.emails.get(identity, "") if self.is_active_member(identity) else ""

    def member_of(self, email: str) -> SlackIdentity | None:
        found = (identity for identity, known in self.emails.items() if known == email)
        return next((identity for identity in found if self.is_active_member(identity)), None)


class FakeNotifier:
    def __init__(self) -> None:
        self.sent: dict[str, Mail] = {}
        self.down = False

    def send(self, mail: Mail) -> None:
        if self.down:
            raise NotifierUnavailable("down")
        self.sent[mail.key] = mail
