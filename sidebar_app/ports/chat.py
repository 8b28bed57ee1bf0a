"""The chat where approvals are asked and given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sidebar_app.domain.people import SlackIdentity
from sidebar_app.domain.request import ActionRequest, Approval


class ChatUnavailable(Exception):
    """Certainly not delivered (refused connection, rate limit): may be repeated."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ChatUncertain(Exception):
    """It may or may not have been delivered."""


class ChatRefused(Exception):
    """The chat will not take it, ever (no such channel, revoked token); the text names the vendor's code."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """What a card shows. `approvals` are all decisions of the request's current version, in order."""

    request: ActionRequest
    approvals: tuple[Approval, ...]
    ticket_url: str


class Chat(Protocol):
    """Raises ChatUnavailable, ChatUncertain or ChatRefused."""

    def post_card(self, card: ApprovalCard) -> MessageRef:
        """Posts to the approvals channel."""
        ...

    def update_card(self, ref: MessageRef, card: ApprovalCard) -> None: ...

    def warn_security(self, text: str) -> None:
        """Posts a plain sentence to the security channel."""
        ...

    def is_active_member(self, identity: SlackIdentity) -> bool:
        """False for guests, bots, deleted and foreign users."""
        ...

    def email_of(self, identity: SlackIdentity) -> str:
        """The address that the chat has confirmed; empty where there is none, and for all who are no active member."""
        ...

    def member_of(self, email: str) -> SlackIdentity | None:
        """The active member whose confirmed address this is."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person who clicked is told. `done` says whether their decision was recorded."""

    done: bool
    text: str


class Decisions(Protocol):
    """What a click in chat may cause. Implementations commit before they return and never raise for
    refusals: those are an Answer. `delivery` is unique per click (the request's signature): a repeat of
    the same delivery changes nothing and gets a harmless Answer. `source` goes to the audit log."""

    def approve(
        self,
        request_id: str,
        *,
        version: int,
        actor: SlackIdentity,
        delivery: str,
        source: Mapping[str, str],
    ) -> Answer: ...

    def may_decide(self, request_id: str, *, version: int, actor: SlackIdentity) -> Answer:
        """Asked before a reject form is opened; decides nothing."""
        ...

    def reject(
        self,
        request_id: str,
        *,
        version: int,
        actor: SlackIdentity,
        reason: str,
        delivery: str,
        source: Mapping[str, str],
    ) -> Answer: ...
