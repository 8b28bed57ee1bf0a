"""Every policy that ever decided, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.upsert import insert
from sidebar_app.ports.store import KeptPolicy

_T = tables.policies


class SqlPolicies:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self) -> KeptPolicy | None:
        return next(iter(self.all()), None)

    def get(self, version: str) -> KeptPolicy | None:
        row = self._connection.execute(select(_T).where(_T.c.version == version)).first()
        return _kept(row) if row else None

    def all(self) -> list[KeptPolicy]:
        return [_kept(row) for row in self._connection.execute(select(_T).order_by(_T.c.turn.desc()))]

    def put_in_force(self, version: str, text: str, *, now: datetime) -> None:
        """By turns and not by the clock: the clocks of two machines differ."""
        turn = (self._connection.scalar(select(func.max(_T.c.turn))) or 0) + 1
        latest = {"in_force_at": now, "turn": turn}
        new = insert(self._connection, _T).values(version=version, text=text, first_seen_at=now, **latest)
        self._connection.execute(new.on_conflict_do_update(index_elements=[_T.c.version], set_=latest))


def _kept(row: Row[Any]) -> KeptPolicy:
    return KeptPolicy(row.version, row.text, row.first_seen_at, row.in_force_at)
