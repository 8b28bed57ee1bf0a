"""Who can decide a step right now."""

from dataclasses import replace

from sidebar_app.domain.people import Person, Role, SlackIdentity
from sidebar_app.domain.request import Requester
from sidebar_app.permissions import load_policy
from sidebar_app.workflow import approvers
from sidebar_app.workflow.approvers import Approver, first_empty_seat
from tests.fakes.world import POLICY, World


def able(world: World, role: Role, requester: Requester | None = None) -> list[str]:
    with world.store.reading() as tx:
        found = approvers.Roster.at(tx, world.clock.now()).able(role, requester=requester)
    return [a.person.id for a in found]


def change(world: World, person_id: str, **changes: object) -> None:
    with world.store.transaction() as tx:
        person = tx.people.get(person_id)
        assert person
        tx.people.save(replace(person, **changes))  # type: ignore[arg-type]


def test_active_and_linked_people_of_the_role_can_decide(world: World) -> None:
    assert able(world, Role.MANAGER) == ["manager", "manager2"]
    change(world, "manager", active=False)
    change(world, "manager2", slack=None)
    assert able(world, Role.MANAGER) == []
    assert able(world, Role.VP) == ["vp"]


def test_the_requester_cannot_nor_anybody_with_their_address(world: World) -> None:
    asked = Requester("manager", "Manager", "manager@support.example", Role.MANAGER)
    assert able(world, Role.MANAGER, asked) == ["manager2"]
    change(world, "manager2", email="MANAGER@support.example")
    assert able(world, Role.MANAGER, asked) == []


def test_a_role_nobody_can_fill_is_named(world: World) -> None:
    policy = load_policy(POLICY.read_text())

    def missing() -> list[str]:
        with world.store.reading() as tx:
            return approvers.missing(tx, policy, now=world.clock.now())

    assert missing() == []
    change(world, "vp", slack=None)
    change(world, "manager2", roles=frozenset())
    assert missing() == [
        "The policy needs 2 people in the role manager; there is 1.",
        "The policy needs 1 person in the role vp; there are 0.",
    ]


def test_seats_need_different_people() -> None:
    a, b = (Approver(Person(n, n, n, frozenset(), slack=SlackIdentity("T", n))) for n in "ab")
    assert first_empty_seat([[a, b], [a]]) is None
    assert first_empty_seat([[a], [a]]) == 1
    assert first_empty_seat([[a, b], [a, b], [a, b]]) == 2
    assert first_empty_seat([[], [a]]) == 0


def test_whom_somebody_stands_in_for_counts_as_having_decided() -> None:
    a, b = (Person(n, n, n, frozenset(), slack=SlackIdentity("T", n)) for n in "ab")
    assert first_empty_seat([[Approver(b, on_behalf_of=a)], [Approver(a)]]) == 1
