"""Delegations in SQL."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.sql import ColumnElement

from sidebar_app.adapters.store import tables
from sidebar_app.domain.delegation import Delegation

_T = tables.delegations
_OVER_AT = func.coalesce(_T.c.ended_at, _T.c.ends_at)


class SqlDelegations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, delegation: Delegation) -> None:
        self._connection.execute(_T.insert().values(asdict(delegation)))

    def get(self, delegation_id: str) -> Delegation | None:
        return next(iter(self._select(_T.c.id == delegation_id)), None)

    def running(self, now: datetime) -> list[Delegation]:
        return self._select((_T.c.starts_at <= now) & (now < _OVER_AT), _T.c.id)

    def coming(self, now: datetime) -> list[Delegation]:
        return self._select(now < _OVER_AT, _T.c.starts_at, _T.c.id)

    def between(self, delegator_id: str, delegate_id: str) -> list[Delegation]:
        return self._select((_T.c.delegator_id == delegator_id) & (_T.c.delegate_id == delegate_id), _T.c.id)

    def end(self, delegation_id: str, *, at: datetime) -> bool:
        lasts = (_T.c.id == delegation_id) & _T.c.ended_at.is_(None) & (_T.c.ends_at > at)
        return self._connection.execute(_T.update().where(lasts).values(ended_at=at)).rowcount == 1

    def _select(self, where: ColumnElement[bool], *order: ColumnElement[Any]) -> list[Delegation]:
        rows = self._connection.execute(select(_T).where(where).order_by(*order))
        return [_delegation(row) for row in rows]


def _delegation(row: Row[Any]) -> Delegation:
    return Delegation(row.id, row.delegator_id, row.delegate_id, row.starts_at, row.ends_at, row.ended_at)
