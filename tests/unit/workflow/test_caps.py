"""What one agent may ask for over time, counted where it is recorded."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidebar_app.domain.billing import CustomerRef
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.request import ActionRequest
from sidebar_app.workflow.policing import NotPermitted
from tests.fakes.world import POLICY, SEEN, World

CAP = """
[[caps]]
id = "agent-daily"
actions = ["credit", "refund"]
roles = ["l2_agent", "manager"]
per = "day"
amount = "100"
verdict = "needs_approval"
steps = [{ role = "manager" }]
reason = "More than {amount} in {per} is a manager's decision."
"""
LUMEN = {"customer": "cus_2", "credit": "0.00", "currency": "USD"}


def made(url: str, cap: str = CAP) -> World:
    world = World(url, policy_text=POLICY.read_text() + cap)
    world.billing.customers.append(CustomerRef("cus_2", "Lumen", "hello@lumen.example"))
    return world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = made(f"sqlite:///{tmp_path}/capped.db")
    yield found
    found.close()


def gives(world: World, amount: str, *, key: str, who: str = "l2", elsewhere: bool = False) -> ActionRequest:
    more = {"ticket": 1012, "seen": LUMEN} if elsewhere else {"seen": SEEN}
    return world.asks(who, "credit", amount=amount, key=key, **more)


def test_what_one_agent_gave_other_customers_counts(world: World) -> None:
    assert gives(world, "60.00", key="a").state is State.SUBMITTED
    over = gives(world, "40.01", key="b", elsewhere=True)
    assert over.state is State.PENDING_APPROVAL
    assert over.decision.rules == ("agent-daily",)
    assert gives(world, "60.00", key="c", who="manager", elsewhere=True).state is State.SUBMITTED


def test_a_day_later_there_is_room_again(world: World) -> None:
    gives(world, "60.00", key="a")
    world.clock.moves(days=1)
    assert gives(world, "60.00", key="b", elsewhere=True).state is State.PENDING_APPROVAL
    world.clock.moves(seconds=1)
    assert gives(world, "39.99", key="c", elsewhere=True).state is State.SUBMITTED


def test_what_was_rejected_no_longer_counts(world: World) -> None:
    gives(world, "60.00", key="a")
    refused = gives(world, "50.00", key="b", elsewhere=True)
    world.clicks("reject", "manager", refused)
    assert gives(world, "39.99", key="c", elsewhere=True).state is State.SUBMITTED


def test_a_preview_and_the_buttons_say_it_before_anybody_asks(world: World) -> None:
    gives(world, "60.00", key="a", elsewhere=True)
    assert world.previews("l2", "credit", amount="40.00").decision.rules == ("credit-small",)
    assert world.previews("l2", "credit", amount="40.01").decision.rules == ("agent-daily",)
    context = world.services.look_up.context(agent_id=502, ticket_id=1001)
    offer = next(offer for offer in context.offers if offer.action == "credit")
    assert str(offer.at_once_up_to) == "$40.00"


def test_a_cap_may_deny_and_the_attempt_is_recorded(tmp_path: Path) -> None:
    deny = CAP.replace(
        'needs_approval"\nsteps = [{ role = "manager" }]', 'deny"\nnext_step = "Ask a manager."'
    )
    world = made(f"sqlite:///{tmp_path}/denying.db", deny)
    gives(world, "60.00", key="a")
    with pytest.raises(NotPermitted) as caught:
        gives(world, "60.00", key="b", elsewhere=True)
    assert caught.value.decision.next_step == "Ask a manager."
    with world.store.reading() as tx:
        assert [r.state for r in tx.requests.of_ticket(1012)] == [State.DENIED]
    world.close()


def test_two_requests_of_one_agent_cannot_both_slip_under_a_cap(any_database: str) -> None:
    """For different customers, so that only the lock on the requester keeps them apart."""
    world = made(any_database)
    states: list[State] = []

    def give(number: int) -> None:
        states.append(gives(world, "24.00", key=f"k{number}", elsewhere=bool(number % 2)).state)

    threads = [threading.Thread(target=give, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == [State.PENDING_APPROVAL] * 4 + [State.SUBMITTED] * 4
    assert world.chain_holds()
    world.close()
