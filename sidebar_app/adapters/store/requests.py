"""Requests in SQL. Every change is guarded by the state, version and step it was decided on."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select
from sqlalchemy.sql import ColumnElement

from sidebar_app.adapters.store import tables
from sidebar_app.adapters.store.codec import from_json, to_json
from sidebar_app.domain import lifecycle
from sidebar_app.domain.decision import Decision, Question
from sidebar_app.domain.lifecycle import Event, State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import ActionRequest, Requester
from sidebar_app.domain.tally import Tally
from sidebar_app.ports.requests import Keyed, NoSuchRequest, Recent

_T = tables.requests
_LIVE = (State.SUBMITTED, State.PENDING_APPROVAL, State.APPROVED, State.EXECUTING, State.UNKNOWN)
_COUNTED = (*_LIVE, State.SUCCEEDED)
_BEFORE_THE_DEADLINE = (Event.STEP_APPROVED, Event.APPROVED)

# Built once: every opened panel asks it.
_RECENT = select(
    func.coalesce(
        func.sum(
            case(
                (and_(_T.c.action == "credit", _T.c.currency == bindparam("currency")), _T.c.amount_minor),
                else_=0,
            )
        ),
        0,
    ),
    func.coalesce(func.sum(case((_T.c.action == "refund", 1), else_=0)), 0),
).where(
    _T.c.customer_id == bindparam("customer"),
    _T.c.state.in_(_COUNTED),
    _T.c.created_at >= bindparam("since"),
)


class SqlRequests:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, request: ActionRequest, *, key: str, body_hash: str) -> None:
        row = {**_columns(request), "idempotency_key": key, "body_hash": body_hash}
        self._connection.execute(_T.insert().values(row))

    def get(self, request_id: str) -> ActionRequest:
        row = self._connection.execute(select(_T).where(_T.c.id == request_id)).first()
        if row is None:
            raise NoSuchRequest(request_id)
        return _request(row)

    def by_key(self, requester_id: str, key: str) -> Keyed | None:
        mine = and_(_T.c.requester_id == requester_id, _T.c.idempotency_key == key)
        row = self._connection.execute(select(_T).where(mine)).first()
        return Keyed(_request(row), row.body_hash) if row else None

    def of_ticket(self, ticket_id: int, *, limit: int = 20) -> list[ActionRequest]:
        newest = (_T.c.created_at.desc(), _T.c.id.desc())
        return self._select(_T.c.ticket_id == ticket_id, *newest, limit=limit)

    def live_amount_on(self, payment_id: str, currency: str) -> Money:
        live = and_(_T.c.payment_id == payment_id, _T.c.state.in_(_LIVE), _T.c.currency == currency)
        return Money(int(self._sum(live)), currency)

    def recent(self, customer_id: str, *, since: datetime, currency: str) -> Recent:
        asked = {"customer": customer_id, "since": since, "currency": currency}
        credits_, refunds = self._connection.execute(_RECENT, asked).one()
        return Recent(Money(int(credits_), currency), int(refunds))

    def lately(self, requester_id: str, *, since: datetime) -> list[Tally]:
        counted = and_(_T.c.requester_id == requester_id, _T.c.state.in_(_COUNTED), _T.c.created_at >= since)
        sums = select(_T.c.action, _T.c.currency, func.count(), func.sum(_T.c.amount_minor))
        rows = self._connection.execute(sums.where(counted).group_by(_T.c.action, _T.c.currency))
        return [
            Tally(action, count, None if minor is None else Money(int(minor), currency))
            for action, currency, count, minor in rows
        ]

    def overdue(self, now: datetime, *, limit: int = 100) -> list[ActionRequest]:
        late = and_(_T.c.state == State.PENDING_APPROVAL, _T.c.expires_at <= now)
        return self._select(late, _T.c.expires_at, limit=limit)

    def asked_since(self, since: datetime) -> list[ActionRequest]:
        return self._select(_T.c.created_at >= since, _T.c.created_at, _T.c.id, limit=None)

    def needing_people(self) -> list[ActionRequest]:
        waiting = or_(_T.c.state == State.PENDING_APPROVAL, _T.c.needs_human.is_(True))
        return self._select(waiting, _T.c.created_at, limit=500)

    def move(
        self, request: ActionRequest, event: Event, *, now: datetime, **changes: Any
    ) -> ActionRequest | None:
        state = lifecycle.after(request.state, event)
        in_time = _T.c.expires_at > now if event in _BEFORE_THE_DEADLINE else None
        return self._update(request, replace(request, state=state, updated_at=now, **changes), in_time)

    def touch(self, request: ActionRequest, *, now: datetime, **changes: Any) -> ActionRequest | None:
        return self._update(request, replace(request, updated_at=now, **changes), None)

    def _update(
        self, old: ActionRequest, new: ActionRequest, also: ColumnElement[bool] | None
    ) -> ActionRequest | None:
        guard = [
            _T.c.id == old.id,
            _T.c.state == old.state,
            _T.c.version == old.version,
            _T.c.step == old.step,
            _T.c.attempts == old.attempts,
        ]
        guard += [also] if also is not None else []
        before, after = _columns(old), _columns(new)
        values = {name: value for name, value in after.items() if value != before[name]}
        values["updated_at"] = new.updated_at  # also where nothing else changes: a first approval of two
        result = self._connection.execute(_T.update().where(and_(*guard)).values(values))
        return new if result.rowcount == 1 else None

    def _select(
        self, where: ColumnElement[bool], *order: ColumnElement[Any], limit: int | None
    ) -> list[ActionRequest]:
        rows = self._connection.execute(select(_T).where(where).order_by(*order).limit(limit))
        return [_request(row) for row in rows]

    def _sum(self, where: ColumnElement[bool]) -> int:
        return (
            self._connection.scalar(select(func.coalesce(func.sum(_T.c.amount_minor), 0)).where(where)) or 0
        )


_SAME = (
    "id ticket_id customer_id customer_name action summary note state version step created_at updated_at "
    "expires_at approved_at first_sent_at attempts reference outcome outcome_code needs_human"
).split()


def _columns(request: ActionRequest) -> dict[str, Any]:
    return {
        **{name: getattr(request, name) for name in _SAME},
        "params": json.dumps(dict(request.params), sort_keys=True),
        "payment_id": str(request.params.get("payment", "")),
        "amount_minor": request.amount.minor if request.amount else None,
        "currency": request.amount.currency if request.amount else None,
        "requester_id": request.requester.id,
        "requester_name": request.requester.name,
        "requester_email": request.requester.email,
        "requester_role": request.requester.role,
        "decision": to_json(request.decision),
        "policy_version": request.decision.policy_version,
        "question": to_json(request.question) if request.question else None,
    }


def _request(row: Row[Any]) -> ActionRequest:
    same = {name: getattr(row, name) for name in _SAME}
    same["state"] = State(row.state)
    return ActionRequest(
        **same,
        params=json.loads(row.params),
        amount=None if row.amount_minor is None else Money(row.amount_minor, row.currency),
        requester=Requester(
            row.requester_id, row.requester_name, row.requester_email, Role(row.requester_role)
        ),
        decision=from_json(Decision, row.decision),
        question=from_json(Question, row.question) if row.question else None,
    )
