"""Back-scans in SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, func, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.codec import from_json, to_json
from sidebar_app.adapters.store.upsert import insert
from sidebar_app.domain.backscan import BackScan, Progress, RunState, Scanned, SeenNumber

_R, _T = tables.backscans, tables.backscan_tickets
_FIELDS = tuple(field.name for field in fields(BackScan))
_COUNTS = ("found", "redacted", "remaining", "review")
_WAITING, _HANDED_OUT, _SCANNED, _NOT_SCANNED = "waiting", "handed_out", "scanned", "not_scanned"


class SqlBackScans:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, run: BackScan) -> None:
        unfinished = _R.update().where(_R.c.state == RunState.RUNNING)
        self._connection.execute(unfinished.values(state=RunState.ABANDONED, ended_at=run.started_at))
        self._connection.execute(_R.insert().values(_values(run)))

    def get(self, run_id: str) -> BackScan | None:
        return self._run(select(_R).where(_R.c.id == run_id))

    def latest(self) -> BackScan | None:
        return self._run(select(_R).order_by(_R.c.started_at.desc(), _R.c.id.desc()).limit(1))

    def save(self, run: BackScan) -> None:
        self._connection.execute(_R.update().where(_R.c.id == run.id).values(_values(run)))

    def listed(self, run: BackScan, tickets: Iterable[int]) -> None:
        blank = {"run_id": run.id, "state": _WAITING, "tries": 0, "findings": "", **dict.fromkeys(_COUNTS, 0)}
        rows = [{**blank, "ticket_id": ticket} for ticket in dict.fromkeys(tickets)]
        if rows:
            self._connection.execute(insert(self._connection, _T).on_conflict_do_nothing(), rows)

    def hand_out(self, run_id: str, *, most: int) -> list[int]:
        room = most - self._count(run_id, _HANDED_OUT)
        if room <= 0:
            return []
        waiting = self._of(run_id, _WAITING).order_by(_T.c.ticket_id).limit(room)
        taken = [int(number) for number in self._connection.scalars(waiting)]
        these = (_T.c.run_id == run_id) & _T.c.ticket_id.in_(taken)
        self._connection.execute(_T.update().where(these).values(state=_HANDED_OUT))
        return taken

    def finish(self, run_id: str, ticket_id: int, result: Scanned | None) -> bool:
        this = (_T.c.run_id == run_id) & (_T.c.ticket_id == ticket_id) & (_T.c.state == _HANDED_OUT)
        values: dict[str, Any] = {"state": _NOT_SCANNED if result is None else _SCANNED}
        if result is not None:
            values |= {name: getattr(result, name) for name in _COUNTS}
            values["findings"] = to_json(Scanned(seen=result.seen)) if result.seen else ""
        return bool(self._connection.execute(_T.update().where(this).values(values)).rowcount)

    def failed(self, run_id: str, ticket_id: int) -> int:
        this = (_T.c.run_id == run_id) & (_T.c.ticket_id == ticket_id)
        self._connection.execute(_T.update().where(this).values(tries=_T.c.tries + 1))
        return int(self._connection.scalar(select(_T.c.tries).where(this)) or 0)

    def try_again(self, run_id: str) -> int:
        unread = (_T.c.run_id == run_id) & (_T.c.state == _NOT_SCANNED)
        return self._connection.execute(_T.update().where(unread).values(state=_WAITING, tries=0)).rowcount

    def progress(self, run_id: str) -> Progress:
        sums = [func.coalesce(func.sum(_T.c[name]), 0).label(name) for name in _COUNTS]
        query = select(_T.c.state, func.count().label("tickets"), *sums).where(_T.c.run_id == run_id)
        rows = self._connection.execute(query.group_by(_T.c.state)).all()
        tickets = {row.state: int(row.tickets) for row in rows}
        numbers = {name: sum(int(getattr(row, name)) for row in rows) for name in _COUNTS}
        states = {state: tickets.get(state, 0) for state in (_WAITING, _HANDED_OUT, _SCANNED, _NOT_SCANNED)}
        return Progress(listed=sum(tickets.values()), **states, **numbers)

    def seen(self, run_id: str) -> Iterator[tuple[int, SeenNumber]]:
        query = select(_T.c.ticket_id, _T.c.findings).where(_T.c.run_id == run_id, _T.c.findings != "")
        for row in self._connection.execute(query.order_by(_T.c.ticket_id)):
            for number in from_json(Scanned, row.findings).seen:
                yield int(row.ticket_id), number

    def not_scanned(self, run_id: str, *, limit: int = 100) -> list[int]:
        unread = self._of(run_id, _NOT_SCANNED).order_by(_T.c.ticket_id).limit(limit)
        return [int(number) for number in self._connection.scalars(unread)]

    def _run(self, query: Any) -> BackScan | None:
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return BackScan(**{name: getattr(row, name) for name in _FIELDS} | {"state": RunState(row.state)})

    def _of(self, run_id: str, state: str) -> Any:
        return select(_T.c.ticket_id).where(_T.c.run_id == run_id, _T.c.state == state)

    def _count(self, run_id: str, state: str) -> int:
        return (
            self._connection.scalar(select(func.count()).select_from(self._of(run_id, state).subquery())) or 0
        )


def _values(run: BackScan) -> dict[str, Any]:
    return {name: getattr(run, name) for name in _FIELDS}
