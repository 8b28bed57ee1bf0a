import time
from dataclasses import replace

import pytest

from sidebar_app.ports.helpdesk import HelpdeskUnavailable
from sidebar_app.workflow.identify import NotAColleague
from tests.fakes.world import AGENTS, World

L1 = AGENTS["l1"]


def demote(world: World) -> None:
    world.helpdesk.agents[L1] = replace(world.helpdesk.agents[L1], groups=())


def settles(world: World) -> None:
    """Until the background has asked again."""
    for _ in range(200):
        if not world.services.directory._profiles._asking:
            return
        time.sleep(0.01)
    pytest.fail("the background never finished")


def test_who_looks_does_not_wait_and_after_five_minutes_is_asked_about_in_the_background(
    world: World,
) -> None:
    look = world.services.directory.looking
    assert look(L1).requesting_role
    demote(world)
    world.clock.moves(minutes=4, seconds=59)
    assert look(L1).requesting_role
    world.clock.moves(seconds=1)
    assert look(L1).requesting_role  # still the old answer, but now it is asked again
    settles(world)
    assert look(L1).requesting_role is None


def test_who_looks_waits_when_what_is_known_is_too_old(world: World) -> None:
    world.services.directory.looking(L1)
    demote(world)
    world.clock.moves(minutes=10)
    assert world.services.directory.looking(L1).requesting_role is None


def test_a_suspension_in_our_own_table_counts_at_once(world: World) -> None:
    world.services.directory.looking(AGENTS["manager"])
    with world.store.transaction() as tx:
        manager = tx.people.get("manager")
        assert manager
        tx.people.save(replace(manager, active=False))
    with pytest.raises(NotAColleague):
        world.services.directory.looking(AGENTS["manager"])


def test_what_one_process_learned_the_others_know(world: World) -> None:
    world.services.directory.looking(L1)
    world.helpdesk.down = True
    other = World("", store=world.store, prepared=True)
    other.helpdesk.down = True
    assert other.services.directory.looking(L1).requesting_role
    other.services.close()


def test_with_the_helpdesk_down_a_panel_still_opens_for_ten_minutes(world: World) -> None:
    world.services.look_up.context(agent_id=L1, ticket_id=1001)
    world.helpdesk.down = True
    world.clock.moves(minutes=5)
    assert world.services.look_up.context(agent_id=L1, ticket_id=1001).customer
    settles(world)
    world.clock.moves(minutes=5)
    with pytest.raises(HelpdeskUnavailable):
        world.services.look_up.context(agent_id=L1, ticket_id=1001)
