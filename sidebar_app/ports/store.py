"""The database: the only truth about requests, approvals, tasks, people and what was seen of billing."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sidebar_app.domain.audit import AuditRecord, Entry
from sidebar_app.domain.billing import CustomerRef, Facts, Section
from sidebar_app.domain.lifecycle import Event
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest, Approval
from sidebar_app.domain.tally import Tally
from sidebar_app.ports.chat import MessageRef
from sidebar_app.ports.helpdesk import AgentProfile, Ticket
from sidebar_app.ports.redaction_log import Allowances, RedactionLog
from sidebar_app.ports.roster import Delegations, Links, People
from sidebar_app.ports.scanning import BackScans, Bookmarks, Redactions, Scans


class NoSuchRequest(Exception):
    """No request of that id."""


class StoreUnavailable(Exception):
    """The database did not answer in time or cannot be written; nothing was changed."""


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


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do outside the transaction that decided it. `subject` is an id, never a text."""

    id: str
    topic: str
    subject: str
    detail: str
    attempts: int
    created_at: datetime


class Tasks(Protocol):
    """The outbox. A task stays until it is finished; whoever holds its lease may work on it."""

    def add(self, topic: str, subject: str, *, detail: str = "", now: datetime) -> str:
        """The id of the task; adding the same (topic, subject, detail) again changes nothing."""
        ...

    def claim(self, task_id: str, *, now: datetime, lease_seconds: float) -> Task | None:
        """None when it is finished, not due yet, or somebody else holds it."""
        ...

    def finish(self, task_id: str, *, now: datetime) -> None: ...

    def postpone(self, task_id: str, *, until: datetime, problem: str) -> None:
        """Gives the lease back; `problem` is a short text without customer data."""
        ...

    def due(
        self, now: datetime, *, limit: int = 200, only: Collection[str] = (), without: Collection[str] = ()
    ) -> list[str]:
        """Ids of unfinished tasks whose time has come, of these topics only, or of all but those."""
        ...

    def waiting(self, topic: str, *, detail_begins: str, tried_less_than: int) -> int:
        """How many tasks of a topic are not finished and have not failed so often yet."""
        ...

    def backlog(self, now: datetime) -> dict[str, tuple[int, float]]:
        """By topic: how many unfinished tasks, and the age of the oldest in seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Mirrored:
    facts: Facts
    read_at: datetime
    stale: bool


class BillingMirror(Protocol):
    """The local copy of customers' billing facts."""

    def sections(self, customer_id: str) -> dict[Section, Mirrored]: ...

    def save(self, customer_id: str, section: Section, facts: Facts, *, read_at: datetime) -> None:
        """Keeps what is newer: a reading older than the stored one changes nothing."""
        ...

    def mark_stale(self, customer_id: str, sections: Iterable[Section], *, now: datetime) -> None: ...

    def customers(self, email: str) -> tuple[tuple[CustomerRef, ...], datetime] | None:
        """The customers last found for an address and when, None when never asked."""
        ...

    def save_customers(self, email: str, found: Iterable[CustomerRef], *, read_at: datetime) -> None: ...


Helpful = TypeVar("Helpful", AgentProfile, Ticket)


class HelpdeskMirror(Protocol):
    """What was last read of the helpdesk."""

    def load(self, kind: type[Helpful], id: int) -> tuple[Helpful, datetime] | None:
        """The facts and when they were read."""
        ...

    def save(self, facts: AgentProfile | Ticket, *, read_at: datetime) -> None:
        """Keeps what is newer."""
        ...


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """A policy that decides or once did, as the text it was read from; `in_force_at` is the last time it began to."""

    version: str
    text: str
    first_seen_at: datetime
    in_force_at: datetime


class Policies(Protocol):
    def current(self) -> KeptPolicy | None:
        """The one that came into force last."""
        ...

    def get(self, version: str) -> KeptPolicy | None: ...

    def all(self) -> list[KeptPolicy]:
        """The latest in force first."""
        ...

    def put_in_force(self, version: str, text: str, *, now: datetime) -> None:
        """Makes it the current one; call it under the lock "policy"."""
        ...


class AuditLog(Protocol):
    def append(self, record: AuditRecord) -> Entry: ...

    def entries(self, *, after: int = 0) -> Iterator[Entry]: ...

    def latest(self, *, limit: int = 200) -> list[Entry]: ...


class Transaction(Protocol):
    """Everything done through one transaction commits together, or not at all when the block raises."""

    @property
    def requests(self) -> Requests: ...

    @property
    def approvals(self) -> Approvals: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def mirror(self) -> BillingMirror: ...

    @property
    def helpdesk(self) -> HelpdeskMirror: ...

    @property
    def people(self) -> People: ...

    @property
    def policies(self) -> Policies: ...

    @property
    def delegations(self) -> Delegations: ...

    @property
    def links(self) -> Links: ...

    @property
    def redactions(self) -> Redactions: ...

    @property
    def redaction_log(self) -> RedactionLog: ...

    @property
    def allowances(self) -> Allowances: ...

    @property
    def scans(self) -> Scans: ...

    @property
    def backscans(self) -> BackScans: ...

    @property
    def bookmarks(self) -> Bookmarks: ...

    @property
    def audit(self) -> AuditLog: ...

    def lock(self, name: str) -> None:
        """Makes transactions that lock the same name run one after the other."""
        ...

    def first_delivery(self, source: str, delivery: str, *, now: datetime) -> bool:
        """True the first time a delivery is seen."""
        ...

    def card_of(self, request_id: str) -> MessageRef | None: ...

    def save_card(self, request_id: str, ref: MessageRef) -> None: ...

    def pulse(self, ticket_id: int) -> str:
        """A short text that changes whenever anything of this ticket changes."""
        ...


class Store(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]:
        """For writing. Commits at the end of the block. Raises StoreUnavailable."""
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """For reading only: nothing is committed."""
        ...

    def ping(self) -> None:
        """Raises StoreUnavailable."""
        ...
