"""The outbox in SQL: at least once, one holder at a time."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.upsert import insert
from sidebar_app.ports.outbox import Task

_T = tables.tasks


class SqlTasks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, topic: str, subject: str, *, detail: str = "", now: datetime) -> str:
        row = {
            "id": f"task_{secrets.token_hex(12)}",
            "topic": topic,
            "subject": subject,
            "detail": detail,
            "created_at": now,
            "due_at": now,
            "attempts": 0,
            "problem": "",
        }
        new = insert(self._connection, _T).values(row)
        self._connection.execute(
            new.on_conflict_do_nothing(index_elements=[_T.c.topic, _T.c.subject, _T.c.detail])
        )
        same = select(_T.c.id).where(_T.c.topic == topic, _T.c.subject == subject, _T.c.detail == detail)
        return str(self._connection.scalar(same))

    def claim(self, task_id: str, *, now: datetime, lease_seconds: float) -> Task | None:
        claimable = and_(_T.c.id == task_id, _T.c.finished_at.is_(None), _T.c.due_at <= now)
        lease = {"due_at": now + timedelta(seconds=lease_seconds), "attempts": _T.c.attempts + 1}
        if self._connection.execute(_T.update().where(claimable).values(lease)).rowcount != 1:
            return None
        row = self._connection.execute(select(_T).where(_T.c.id == task_id)).one()
        return Task(row.id, row.topic, row.subject, row.detail, row.attempts, row.created_at)

    def finish(self, task_id: str, *, now: datetime) -> None:
        self._connection.execute(_T.update().where(_T.c.id == task_id).values(finished_at=now, problem=""))

    def postpone(self, task_id: str, *, until: datetime, problem: str) -> None:
        unfinished = and_(_T.c.id == task_id, _T.c.finished_at.is_(None))
        self._connection.execute(_T.update().where(unfinished).values(due_at=until, problem=problem))

    def due(
        self, now: datetime, *, limit: int = 200, only: Collection[str] = (), without: Collection[str] = ()
    ) -> list[str]:
        waiting = and_(_T.c.finished_at.is_(None), _T.c.due_at <= now)
        if only:
            waiting = and_(waiting, _T.c.topic.in_(only))
        if without:
            waiting = and_(waiting, _T.c.topic.not_in(without))
        query = select(_T.c.id).where(waiting).order_by(_T.c.due_at).limit(limit)
        return [str(i) for i in self._connection.scalars(query)]

    def waiting(self, topic: str, *, detail_begins: str, tried_less_than: int) -> int:
        begins = _T.c.detail.startswith(detail_begins, autoescape=True)
        unfinished = and_(_T.c.finished_at.is_(None), _T.c.attempts < tried_less_than)
        wanted = and_(_T.c.topic == topic, begins, unfinished)
        return int(self._connection.scalar(select(func.count()).where(wanted)) or 0)

    def backlog(self, now: datetime) -> dict[str, tuple[int, float]]:
        query = (
            select(_T.c.topic, func.count(), func.min(_T.c.created_at))
            .where(_T.c.finished_at.is_(None))
            .group_by(_T.c.topic)
        )
        return {
            topic: (n, (now - oldest).total_seconds()) for topic, n, oldest in self._connection.execute(query)
        }
