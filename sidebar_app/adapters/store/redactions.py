"""The redaction log in SQL."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, select

from sidebar_app.adapters.store import tables
from sidebar_app.domain.context import MaskedCard
from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source

_T = tables.redactions
_FIELDS = tuple(field.name for field in fields(RedactionEntry))
_ENUMS = {"place": Place, "outcome": Outcome, "source": Source}


class SqlRedactions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: RedactionEntry) -> None:
        values = {name: getattr(entry, name) for name in _FIELDS}
        self._connection.execute(_T.insert().values({**values, "came_in": entry.came_in}))

    def of_ticket(self, ticket_id: int) -> list[MaskedCard]:
        masked = (_T.c.ticket_id == ticket_id) & (_T.c.outcome == Outcome.REDACTED)
        rows = self._connection.execute(select(_T).where(masked).order_by(_T.c.at))
        return [MaskedCard(row.brand, row.last4, row.at) for row in rows]

    def latest(self, *, limit: int = 200) -> list[RedactionEntry]:
        rows = self._connection.execute(select(_T).order_by(_T.c.at.desc()).limit(limit))
        return entries_of(rows.all())

    def get(self, entry_id: str) -> RedactionEntry | None:
        rows = self._connection.execute(select(_T).where(_T.c.id == entry_id)).all()
        return entries_of(rows)[0] if rows else None


def entries_of(rows: Sequence[Row[Any]]) -> list[RedactionEntry]:
    return [RedactionEntry(**_values(row)) for row in rows]


def _values(row: Row[Any]) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _FIELDS}
    return {**plain, **{name: kind(plain[name]) for name, kind in _ENUMS.items()}}
