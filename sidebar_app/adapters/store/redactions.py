"""The redaction log in SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from sidebar_app.adapters.store import tables
from sidebar_app.domain.context import CardLeft, MaskedCard
from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source

_T = tables.redactions
_FIELDS = tuple(field.name for field in fields(RedactionEntry))
_ENUMS = {"place": Place, "outcome": Outcome, "source": Source}
_OPEN = (Outcome.FOUND, Outcome.REMAINING, Outcome.REVIEW, Outcome.NOT_SCANNED)

# Built once: every opened panel asks them.
_IN_TICKET = _T.c.ticket_id == bindparam("ticket")
_MASKED = (
    select(_T.c.brand, _T.c.last4, _T.c.at, _T.c.place, _T.c.place_name)
    .where(_IN_TICKET, _T.c.outcome == Outcome.REDACTED)
    .order_by(_T.c.at)
)
_LEFT = (
    select(_T.c.id, _T.c.brand, _T.c.last4, _T.c.outcome)
    .where(_IN_TICKET, _T.c.outcome.in_((Outcome.REMAINING, Outcome.REVIEW)))
    .order_by(_T.c.at, _T.c.id)
)


class SqlRedactions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: RedactionEntry) -> None:
        values = {name: getattr(entry, name) for name in _FIELDS}
        self._connection.execute(_T.insert().values({**values, "came_in": entry.came_in, "told": False}))

    def settle(self, entry: RedactionEntry, outcome: Outcome, *, remains: str) -> bool:
        same = (_T.c.id == entry.id) & (_T.c.outcome == entry.outcome) & (_T.c.remains == entry.remains)
        changed = {"outcome": outcome, "remains": remains, "told": False}
        return bool(self._connection.execute(_T.update().where(same).values(changed)).rowcount)

    def open_of(self, ticket_id: int) -> list[RedactionEntry]:
        return self._of(ticket_id, _T.c.outcome.in_(_OPEN))

    def found_by(self, ticket_id: int, *, source: Source, since: datetime) -> list[RedactionEntry]:
        return self._of(ticket_id, (_T.c.source == source) & (_T.c.at >= since))

    def files(self, *, source: Source, since: datetime) -> dict[Outcome, int]:
        made = (_T.c.place == Place.ATTACHMENT) & (_T.c.source == source) & (_T.c.at >= since)
        query = select(_T.c.outcome, func.count(_T.c.place_id.distinct())).where(made).group_by(_T.c.outcome)
        return {Outcome(outcome): number for outcome, number in self._connection.execute(query)}

    def untold_of(self, ticket_id: int) -> list[RedactionEntry]:
        return self._of(ticket_id, _T.c.told.is_(False))

    def mark_told(self, entries: Iterable[RedactionEntry]) -> None:
        for entry in entries:
            same = (_T.c.id == entry.id) & (_T.c.outcome == entry.outcome)
            self._connection.execute(_T.update().where(same).values(told=True))

    def of_ticket(self, ticket_id: int) -> list[MaskedCard]:
        rows = self._connection.execute(_MASKED, {"ticket": ticket_id})
        return [
            MaskedCard(
                row.brand,
                row.last4,
                row.at,
                file=row.place_name if row.place == Place.ATTACHMENT else "",
                in_chat=row.place == Place.CHAT,
            )
            for row in rows
        ]

    def left_in(self, ticket_id: int) -> list[CardLeft]:
        found = self._connection.execute(_LEFT, {"ticket": ticket_id}).all()
        in_doubt = [row.id for row in found if row.outcome == Outcome.REVIEW]
        settled = self._looked_at(in_doubt) if in_doubt else frozenset[str]()
        return [
            CardLeft(row.brand, row.last4, row.outcome == Outcome.REVIEW)
            for row in found
            if row.id not in settled
        ]

    def _looked_at(self, in_doubt: list[str]) -> frozenset[str]:
        """Those that compliance has signed off in doubt, or said to be no card."""
        signed, allowed = tables.signed_entries, tables.allowances
        signed_off = select(signed.c.entry_id).where(
            signed.c.entry_id.in_(in_doubt), signed.c.outcome == Outcome.REVIEW
        )
        no_card = select(allowed.c.entry_id).where(
            allowed.c.entry_id.in_(in_doubt), allowed.c.removed_at.is_(None)
        )
        return frozenset(self._connection.scalars(signed_off.union(no_card)))

    def latest(self, *, limit: int = 200) -> list[RedactionEntry]:
        rows = self._connection.execute(select(_T).order_by(_T.c.at.desc()).limit(limit))
        return entries_of(rows.all())

    def get(self, entry_id: str) -> RedactionEntry | None:
        rows = self._connection.execute(select(_T).where(_T.c.id == entry_id)).all()
        return entries_of(rows)[0] if rows else None

    def _of(self, ticket_id: int, where: Any) -> list[RedactionEntry]:
        wanted = select(_T).where(_T.c.ticket_id == ticket_id, where).order_by(_T.c.at, _T.c.id)
        return entries_of(self._connection.execute(wanted).all())


def entries_of(rows: Sequence[Row[Any]]) -> list[RedactionEntry]:
    return [RedactionEntry(**_values(row)) for row in rows]


def _values(row: Row[Any]) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _FIELDS}
    return {**plain, **{name: kind(plain[name]) for name, kind in _ENUMS.items()}}
