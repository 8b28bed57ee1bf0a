"""Looking through the redaction log in SQL: filtered, counted and paged by the database."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.allowances import allowance_of
from sidebar_app.adapters.store.redactions import entries_of
from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.log_summary import Group, LogSummary, open_outcomes
from sidebar_app.domain.redaction_log import (
    CLOSED,
    NO_NUMBER,
    Allowance,
    Logged,
    Outcome,
    Place,
    RedactionEntry,
    SignOff,
)
from sidebar_app.ports.redaction_log import Choices

_T = tables.redactions
_S, _E, _A = tables.sign_offs, tables.signed_entries, tables.allowances
_ORDER = (_T.c.came_in.desc(), _T.c.id.desc())
_TICKETS = 6  # one more than a sentence names

_signed = exists().where(_E.c.entry_id == _T.c.id, _E.c.outcome == _T.c.outcome)
_reported = exists().where(_A.c.entry_id == _T.c.id, _A.c.removed_at.is_(None))


class SqlRedactionLog:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def summary(self, wanted: LogFilter) -> LogSummary:
        where = _conditions(wanted)
        groups = self._groups(where)
        numbers = select(func.count(_T.c.ticket_id.distinct())).where(*where, _T.c.outcome.not_in(NO_NUMBER))
        open_tickets = {outcome: self._tickets(where, outcome) for outcome in open_outcomes(groups)}
        return LogSummary(groups, self._connection.scalar(numbers) or 0, open_tickets)

    def page(self, wanted: LogFilter, *, offset: int, limit: int) -> list[Logged]:
        query = select(_T).where(*_conditions(wanted)).order_by(*_ORDER).offset(offset).limit(limit)
        return self._logged(entries_of(self._connection.execute(query).all()))

    def following(self, wanted: LogFilter, last: RedactionEntry | None, *, limit: int) -> list[Logged]:
        after = [_comes_after(last)] if last else []
        query = select(_T).where(*_conditions(wanted), *after).order_by(*_ORDER).limit(limit)
        return self._logged(entries_of(self._connection.execute(query).all()))

    def choices(self) -> Choices:
        brands, channels = (
            tuple(self._connection.scalars(select(column).distinct().order_by(column)))
            for column in (_T.c.brand, _T.c.channel)
        )
        return Choices(tuple(filter(None, brands)), channels)

    def waiting(self) -> int:
        open_ones = select(func.count()).where(_T.c.outcome.not_in(CLOSED), ~_signed, ~_reported)
        return self._connection.scalar(open_ones) or 0

    def outcomes(self, wanted: LogFilter) -> list[tuple[str, Outcome]]:
        query = select(_T.c.id, _T.c.outcome).where(*_conditions(wanted)).order_by(_T.c.id)
        return [(row.id, Outcome(row.outcome)) for row in self._connection.execute(query)]

    def sign_off(self, made: SignOff, entries: list[tuple[str, Outcome]]) -> None:
        names = ("id", "person_id", "person_name", "at", "comment")
        self._connection.execute(_S.insert().values({name: getattr(made, name) for name in names}))
        if entries:
            rows = [{"entry_id": e, "sign_off_id": made.id, "outcome": outcome} for e, outcome in entries]
            self._connection.execute(_E.insert(), rows)

    def _groups(self, where: list[ColumnElement[bool]]) -> tuple[Group, ...]:
        each = (
            select(
                *(_T.c[name] for name in ("outcome", "place", "channel", "brand")),
                _signed.label("signed"),
                _reported.label("reported"),
            )
            .where(*where)
            .subquery()
        )
        query = select(*each.c, func.count().label("entries")).group_by(*each.c)
        return tuple(_group(row) for row in self._connection.execute(query))

    def _tickets(self, where: list[ColumnElement[bool]], outcome: Outcome) -> tuple[int, ...]:
        """Without what turned out to be no card; of a review, only those that nobody has looked at yet."""
        unseen = [~_signed] if outcome is Outcome.REVIEW else []
        wanted = select(_T.c.ticket_id).where(*where, _T.c.outcome == outcome, ~_reported, *unseen).distinct()
        return tuple(self._connection.scalars(wanted.order_by(_T.c.ticket_id).limit(_TICKETS)))

    def _logged(self, entries: list[RedactionEntry]) -> list[Logged]:
        ids = [entry.id for entry in entries]
        signed, allowed = self._signed_off(ids), self._allowed(ids)
        return [Logged(e, signed.get((e.id, e.outcome)), allowed.get(e.id)) for e in entries]

    def _signed_off(self, ids: list[str]) -> dict[tuple[str, str], SignOff]:
        """By entry and the outcome that was looked at; the newest counts."""
        query = select(_S, _E.c.entry_id, _E.c.outcome).join(_E, _E.c.sign_off_id == _S.c.id)
        rows = self._connection.execute(query.where(_E.c.entry_id.in_(ids)).order_by(_S.c.at, _S.c.id))
        return {
            (r.entry_id, r.outcome): SignOff(r.id, r.person_id, r.person_name, r.at, r.comment) for r in rows
        }

    def _allowed(self, ids: list[str]) -> dict[str, Allowance]:
        query = select(_A).where(_A.c.entry_id.in_(ids), _A.c.removed_at.is_(None))
        return {row.entry_id: allowance_of(row) for row in self._connection.execute(query)}


def _conditions(wanted: LogFilter) -> list[ColumnElement[bool]]:
    named = {
        "outcome": wanted.outcome, "place": wanted.place, "brand": wanted.brand, "channel": wanted.channel,
        "ticket_id": wanted.ticket_id, "id": wanted.entry_id,
    }  # fmt: skip
    found: list[ColumnElement[bool]] = [_T.c[name] == it for name, it in named.items() if it is not None]
    found += [_T.c.came_in >= wanted.since] if wanted.since else []
    found += [_T.c.came_in < wanted.until] if wanted.until else []
    found += [_T.c.at <= wanted.found_until] if wanted.found_until else []
    if wanted.signed is not None:
        found.append(_signed if wanted.signed else ~_signed)
    return found


def _comes_after(last: RedactionEntry) -> ColumnElement[bool]:
    same = (_T.c.came_in == last.came_in) & (_T.c.id < last.id)
    return (_T.c.came_in < last.came_in) | same


def _group(row: Any) -> Group:
    return Group(
        Outcome(row.outcome), Place(row.place), row.channel, row.brand, bool(row.signed), bool(row.reported),
        row.entries,
    )  # fmt: skip
