from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidebar_app.commands.policy import policy as command
from sidebar_app.domain.decision import Verdict
from sidebar_app.permissions import load_policy
from sidebar_app.workflow.simulate import Simulation, simulate
from tests.fakes.time import START
from tests.fakes.world import POLICY, World

TIGHTER = POLICY.read_text().replace('below = "100"', 'below = "40"').replace('from = "100"', 'from = "40"')


def history(world: World) -> None:
    world.asks("l2", "credit", amount="30.00", key="a")
    world.clock.moves(days=1)
    world.asks("l2", "credit", amount="45.00", key="b")
    world.asks("l1", "refund", amount="10.00", key="c")


def replayed(world: World, text: str) -> Simulation:
    with world.store.reading() as tx:
        return simulate(tx.requests.asked_since(START), load_policy(text))


def test_the_same_policy_changes_nothing(world: World) -> None:
    history(world)
    found = replayed(world, POLICY.read_text())
    assert (found.replayed, found.skipped, found.changed) == (3, 0, ())


def test_a_tighter_limit_shows_whose_requests_would_have_waited(world: World) -> None:
    history(world)
    found = replayed(world, TIGHTER)
    (changed,) = found.changed
    assert changed.after.verdict is Verdict.NEEDS_APPROVAL
    assert changed.is_stricter
    told = list(found.sentences())
    assert told[0] == "3 requests asked again: 1 answered differently, 1 stricter, 0 more open."
    assert "Credit $45.00" in told[-1]
    assert "at once before, approval by a manager after" in told[-1]


def test_what_counted_then_counts_in_the_replay(world: World) -> None:
    """45 + 30 of the day before: the total that was known at that time is part of the question."""
    history(world)
    with world.store.reading() as tx:
        second = tx.requests.asked_since(START + timedelta(days=1))[0]
    assert second.question
    assert str(second.question.context.recent_credit_total) == "$30.00"


def test_the_command_prints_the_outcome(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(world)
    (tmp_path / "tighter.toml").write_text(TIGHTER)
    monkeypatch.setenv("DATABASE_URL", str(world.store.engine.url))
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")
    told = CliRunner().invoke(command, ["simulate", str(tmp_path / "tighter.toml"), "--since", "2026-03-11"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("2 requests asked again: 1 answered differently")
