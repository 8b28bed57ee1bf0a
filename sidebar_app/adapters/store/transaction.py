"""One transaction and the repositories that work in it."""

import hashlib
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, func, select, text

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.allowances import SqlAllowances
from sidebar_app.adapters.store.approvals import SqlApprovals
from sidebar_app.adapters.store.audit_log import SqlAuditLog
from sidebar_app.adapters.store.backscans import SqlBackScans
from sidebar_app.adapters.store.delegations import SqlDelegations
from sidebar_app.adapters.store.helpdesk import SqlHelpdeskMirror
from sidebar_app.adapters.store.links import SqlLinks
from sidebar_app.adapters.store.mirror import SqlMirror
from sidebar_app.adapters.store.people import SqlPeople
from sidebar_app.adapters.store.policies import SqlPolicies
from sidebar_app.adapters.store.redaction_log import SqlRedactionLog
from sidebar_app.adapters.store.redactions import SqlRedactions
from sidebar_app.adapters.store.requests import SqlRequests
from sidebar_app.adapters.store.scans import SqlBookmarks, SqlScans
from sidebar_app.adapters.store.tasks import SqlTasks
from sidebar_app.adapters.store.upsert import insert, inserted
from sidebar_app.domain.redaction_log import Outcome
from sidebar_app.ports.chat import MessageRef


class SqlTransaction:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def requests(self) -> SqlRequests:
        return SqlRequests(self._connection)

    @cached_property
    def approvals(self) -> SqlApprovals:
        return SqlApprovals(self._connection)

    @cached_property
    def tasks(self) -> SqlTasks:
        return SqlTasks(self._connection)

    @cached_property
    def mirror(self) -> SqlMirror:
        return SqlMirror(self._connection)

    @cached_property
    def helpdesk(self) -> SqlHelpdeskMirror:
        return SqlHelpdeskMirror(self._connection)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self._connection)

    @cached_property
    def policies(self) -> SqlPolicies:
        return SqlPolicies(self._connection)

    @cached_property
    def delegations(self) -> SqlDelegations:
        return SqlDelegations(self._connection)

    @cached_property
    def links(self) -> SqlLinks:
        return SqlLinks(self._connection)

    @cached_property
    def redactions(self) -> SqlRedactions:
        return SqlRedactions(self._connection)

    @cached_property
    def redaction_log(self) -> SqlRedactionLog:
        return SqlRedactionLog(self._connection)

    @cached_property
    def allowances(self) -> SqlAllowances:
        return SqlAllowances(self._connection)

    @cached_property
    def backscans(self) -> SqlBackScans:
        return SqlBackScans(self._connection)

    @cached_property
    def bookmarks(self) -> SqlBookmarks:
        return SqlBookmarks(self._connection)

    @cached_property
    def scans(self) -> SqlScans:
        return SqlScans(self._connection)

    @cached_property
    def audit(self) -> SqlAuditLog:
        return SqlAuditLog(self._connection)

    def lock(self, name: str) -> None:
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(name)})

    def first_delivery(self, source: str, delivery: str, *, now: datetime) -> bool:
        new = insert(self._connection, tables.deliveries).values(source=source, delivery=delivery, at=now)
        return inserted(self._connection, new.on_conflict_do_nothing())

    def card_of(self, request_id: str) -> MessageRef | None:
        cards = tables.cards
        row = self._connection.execute(
            select(cards.c.channel, cards.c.ts).where(cards.c.request_id == request_id)
        ).first()
        return MessageRef(row.channel, row.ts) if row else None

    def save_card(self, request_id: str, ref: MessageRef) -> None:
        new = insert(self._connection, tables.cards).values(
            request_id=request_id, channel=ref.channel, ts=ref.ts
        )
        changed = {"channel": new.excluded.channel, "ts": new.excluded.ts}
        self._connection.execute(
            new.on_conflict_do_update(index_elements=[tables.cards.c.request_id], set_=changed)
        )

    def pulse(self, ticket_id: int) -> str:
        requests, redactions, mirror = tables.requests, tables.redactions, tables.mirror
        of_ticket = requests.c.ticket_id == ticket_id
        redacted = redactions.c.ticket_id == ticket_id
        being_masked, masked = (redactions.c.outcome == o for o in (Outcome.FOUND, Outcome.REDACTED))
        customers = select(requests.c.customer_id).where(of_ticket)
        row = self._connection.execute(
            select(
                select(func.max(requests.c.updated_at)).where(of_ticket).scalar_subquery(),
                select(func.count()).where(redacted, ~being_masked).scalar_subquery(),
                select(func.count()).where(redacted, masked).scalar_subquery(),
                select(func.max(mirror.c.read_at))
                .where(mirror.c.customer_id.in_(customers))
                .scalar_subquery(),
            )
        ).one()
        return hashlib.sha256(repr(tuple(row)).encode()).hexdigest()[:16]


def lock_key(name: str) -> int:
    """A PostgreSQL advisory lock number for a name: signed 64 bits of its hash."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
