"""A seeded world of crashes, lost answers, wiped queues and outages, driven through the real workflow.

After every seed: money moved at most once per request, a success has its effect, nothing was lost, the
audit chain holds. A failing seed replays: `World` has no clock and no randomness of its own.
"""

import os
import random
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from sidebar_app.adapters.store import SqlStore
from sidebar_app.domain.lifecycle import FINAL, State
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.billing import Order
from tests.fakes.world import World

_FAULTS = ["", "", "", "", "drop_before", "drop_after", "status_before", "status_after"]
SHORT, LONG = 25, int(os.environ.get("SEEDS", "2000"))


class Killed(BaseException):
    """The process dies here: no handler of `Exception` may notice."""


class Crashes:
    """Kills the worker at a random database transaction or backend call, before or after it took effect."""

    def __init__(self, rng: random.Random, chance: float) -> None:
        self._rng = rng
        self._chance = chance
        self.armed = False

    def maybe(self) -> None:
        if self.armed and self._rng.random() < self._chance:
            raise Killed

    def around(self, call: Callable[[Order], object]) -> Callable[[Order], object]:
        def crashing(order: Order) -> object:
            self.maybe()
            answer = call(order)
            self.maybe()
            return answer

        return crashing


class CrashingStore(SqlStore):
    crashes: Crashes

    @contextmanager
    def transaction(self):  # type: ignore[no-untyped-def]
        self.crashes.maybe()
        with super().transaction() as tx:
            yield tx
            self.crashes.maybe()
        self.crashes.maybe()


def play(seed: int, path: Path, sabotage: Callable[[World], None] = lambda _: None) -> World:
    rng = random.Random(seed)
    store = CrashingStore(f"sqlite:///{path}/{seed}.db")
    store.crashes = crashes = Crashes(rng, chance=0.04)
    world = World("", store=store)
    world.billing.execute = crashes.around(world.billing.execute)  # type: ignore[assignment,method-assign]
    sabotage(world)
    requests = _submit(world, rng)
    for _ in range(60):
        _happens(world, rng, requests, crashes)
    _settle(world)
    return world


def _submit(world: World, rng: random.Random) -> list[ActionRequest]:
    requests = [
        world.asks("manager", "refund", amount="10.00", key="a"),
        world.asks("l1", "refund", amount="20.00", key="b"),
        world.asks("l2", "credit", amount="30.00", key="c"),
    ]
    if rng.random() < 0.5:
        world.clicks("approve", rng.choice(["manager", "manager2"]), requests[1])
    return requests


def _happens(world: World, rng: random.Random, requests: list[ActionRequest], crashes: Crashes) -> None:
    world.clock.moves(seconds=rng.expovariate(1 / 600))
    match rng.choices(["deliver", "fault", "outage", "click", "expire"], [70, 12, 4, 10, 4])[0]:
        case "deliver":
            _deliver(world, rng, crashes)
        case "fault":
            world.billing.faults.append(rng.choice(_FAULTS))
        case "outage":
            world.billing.down = not world.billing.down
        case "click":
            button = rng.choice(["approve", "approve", "reject"])
            world.clicks(button, rng.choice(["manager", "manager2", "l2"]), rng.choice(requests))
        case "expire":
            world.services.expire.expire_overdue()


def _deliver(world: World, rng: random.Random, crashes: Crashes) -> None:
    """A worker takes any task, also one that was rung long ago or is finished; it may die at it."""
    with world.store.reading() as tx:
        due = tx.tasks.due(world.clock.now())
    known = due + world.bell.rings[-20:]
    if not known:
        return
    crashes.armed = True
    try:
        world.services.tasks.run(rng.choice(known))
    except Killed:
        pass
    finally:
        crashes.armed = False


def _settle(world: World) -> None:
    """Everything heals, and time goes on for two days."""
    world.billing.down = False
    world.billing.faults.clear()
    for _ in range(50):
        world.clock.moves(hours=1)
        world.services.expire.expire_overdue()
        world.works()


def violations(world: World) -> list[str]:
    found = []
    with world.store.reading() as tx:
        requests = tx.requests.of_ticket(1001)
    for request in requests:
        effects = [e for e in world.billing.effects if e.request_id == request.id]
        if len(effects) > 1:
            found.append(f"{request.id}: money moved {len(effects)} times")
        if request.state is State.SUCCEEDED and not effects:
            found.append(f"{request.id}: said done, nothing happened")
        if effects and request.state is not State.SUCCEEDED and not request.needs_human:
            found.append(f"{request.id}: paid, but {request.state}")
        if not (request.state in FINAL or request.needs_human):
            found.append(f"{request.id}: stuck in {request.state}")
        done = world.events(request).count("request.execution_succeeded")
        if done != (request.state is State.SUCCEEDED):
            found.append(f"{request.id}: {done} entries of success while {request.state}")
    refunded = world.billing.payments["pay_1"].refunded
    if refunded > Money(240_000, "USD"):
        found.append("more refunded than was paid")
    if not world.chain_holds():
        found.append("the audit chain is broken")
    return found


@pytest.mark.parametrize("seed", range(SHORT))
def test_money_moves_at_most_once_whatever_happens(seed: int, tmp_path: Path) -> None:
    world = play(seed, tmp_path)
    try:
        assert violations(world) == []
    finally:
        world.close()


@pytest.mark.slow
def test_many_seeds_without_a_violation(tmp_path: Path) -> None:
    for seed in range(SHORT, SHORT + LONG):
        world = play(seed, tmp_path)
        found = violations(world)
        world.close()
        (tmp_path / f"{seed}.db").unlink()
        assert found == [], f"seed {seed}"


def _forgetful(world: World) -> None:
    """The mistakes of many: a fresh key for every attempt, and sending again without asking first."""
    execute, attempts = world.billing.execute, count()
    world.billing.execute = lambda order: execute(  # type: ignore[method-assign]
        replace(order, key=f"{order.key}-{next(attempts)}")
    )
    world.billing.find = lambda order: None  # type: ignore[method-assign]


def test_the_simulator_notices_a_design_that_pays_twice(tmp_path: Path) -> None:
    for seed in range(60):
        world = play(seed, tmp_path, _forgetful)
        found = violations(world)
        world.close()
        if any("money moved" in v for v in found):
            return
    pytest.fail("no seed paid twice: the simulator is blind")
