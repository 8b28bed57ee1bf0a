"""What was last read of the helpdesk, in SQL: shared by all processes."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.codec import from_json, to_json
from sidebar_app.adapters.store.upsert import insert
from sidebar_app.ports.helpdesk import AgentProfile, Ticket

_T = tables.helpdesk
T = TypeVar("T", AgentProfile, Ticket)


class SqlHelpdeskMirror:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self, kind: type[T], id: int) -> tuple[T, datetime] | None:
        here = (_T.c.kind == kind.__name__) & (_T.c.id == id)
        row = self._connection.execute(select(_T.c.facts, _T.c.read_at).where(here)).first()
        return (from_json(kind, row.facts), row.read_at) if row else None

    def save(self, facts: AgentProfile | Ticket, *, read_at: datetime) -> None:
        kind = type(facts).__name__
        new = insert(self._connection, _T).values(
            kind=kind, id=facts.id, facts=to_json(facts), read_at=read_at
        )
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[_T.c.kind, _T.c.id],
                set_={"facts": new.excluded.facts, "read_at": new.excluded.read_at},
                where=_T.c.read_at < new.excluded.read_at,
            )
        )
