"""The database: the only truth about requests, approvals, tasks, people and what was seen of billing."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidebar_app.domain.audit import AuditRecord, Entry
from sidebar_app.ports.chat import MessageRef
from sidebar_app.ports.mirrors import BillingMirror, HelpdeskMirror
from sidebar_app.ports.outbox import Tasks
from sidebar_app.ports.redaction_log import Allowances, RedactionLog
from sidebar_app.ports.requests import Approvals, Requests
from sidebar_app.ports.roster import Delegations, Links, People
from sidebar_app.ports.scanning import BackScans, Bookmarks, Redactions, Scans


class StoreUnavailable(Exception):
    """The database did not answer in time or cannot be written; nothing was changed."""


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
