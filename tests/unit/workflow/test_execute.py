from dataclasses import replace

import pytest

from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.outcome import Refused
from sidebar_app.domain.request import ActionRequest
from tests.fakes.world import World


def approved(world: World, amount: str = "1450.00") -> ActionRequest:
    request = world.asks("l1", "refund", amount=amount)
    world.works()
    assert world.clicks("approve", "manager", request).done
    return request


def test_an_answer_lost_after_the_work_is_found_by_asking(world: World) -> None:
    request = approved(world)
    world.billing.faults = ["drop_after"]
    world.works()
    assert world.now(request).state is State.UNKNOWN
    world.clock.moves(seconds=30)
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    assert len(world.billing.effects) == 1
    notes = [marker for marker, _ in world.helpdesk.notes[1001]]
    assert notes[-2:] == [f"[{request.id}:unknown]", f"[{request.id}:succeeded]"]


def test_an_order_lost_on_the_way_is_sent_again_with_the_same_key(world: World) -> None:
    request = approved(world)
    world.billing.faults = ["drop_before", "drop_before"]
    for _ in range(3):
        world.works()
        world.clock.moves(minutes=3)
    assert world.now(request).state is State.SUCCEEDED
    assert len(world.billing.effects) == 1
    assert world.now(request).attempts == 3


def test_a_saved_500_after_the_work_ends_as_succeeded(world: World) -> None:
    request = approved(world)
    world.billing.faults = ["status_after"]
    world.works()
    world.clock.moves(seconds=30)
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    assert len(world.billing.effects) == 1


def test_a_backend_that_never_answers_hands_it_to_people_and_sends_nothing_more(world: World) -> None:
    request = approved(world)
    world.billing.faults = ["drop_before"] * 100
    for _ in range(40):
        world.works()
        world.clock.moves(hours=1)
    held = world.now(request)
    assert (held.state, held.needs_human) == (State.UNKNOWN, True)
    world.billing.faults = []
    for _ in range(5):
        world.clock.moves(hours=6)
        world.services.tasks.run_due()
    assert world.billing.effects == []
    assert f"[{request.id}:needs-human]" in dict(world.helpdesk.notes[1001])
    with world.store.reading() as tx:
        assert [r.id for r in tx.requests.needing_people()] == [request.id]


def test_facts_that_changed_since_the_approval_stop_it(world: World) -> None:
    request = approved(world)
    payment = world.billing.payments["pay_1"]
    world.billing.payments["pay_1"] = replace(payment, refunded=Money(200_000, "USD"))
    world.works()
    ended = world.now(request)
    assert (ended.state, ended.outcome_code) == (State.FAILED, "facts-changed")
    assert world.billing.effects == []
    assert "more than the $400.00" in dict(world.helpdesk.notes[1001])[f"[{request.id}:failed]"]


def test_a_dispute_opened_after_the_approval_stops_it(world: World) -> None:
    request = approved(world)
    world.billing.payments["pay_1"] = replace(world.billing.payments["pay_1"], disputed=True)
    world.works()
    assert world.now(request).outcome_code == "facts-changed"


def test_an_approver_who_lost_the_role_stops_it(world: World) -> None:
    request = approved(world)
    with world.store.transaction() as tx:
        manager = tx.people.get("manager")
        assert manager
        tx.people.save(replace(manager, roles=frozenset()))
    world.works()
    assert world.now(request).state is State.FAILED
    assert world.billing.effects == []


def test_an_approval_that_waited_too_long_needs_approving_again(world: World) -> None:
    request = approved(world)
    world.clock.moves(hours=24, seconds=1)
    world.works()
    again = world.now(request)
    assert (again.state, again.version, again.step) == (State.PENDING_APPROVAL, 2, 0)
    assert world.billing.effects == []
    assert not world.clicks("approve", "manager", request, version=1).done
    assert world.clicks("approve", "manager", request, version=2).done
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    assert world.billing.effects[0].key.endswith("_v2")


def test_billing_down_at_execution_only_waits(world: World) -> None:
    request = approved(world)
    world.billing.down = True
    world.works()
    assert world.now(request).state is State.APPROVED
    world.billing.down = False
    world.clock.moves(seconds=30)
    world.works()
    assert world.now(request).state is State.SUCCEEDED


def test_a_refusal_of_the_backend_is_a_failure_that_says_why(world: World) -> None:
    request = world.asks("manager", "credit", amount="5.00")
    closed = Refused("declined", "The account is closed.")
    world.billing.execute = lambda order: closed  # type: ignore[method-assign]
    world.works()
    assert world.now(request).state is State.FAILED
    assert "account is closed" in dict(world.helpdesk.notes[1001])[f"[{request.id}:failed]"]
    assert world.notifier.sent == {}


@pytest.mark.parametrize("part", ["chat", "helpdesk", "notifier"])
def test_a_part_that_is_down_is_told_later(world: World, part: str) -> None:
    request = world.asks("manager", "refund", amount="5.00")
    getattr(world, part).down = True
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    getattr(world, part).down = False
    for _ in range(10):
        world.clock.moves(minutes=15)
        world.works()
    assert len(world.notifier.sent) == 1
    assert [m for m, _ in world.helpdesk.notes[1001]] == [f"[{request.id}:succeeded]"]


def test_a_card_that_may_not_have_arrived_is_posted_again(world: World) -> None:
    request = world.asks("l1", "refund", amount="5.00")
    world.chat.faults = ["uncertain"]
    for _ in range(3):
        world.works()
        world.clock.moves(minutes=1)
    assert len(world.chat.posts) == 2
    assert world.clicks("approve", "manager", request).done
    world.works()
    assert len(world.billing.effects) == 1
