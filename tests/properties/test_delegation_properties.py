"""Whatever delegations exist: the requester never decides, no person counts twice, nobody decides without a right."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sidebar_app.domain.billing import Subscription, Subscriptions
from sidebar_app.domain.decision import STEP_ORDER
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import ActionRequest, Approval
from sidebar_app.workflow.delegate import CannotDelegate
from sidebar_app.workflow.policing import NobodyCanApprove
from tests.fakes.time import START
from tests.fakes.world import World

APPROVERS = ("manager", "manager2", "specialist", "vp")
people = st.sampled_from(APPROVERS)
roles = st.fixed_dictionaries(
    {who: st.frozensets(st.sampled_from(STEP_ORDER), min_size=1, max_size=3) for who in APPROVERS}
)
lent = st.lists(st.tuples(people, people, st.integers(0, 1), st.integers(1, 6)), min_size=1, max_size=5)
asked = st.sampled_from([("l1", "1.00"), ("manager", "1000.01"), ("specialist", "1000.01")])
clicks = st.lists(st.tuples(people, st.sampled_from([0, 0, 0, 1])), min_size=6, max_size=14)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path_factory.mktemp('delegations')}/world.db")
    bound = Subscription("sub_1", "active", START, (), contract_months=36)
    made.billing.subscriptions = Subscriptions((bound,))  # so that a manager, legal and a VP are asked
    yield made
    made.close()


numbers = count(1)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roles=roles, lent=lent, asked=asked, clicks=clicks)
def test_no_delegation_lets_anybody_decide_who_must_not(
    world: World,
    roles: dict[str, frozenset[Role]],
    lent: list[tuple[str, str, int, int]],
    asked: tuple[str, str],
    clicks: list[tuple[str, int]],
) -> None:
    _start_over(world, roles)
    who, amount = asked
    try:
        request = world.asks(who, "refund", key=f"key-{next(numbers)}", amount=amount)
    except NobodyCanApprove:
        return
    _lend(world, lent)
    for clicker, hours in clicks:
        world.clock.moves(hours=hours)
        world.clicks("approve", clicker, request)
    _check(world, request, roles)


def _start_over(world: World, roles: dict[str, frozenset[Role]]) -> None:
    world.clock.moves(days=1)
    with world.store.engine.begin() as connection:
        for table in ("approvals", "requests"):
            connection.execute(text(f"DELETE FROM {table}"))
    with world.store.transaction() as tx:
        for delegation in tx.delegations.coming(world.clock.now()):
            tx.delegations.end(delegation.id, at=world.clock.now())
        for who, held in roles.items():
            person = tx.people.get(who)
            assert person
            tx.people.save(replace(person, roles=held))


def _lend(world: World, lent: list[tuple[str, str, int, int]]) -> None:
    for delegator, delegate, starts, lasts in lent:
        starts_at = world.clock.now() + timedelta(hours=starts)
        ends_at = starts_at + timedelta(hours=lasts)
        with suppress(CannotDelegate):
            world.services.delegate.begin(
                delegator, to=delegate, starts_at=starts_at, ends_at=ends_at, by=("test", "Test")
            )


def _check(world: World, request: ActionRequest, roles: dict[str, frozenset[Role]]) -> None:
    with world.store.reading() as tx:
        given = tx.approvals.of(request.id)
        counted = [who for a in given for who in (a.person_id, a.for_id) if who]
        assert request.requester.id not in counted
        assert len(counted) == len(set(counted))
        for approval in given:
            assert approval.role is request.decision.steps[approval.step].role
            assert approval.role in roles[approval.for_id or approval.person_id]
            if approval.for_id:
                assert any(
                    d.covers(approval.at) for d in tx.delegations.between(approval.for_id, approval.person_id)
                )
                assert _rank(roles[approval.person_id]) >= _rank({approval.role})
        assert not any(_stands_in_for_requester(world, a, request) for a in given)


def _stands_in_for_requester(world: World, approval: Approval, request: ActionRequest) -> bool:
    with world.store.reading() as tx:
        lent = tx.delegations.between(request.requester.id, approval.person_id)
    return any(d.covers(approval.at) for d in lent)


def _rank(held: frozenset[Role] | set[Role]) -> int:
    return max(STEP_ORDER.index(role) for role in held)
