"""The audit chain in SQL: appended under one lock, so that every entry names the one before it."""

from collections.abc import Iterator

from sqlalchemy import Connection, select, text

from sidebar_app.adapters.store import tables
from sidebar_app.audit import chain
from sidebar_app.domain.audit import AuditRecord, Entry

_T = tables.audit
# Any fixed number: it names the lock of the chain's head among PostgreSQL advisory locks.
_HEAD_LOCK = 0x5B1_11A6
_BATCH = 1000


class SqlAuditLog:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, record: AuditRecord) -> Entry:
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _HEAD_LOCK})
        entry = chain.append(self._head(), record)
        row = {
            "seq": entry.seq,
            "prev_hash": entry.prev_hash,
            "hash": entry.hash,
            "canonical": entry.canonical,
        }
        self._connection.execute(_T.insert().values(row))
        return entry

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        while batch := self._batch(after):
            yield from batch
            after = batch[-1].seq

    def latest(self, *, limit: int = 200) -> list[Entry]:
        rows = self._connection.execute(select(_T).order_by(_T.c.seq.desc()).limit(limit))
        return [Entry(row.seq, row.prev_hash, row.hash, row.canonical) for row in rows]

    def _head(self) -> Entry | None:
        return next(iter(self.latest(limit=1)), None)

    def _batch(self, after: int) -> list[Entry]:
        rows = self._connection.execute(select(_T).where(_T.c.seq > after).order_by(_T.c.seq).limit(_BATCH))
        return [Entry(row.seq, row.prev_hash, row.hash, row.canonical) for row in rows]
