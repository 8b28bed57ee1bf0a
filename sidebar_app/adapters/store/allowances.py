"""Allowed numbers in SQL. A row is never deleted: who allowed what, and until when, stays to be read."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from sidebar_app.adapters.store import tables
from sidebar_app.domain.redaction_log import Allowance, AllowedAs

_T = tables.allowances
_FIELDS = tuple(field.name for field in fields(Allowance))


class SqlAllowances:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, allowance: Allowance) -> None:
        self._connection.execute(_T.insert().values({f: getattr(allowance, f) for f in _FIELDS}))

    def get(self, allowance_id: str) -> Allowance | None:
        return next(iter(self._select(select(_T).where(_T.c.id == allowance_id))), None)

    def active(self) -> list[Allowance]:
        return self._select(select(_T).where(_T.c.removed_at.is_(None)).order_by(_T.c.added_at, _T.c.id))

    def all(self, *, limit: int = 500) -> list[Allowance]:
        return self._select(select(_T).order_by(_T.c.added_at.desc(), _T.c.id.desc()).limit(limit))

    def remove(self, allowance_id: str, *, by: tuple[str, str], at: datetime) -> bool:
        counting = (_T.c.id == allowance_id) & _T.c.removed_at.is_(None)
        gone = {"removed_by": by[0], "removed_by_name": by[1], "removed_at": at}
        result = self._connection.execute(_T.update().where(counting).values(gone))
        return result.rowcount == 1

    def _select(self, query: Select[Any]) -> list[Allowance]:
        return [allowance_of(row) for row in self._connection.execute(query)]


def allowance_of(row: Row[Any]) -> Allowance:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Allowance(**{**values, "kind": AllowedAs(values["kind"])})
