"""People in SQL: as they were declared, together with suspensions and confirmed chat accounts."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select
from sqlalchemy.sql import ColumnElement

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.upsert import insert, inserted
from sidebar_app.domain.people import Person, Role, SlackIdentity

_T, _LINK, _STOP = tables.people, tables.links, tables.suspensions
# A link counts once it is confirmed, and only for somebody who was declared without a chat account.
_COUNTS = and_(_LINK.c.person_id == _T.c.id, _LINK.c.confirmed_at.is_not(None), _T.c.slack_user.is_(None))
_AS_THEY_ARE = select(
    _T,
    _LINK.c.slack_team.label("link_team"),
    _LINK.c.slack_user.label("link_user"),
    _STOP.c.person_id.is_not(None).label("suspended"),
).select_from(_T.outerjoin(_LINK, _COUNTS).outerjoin(_STOP, _STOP.c.person_id == _T.c.id))


class SqlPeople:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, person_id: str) -> Person | None:
        return self._first(_T.c.id == person_id)

    def by_slack(self, identity: SlackIdentity) -> Person | None:
        """A declared account goes before a linked one."""
        declared = and_(_T.c.slack_team == identity.team_id, _T.c.slack_user == identity.user_id)
        linked = and_(_LINK.c.slack_team == identity.team_id, _LINK.c.slack_user == identity.user_id)
        return self._first(or_(declared, linked), _T.c.slack_user.is_(None))

    def by_zendesk(self, zendesk_id: int) -> Person | None:
        return self._first(_T.c.zendesk_id == zendesk_id)

    def by_email(self, email: str) -> Person | None:
        return self._first(_T.c.email == email.casefold(), _T.c.active.desc(), _T.c.id)

    def save(self, person: Person) -> None:
        self._connection.execute(_T.delete().where(_T.c.id == person.id))
        row = {
            "id": person.id,
            "name": person.name,
            "email": person.email.casefold(),
            "roles": json.dumps(sorted(person.roles)),
            "zendesk_id": person.zendesk_id,
            "slack_team": person.slack.team_id if person.slack else None,
            "slack_user": person.slack.user_id if person.slack else None,
            "active": person.active,
        }
        self._connection.execute(_T.insert().values(row))

    def all(self) -> list[Person]:
        return [_as_they_are(row) for row in self._connection.execute(_AS_THEY_ARE.order_by(_T.c.id))]

    def declared(self) -> list[Person]:
        rows = self._connection.execute(select(_T).order_by(_T.c.id))
        return [_person(row, slack=_identity(row.slack_team, row.slack_user)) for row in rows]

    def suspend(self, person_id: str, *, at: datetime, by: str) -> bool:
        new = insert(self._connection, _STOP).values(person_id=person_id, at=at, by=by)
        return inserted(self._connection, new.on_conflict_do_nothing())

    def reinstate(self, person_id: str) -> bool:
        gone = self._connection.execute(_STOP.delete().where(_STOP.c.person_id == person_id))
        return gone.rowcount == 1

    def _first(self, where: ColumnElement[bool], *order: ColumnElement[Any]) -> Person | None:
        row = self._connection.execute(_AS_THEY_ARE.where(where).order_by(*order)).first()
        return _as_they_are(row) if row else None


def _as_they_are(row: Row[Any]) -> Person:
    slack = _identity(row.slack_team, row.slack_user) or _identity(row.link_team, row.link_user)
    return _person(row, slack=slack, suspended=row.suspended)


def _identity(team: str | None, user: str | None) -> SlackIdentity | None:
    return SlackIdentity(team, user) if team and user else None


def _person(row: Row[Any], *, slack: SlackIdentity | None, suspended: bool = False) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(Role(r) for r in json.loads(row.roles)),
        zendesk_id=row.zendesk_id,
        slack=slack,
        active=row.active and not suspended,
    )
