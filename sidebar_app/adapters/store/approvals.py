"""Decisions of approvers in SQL."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.upsert import insert, inserted
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import Approval, Choice

_T = tables.approvals


class SqlApprovals:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, approval: Approval) -> bool:
        row = {
            "request_id": approval.request_id,
            "version": approval.version,
            "step": approval.step,
            "role": approval.role,
            "person_id": approval.person_id,
            "person_name": approval.person_name,
            "choice": approval.choice,
            "at": approval.at,
            "reason": approval.reason,
            "source": json.dumps(dict(approval.source), sort_keys=True),
            "for_id": approval.for_id or None,
            "for_name": approval.for_name,
        }
        new = insert(self._connection, _T).values(row)
        return inserted(self._connection, new.on_conflict_do_nothing())

    def of(self, request_id: str) -> list[Approval]:
        return self.of_many([request_id]).get(request_id, [])

    def of_many(self, request_ids: Iterable[str]) -> dict[str, list[Approval]]:
        ids = list(request_ids)
        if not ids:
            return {}
        rows = self._connection.execute(select(_T).where(_T.c.request_id.in_(ids)).order_by(_T.c.id))
        found: dict[str, list[Approval]] = defaultdict(list)
        for row in rows:
            found[row.request_id].append(_approval(row))
        return dict(found)


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        request_id=row.request_id,
        version=row.version,
        step=row.step,
        role=Role(row.role),
        person_id=row.person_id,
        person_name=row.person_name,
        choice=Choice(row.choice),
        at=row.at,
        reason=row.reason,
        source=json.loads(row.source),
        for_id=row.for_id or "",
        for_name=row.for_name,
    )
