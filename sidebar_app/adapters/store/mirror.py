"""The billing mirror in SQL."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, and_, case, null, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.codec import from_json, to_json
from sidebar_app.adapters.store.upsert import insert
from sidebar_app.domain.billing import FACTS_OF, CustomerRef, Facts, Section
from sidebar_app.ports.mirrors import Mirrored

_T = tables.mirror
_C = tables.mirror_customers


class SqlMirror:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sections(self, customer_id: str) -> dict[Section, Mirrored]:
        rows = self._connection.execute(select(_T).where(_T.c.customer_id == customer_id))
        return {
            Section(row.section): Mirrored(
                _decoded(row.section, row.facts), row.read_at, stale=row.stale_at is not None
            )
            for row in rows
        }

    def save(self, customer_id: str, section: Section, facts: Facts, *, read_at: datetime) -> None:
        row = {"customer_id": customer_id, "section": section, "facts": to_json(facts), "read_at": read_at}
        new = insert(self._connection, _T).values(row)
        # A change that was announced after this reading began is not in it: it stays stale.
        stale_at = case((_T.c.stale_at > new.excluded.read_at, _T.c.stale_at), else_=null())
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[_T.c.customer_id, _T.c.section],
                set_={"facts": new.excluded.facts, "read_at": new.excluded.read_at, "stale_at": stale_at},
                where=_T.c.read_at < new.excluded.read_at,
            )
        )

    def mark_stale(self, customer_id: str, sections: Iterable[Section], *, now: datetime) -> None:
        here = and_(_T.c.customer_id == customer_id, _T.c.section.in_(list(sections)))
        self._connection.execute(_T.update().where(here).values(stale_at=now))

    def customers(self, email: str) -> tuple[tuple[CustomerRef, ...], datetime] | None:
        row = self._connection.execute(select(_C).where(_C.c.email == email)).first()
        if row is None:
            return None
        return tuple(CustomerRef(**found) for found in json.loads(row.found)), row.read_at

    def save_customers(self, email: str, found: Iterable[CustomerRef], *, read_at: datetime) -> None:
        body = json.dumps([{"id": c.id, "name": c.name, "email": c.email} for c in found])
        new = insert(self._connection, _C).values(email=email, found=body, read_at=read_at)
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[_C.c.email],
                set_={"found": new.excluded.found, "read_at": new.excluded.read_at},
            )
        )


@lru_cache(maxsize=2048)
def _decoded(section: str, text: str) -> Facts:
    """Facts are immutable, and most panels that are opened are opened again."""
    return from_json(FACTS_OF[Section(section)], text)
