"""Requests and what was decided on them, in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sidebar_app.domain.lifecycle import Event
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest, Approval
from sidebar_app.domain.tally import Tally


class NoSuchRequest(Exception):
    """No request of that id."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request as it was first submitted under an idempotency key, with the hash of that submission."""

    request: ActionRequest
    body_hash: str


@dataclass(frozen=True, slots=True)
class Recent:
    """What was granted to a customer lately: refused and failed requests do not count."""

    credit_total: Money
    refund_count: int


class Requests(Protocol):
    def insert(self, request: ActionRequest, *, key: str, body_hash: str) -> None: ...

    def get(self, request_id: str) -> ActionRequest:
        """Raises NoSuchRequest."""
        ...

    def by_key(self, requester_id: str, key: str) -> Keyed | None: ...

    def of_ticket(self, ticket_id: int, *, limit: int = 20) -> list[ActionRequest]:
        """Newest first, denied attempts included."""
        ...

    def live_amount_on(self, payment_id: str, currency: str) -> Money:
        """What undecided, running or unclear refunds of this payment already ask for."""
        ...

    def recent(self, customer_id: str, *, since: datetime, currency: str) -> Recent: ...

    def lately(self, requester_id: str, *, since: datetime) -> list[Tally]:
        """What somebody asked for from then on, by action and currency; counted as in `recent`."""
        ...

    def overdue(self, now: datetime, *, limit: int = 100) -> list[ActionRequest]:
        """Pending requests whose deadline has passed."""
        ...

    def asked_since(self, since: datetime) -> list[ActionRequest]:
        """Every request from then on, denied attempts included, oldest first."""
        ...

    def needing_people(self) -> list[ActionRequest]:
        """Requests that wait for approval or whose outcome a person must find out, oldest first."""
        ...

    def move(
        self, request: ActionRequest, event: Event, *, now: datetime, **changes: Any
    ) -> ActionRequest | None:
        """Applies the event if the row still is what `request` says (state, version, step); None if not.

        `changes` may set any field of the request. APPROVED and STEP_APPROVED also require that the
        deadline has not passed.
        """
        ...

    def touch(self, request: ActionRequest, *, now: datetime, **changes: Any) -> ActionRequest | None:
        """Changes fields without an event, under the same guard."""
        ...


class Approvals(Protocol):
    def add(self, approval: Approval) -> bool:
        """False when this person, or whom they stand in for, already decided on this version."""
        ...

    def of(self, request_id: str) -> list[Approval]:
        """All decisions on all versions, oldest first."""
        ...

    def of_many(self, request_ids: Iterable[str]) -> dict[str, list[Approval]]: ...
