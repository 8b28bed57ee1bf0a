"""kill -9 at every line of the executor, under every way the network can fail: one refund, a complete log.

The worker is a real process, the database a real file, the refund goes through the real Stripe SDK over HTTP.
"""

import sys

import pytest

from sidebar_app.domain.lifecycle import State
from tests.faults.conftest import Bench, in_child, killed_at_line

FAULTS = ["", "drop_before", "drop_after", "status", "status_after"]
_EVERY = 9  # the short round kills at every ninth line, starting elsewhere for each fault


def run_once(bench: Bench, *, minutes: float, kill_at: int = 0) -> int:
    def work() -> None:
        world = bench.world(minutes=minutes)
        if kill_at:
            sys.settrace(killed_at_line(kill_at))
        world.services.tasks.run_due()

    return in_child(work)


def settle(bench: Bench) -> None:
    """Workers that nobody kills, over some hours."""

    def work() -> None:
        world = bench.world(minutes=20)
        for _ in range(4):
            world.works()
            world.clock.moves(hours=1)

    assert in_child(work) == 0


def verdict(bench: Bench, request_id: str) -> str:
    """The word ok, or what went wrong, the worst first."""
    world = bench.world(minutes=10_000)
    try:
        with world.store.reading() as tx:
            request = tx.requests.get(request_id)
        refunds = bench.refunds()
        if len(refunds) > 1:
            return f"DUPLICATE: {len(refunds)} refunds"
        if not refunds:
            return f"LOST: {request.state}"
        if request.state is not State.SUCCEEDED:
            return f"STUCK: paid, but {request.state}"
        if world.events(request).count("request.execution_succeeded") != 1:
            return "AUDIT: not exactly one entry of success"
        if request.reference != refunds[0]["id"]:
            return "REFERENCE: another refund"
        return "ok" if world.chain_holds() else "CHAIN BROKEN"
    finally:
        world.close()


def play(bench: Bench, fault: str, kill_at: int) -> tuple[str, bool]:
    """One case; whether the kill happened."""
    world, request = bench.start()
    world.close()
    bench.arm(fault)
    killed = run_once(bench, minutes=1, kill_at=kill_at) == -9
    settle(bench)
    return verdict(bench, request.id), killed


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_killed_at_some_lines_refunds_once(bench: Bench, fault: str) -> None:
    found, line, was_killed = {}, 1 + FAULTS.index(fault), True
    while was_killed:
        found[line], was_killed = play(bench, fault, line)
        line += _EVERY
    assert len(found) > 3
    assert {k: v for k, v in found.items() if v != "ok"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_killed_at_any_line_refunds_once(bench: Bench, fault: str) -> None:
    found, line, was_killed = {}, 1, True
    while was_killed:
        found[line], was_killed = play(bench, fault, line)
        line += 1
    assert {k: v for k, v in found.items() if v != "ok"} == {}
