"""Chat accounts of people in SQL: proposed, and confirmed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.sql import ColumnElement

from sidebar_app.adapters.store import tables
from sidebar_app.domain.people import ChatLink, SlackIdentity

_T = tables.links


class SqlLinks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, person_id: str) -> ChatLink | None:
        return next(iter(self._select(_T.c.person_id == person_id)), None)

    def all(self) -> list[ChatLink]:
        return self._select(_T.c.person_id.is_not(None))

    def propose(self, link: ChatLink) -> bool:
        rivals = self._select((_T.c.person_id == link.person_id) | _is(link.slack))
        if any(rival.confirmed_at or _same(rival, link) for rival in rivals):
            return False
        for rival in rivals:
            self.remove(rival.person_id)
        self._connection.execute(_T.insert().values(_row(link)))
        return True

    def confirm(self, link: ChatLink, *, at: datetime, by: str) -> bool:
        this = (_T.c.person_id == link.person_id) & _is(link.slack) & _T.c.confirmed_at.is_(None)
        change = _T.update().where(this).values(confirmed_at=at, confirmed_by=by)
        return self._connection.execute(change).rowcount == 1

    def remove(self, person_id: str) -> ChatLink | None:
        removed = self.of(person_id)
        self._connection.execute(_T.delete().where(_T.c.person_id == person_id))
        return removed

    def _select(self, where: ColumnElement[bool]) -> list[ChatLink]:
        rows = self._connection.execute(select(_T).where(where).order_by(_T.c.person_id))
        return [_link(row) for row in rows]


def _is(identity: SlackIdentity) -> ColumnElement[bool]:
    return (_T.c.slack_team == identity.team_id) & (_T.c.slack_user == identity.user_id)


def _same(one: ChatLink, other: ChatLink) -> bool:
    return (one.person_id, one.slack) == (other.person_id, other.slack)


def _row(link: ChatLink) -> dict[str, Any]:
    return {
        "person_id": link.person_id,
        "slack_team": link.slack.team_id,
        "slack_user": link.slack.user_id,
        "proposed_at": link.proposed_at,
        "proposed_by": link.proposed_by,
        "confirmed_at": link.confirmed_at,
        "confirmed_by": link.confirmed_by,
    }


def _link(row: Row[Any]) -> ChatLink:
    return ChatLink(
        row.person_id,
        SlackIdentity(row.slack_team, row.slack_user),
        row.proposed_at,
        row.proposed_by,
        row.confirmed_at,
        row.confirmed_by,
    )
