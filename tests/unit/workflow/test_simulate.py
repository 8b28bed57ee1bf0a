import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidebar_app.commands.policy import policy as command
from sidebar_app.commands.policy.simulated import as_text
from sidebar_app.domain.decision import Verdict
from sidebar_app.permissions import load_policy
from sidebar_app.workflow.simulate import Simulation, simulate
from tests.fakes.time import START
from tests.fakes.world import POLICY, World

TIGHTER = POLICY.read_text().replace('below = "100"', 'below = "40"').replace('from = "100"', 'from = "40"')

CAPPED = (
    POLICY.read_text()
    + """
[[caps]]
id = "credit-daily"
actions = ["credit"]
roles = ["l1_agent", "l2_agent"]
per = "day"
count = 2
verdict = "deny"
reason = "No more than {count} credits in {per}."
next_step = "Hand the ticket to a manager."
"""
)


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
    assert (len(found.replayed), found.skipped, found.changed) == (3, 0, ())
    assert as_text(found).splitlines() == [
        f"3 requests from 2026-03-10 to 2026-03-11, asked again under policy {found.version}.",
        "Every one of them would be answered as it was.",
    ]


def test_a_tighter_limit_shows_whose_requests_would_have_waited(world: World) -> None:
    history(world)
    found = replayed(world, TIGHTER)
    (changed,) = found.changed
    assert changed.after.verdict is Verdict.NEEDS_APPROVAL
    assert changed.direction == 1
    assert as_text(found).splitlines()[1:] == [
        "1 would be answered differently: 1 stricter.",
        "  Run at once: 2 → 1 (1 fewer)",
        "  Need approval: 1 → 2 (1 more)",
        "  Denied: 0, as before",
        "  Approvals by manager: 1 → 2 (1 more)",
        "",
        "Amounts that would be answered differently:",
        "  credit: $45.00 in 1 request",
        "",
        "Whose requests:",
        "  l2: credit $45.00 in 1 request",
        "",
        "Which requests:",
        "  2026-03-11 #1001 Credit $45.00 to the balance, asked by l2: at once → approval by a manager (credit-by-l2)",
    ]


def test_what_counted_then_counts_in_the_replay(world: World) -> None:
    """45 + 30 of the day before: the total that was known at that time is part of the question."""
    history(world)
    with world.store.reading() as tx:
        second = tx.requests.asked_since(START + timedelta(days=1))[0]
    assert second.question
    assert str(second.question.context.recent_credit_total) == "$30.00"


def test_a_cap_is_tried_on_what_each_person_asked_for(world: World) -> None:
    for n, hours in enumerate((0, 1, 1, 21)):
        world.clock.moves(hours=hours)
        world.asks("l2", "credit", amount="20.00", key=f"k{n}")
    found = replayed(world, CAPPED)
    assert [each.after.rules for each in found.replayed] == [
        ("credit-small",), ("credit-small",), ("credit-daily",), ("credit-daily",),
    ]  # fmt: skip
    assert found.replayed[2].after.verdict is Verdict.DENY
    assert "would be number 3 in 24 hours" in found.replayed[3].after.reason  # what is denied counts no more


def test_what_was_taken_back_counts_until_then(world: World) -> None:
    for n in range(2):
        taken = world.asks("l1", "credit", amount="20.00", key=f"k{n}")
    world.clock.moves(hours=1)
    world.clicks("reject", "manager", taken)
    world.asks("l1", "credit", amount="20.00", key="k2")
    assert [each.after.verdict for each in replayed(world, CAPPED).replayed] == [Verdict.NEEDS_APPROVAL] * 3


def test_the_command_prints_the_outcome(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(world)
    (tmp_path / "tighter.toml").write_text(TIGHTER)
    monkeypatch.setenv("DATABASE_URL", str(world.store.engine.url))
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")
    arguments = ["simulate", str(tmp_path / "tighter.toml"), "--since", "2026-03-11"]
    told = CliRunner().invoke(command, arguments)
    assert told.exit_code == 0, told.output
    assert told.output.startswith("2 requests from 2026-03-11 to 2026-03-11, asked again")
    data = json.loads(CliRunner().invoke(command, [*arguments, "--format", "json"]).output)
    assert data["verdicts"]["needs_approval"] == {"before": 1, "after": 2}
    assert data["approvals_by_role"] == {"manager": {"before": 1, "after": 2}}
    assert data["amounts"] == [{"action": "credit", "requests": 1, "total": "45.00", "currency": "USD"}]
    assert data["requesters"] == [{"name": "l2", "amounts": data["amounts"]}]
    (changed,) = data["changed"]
    assert (changed["direction"], changed["after"]["rules"]) == ("stricter", ["credit-by-l2"])
