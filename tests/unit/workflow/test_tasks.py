"""When a task is tried again."""

from datetime import timedelta

import pytest

from sidebar_app.ports.chat import ChatUnavailable
from sidebar_app.ports.helpdesk import HelpdeskUnavailable
from sidebar_app.ports.outbox import Task
from tests.fakes.world import World


@pytest.mark.parametrize("error", [HelpdeskUnavailable, ChatUnavailable])
def test_a_pause_that_a_vendor_names_is_kept_by_whoever_met_it(
    world: World, error: type[HelpdeskUnavailable | ChatUnavailable]
) -> None:
    tried = []

    def limited(task: Task) -> None:
        tried.append(task.attempts)
        raise error("429", retry_after_seconds=300)

    world.services.tasks.serve({"limited": limited})
    with world.store.transaction() as tx:
        tx.tasks.add("limited", "1", now=world.clock.now())
    world.works()
    world.clock.moves(seconds=299)  # the first pause of our own would be five seconds
    world.works()
    assert tried == [1]
    world.clock.moves(seconds=62)
    world.works()
    assert tried == [1, 2]


def test_without_a_named_pause_our_own_is_taken(world: World) -> None:
    def away(_: Task) -> None:
        raise HelpdeskUnavailable("no answer")

    world.services.tasks.serve({"away": away})
    with world.store.transaction() as tx:
        tx.tasks.add("away", "1", now=world.clock.now())
    world.works()
    with world.store.reading() as tx:
        assert tx.tasks.due(world.clock.now()) == []
        assert tx.tasks.due(world.clock.now() + timedelta(seconds=5)) != []


def test_what_takes_its_time_is_rung_for_by_nobody_and_worked_on_beside_the_rest(world: World) -> None:
    done: list[str] = []
    handlers = {"quick": lambda task: done.append(task.topic), "slow": lambda task: done.append(task.subject)}
    world.services.tasks.serve(handlers, beside=("slow",))
    with world.store.transaction() as tx:
        quick = tx.tasks.add("quick", "1", now=world.clock.now())
        for number in range(3):
            tx.tasks.add("slow", f"file {number}", now=world.clock.now())
    world.services.tasks.sweep()
    assert world.bell.rings == [quick]
    world.services.tasks.work_beside()
    assert sorted(done) == ["file 0", "file 1", "file 2"]
    world.services.tasks.run(quick)
    assert done[-1] == "quick"


def test_work_beside_ends_when_a_task_is_postponed(world: World) -> None:
    def away(_: Task) -> None:
        raise HelpdeskUnavailable("no answer")

    world.services.tasks.serve({"slow": away}, beside=("slow",))
    with world.store.transaction() as tx:
        tx.tasks.add("slow", "1", now=world.clock.now())
    world.services.tasks.work_beside()
