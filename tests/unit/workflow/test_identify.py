"""Which roles a helpdesk user has, and what takes them all away."""

from dataclasses import replace
from typing import Any

import pytest

from sidebar_app.domain.people import Person, Role
from sidebar_app.ports.helpdesk import AgentProfile
from sidebar_app.workflow.identify import NotAColleague, RoleMap
from tests.fakes.world import World

AGENT = AgentProfile(9, "Nine", "nine@support.example", "agent", True)


@pytest.mark.parametrize(
    ("profile", "roles"),
    [
        ({}, {Role.L1_AGENT}),
        ({"role": "admin"}, {Role.ADMIN}),
        ({"groups": ("Managers", "Unknown")}, {Role.L1_AGENT, Role.MANAGER}),
        ({"tags": ("billing_compliance",)}, {Role.L1_AGENT, Role.COMPLIANCE}),
        ({"custom_role": "Lead"}, {Role.L1_AGENT, Role.SUPPORT_LEAD}),
    ],
)
def test_every_sign_of_the_helpdesk_adds_its_role(profile: dict[str, Any], roles: set[Role]) -> None:
    mapped = RoleMap(
        groups={"Managers": Role.MANAGER},
        tags={"billing_compliance": Role.COMPLIANCE},
        roles={"agent": Role.L1_AGENT, "admin": Role.ADMIN},
        custom_roles={"Lead": Role.SUPPORT_LEAD},
    )
    assert mapped.roles_of(replace(AGENT, **profile)) == roles


def save(world: World, **changes: Any) -> None:
    person = Person("nine", "Nine", "nine@support.example", frozenset({Role.MANAGER}))
    with world.store.transaction() as tx:
        tx.people.save(replace(person, **changes))


@pytest.fixture
def nine(world: World) -> World:
    world.helpdesk.agents[9] = replace(AGENT, groups=("Billing L2",))
    return world


def test_our_own_entry_adds_to_what_the_helpdesk_says(nine: World) -> None:
    save(nine)
    assert nine.services.directory.acting(9).roles == {Role.L2_AGENT, Role.MANAGER}
    save(nine, email="other@support.example", zendesk_id=9)
    found = nine.services.directory.acting(9)
    assert (found.person_id, found.roles) == ("nine", {Role.L2_AGENT, Role.MANAGER})


@pytest.mark.parametrize(
    "entry", [{"zendesk_id": 9, "email": "other@support.example"}, {}, {"zendesk_id": 77}]
)
def test_a_suspended_entry_takes_away_what_the_helpdesk_gives(nine: World, entry: dict[str, Any]) -> None:
    assert nine.services.directory.acting(9).roles == {Role.L2_AGENT}
    save(nine, active=False, **entry)
    for asked in (nine.services.directory.acting, nine.services.directory.looking):
        with pytest.raises(NotAColleague, match="suspended"):
            asked(9)


def test_an_address_alone_makes_nobody_somebody_whose_account_is_another(nine: World) -> None:
    save(nine, zendesk_id=77)
    found = nine.services.directory.acting(9)
    assert (found.person_id, found.roles) == ("zendesk:9", {Role.L2_AGENT})
