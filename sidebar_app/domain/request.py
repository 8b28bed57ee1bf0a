"""A request to do something to a customer's billing, and the approvals given to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sidebar_app.domain.decision import Decision, Question, Step
from sidebar_app.domain.lifecycle import FINAL, State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asked, in which role."""

    id: str
    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """One attempt to act. `params` are frozen at submission, already validated and free of card numbers.

    `version` counts what an approver may have seen: a button of an older version decides nothing.
    `step` is the index of the approval step that is open. `summary` is the act in words
    ("Refund $1,450.00 to Visa ···· 4242"). `expires_at` bounds the whole wait for approval. `question` is what
    the policy was asked, kept so that another policy can be asked the same.
    """

    id: str
    ticket_id: int
    customer_id: str
    customer_name: str
    action: str
    params: Mapping[str, Any]
    amount: Money | None
    summary: str
    note: str
    requester: Requester
    decision: Decision
    state: State
    created_at: datetime
    updated_at: datetime
    version: int = 1
    step: int = 0
    expires_at: datetime | None = None
    approved_at: datetime | None = None
    first_sent_at: datetime | None = None
    attempts: int = 0
    reference: str = ""
    outcome: str = ""
    outcome_code: str = ""
    needs_human: bool = False
    question: Question | None = None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def open_step(self) -> Step | None:
        """The approval that is waited for, if any."""
        if self.state is not State.PENDING_APPROVAL:
            return None
        return self.decision.steps[self.step]

    @property
    def provider_key(self) -> str:
        """The idempotency key at the backend: from our row, the same for every attempt of one version."""
        return f"op_{self.id}_v{self.version}"


class Choice(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's decision on one step. `for_id` and `for_name`: whose right it was, if they stood in."""

    request_id: str
    version: int
    step: int
    role: Role
    person_id: str
    person_name: str
    choice: Choice
    at: datetime
    reason: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    for_id: str = ""
    for_name: str = ""

    @property
    def by(self) -> str:
        """Who decided, in words: "VP", or "VP for Manager" where one stood in for the other."""
        return f"{self.person_name} for {self.for_name}" if self.for_id else self.person_name
