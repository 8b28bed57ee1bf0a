"""People in SQL."""

import json
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.sql import ColumnElement

from sidebar_app.adapters.store import tables
from sidebar_app.domain.people import Person, Role, SlackIdentity

_T = tables.people


class SqlPeople:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, person_id: str) -> Person | None:
        return self._one(_T.c.id == person_id)

    def by_slack(self, identity: SlackIdentity) -> Person | None:
        return self._one((_T.c.slack_team == identity.team_id) & (_T.c.slack_user == identity.user_id))

    def by_zendesk(self, zendesk_id: int) -> Person | None:
        return self._one(_T.c.zendesk_id == zendesk_id)

    def by_email(self, email: str) -> Person | None:
        return self._one(_T.c.email == email.casefold())

    def holding(self, role: Role) -> list[Person]:
        return [p for p in self.all() if role in p.roles and p.active and p.slack]

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
        return [_person(row) for row in self._connection.execute(select(_T).order_by(_T.c.id))]

    def _one(self, where: ColumnElement[bool]) -> Person | None:
        row = self._connection.execute(select(_T).where(where)).first()
        return _person(row) if row else None


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(Role(r) for r in json.loads(row.roles)),
        zendesk_id=row.zendesk_id,
        slack=SlackIdentity(row.slack_team, row.slack_user) if row.slack_user else None,
        active=row.active,
    )
