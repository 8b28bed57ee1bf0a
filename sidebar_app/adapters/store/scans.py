"""Which tickets were scanned, and how far who came, in SQL."""

from datetime import datetime

from sqlalchemy import Connection, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.upsert import insert

_T = tables.scanned_tickets
_B = tables.bookmarks


class SqlScans:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, ticket_id: int, *, changed_at: datetime, read_at: datetime) -> None:
        new = insert(self._connection, _T).values(ticket_id=ticket_id, changed_at=changed_at, read_at=read_at)
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[_T.c.ticket_id],
                set_={"changed_at": new.excluded.changed_at, "read_at": new.excluded.read_at},
                where=_T.c.read_at < new.excluded.read_at,
            )
        )

    def of(self, ticket_id: int) -> tuple[datetime, datetime] | None:
        row = self._connection.execute(select(_T).where(_T.c.ticket_id == ticket_id)).first()
        return (row.changed_at, row.read_at) if row else None


class SqlBookmarks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self, name: str) -> tuple[str, datetime] | None:
        row = self._connection.execute(select(_B).where(_B.c.name == name)).first()
        return (row.value, row.at) if row else None

    def save(self, name: str, value: str, *, at: datetime) -> None:
        new = insert(self._connection, _B).values(name=name, value=value, at=at)
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[_B.c.name], set_={"value": new.excluded.value, "at": new.excluded.at}
            )
        )

    def remove(self, name: str) -> None:
        self._connection.execute(_B.delete().where(_B.c.name == name))
