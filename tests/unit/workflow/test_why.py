"""Why, and who could approve it right now."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sidebar_app.__main__ import main
from sidebar_app.domain.people import Role
from sidebar_app.workflow.policing import NobodyCanApprove
from tests.fakes.world import World

ASKED = ("policy", "explain", "--role", "l2_agent", "--action", "credit", "--amount", "119.98")


def names(world: World, who: str, action: str, **params: Any) -> list[tuple[Role, tuple[str, ...]]]:
    found = world.previews(who, action, **params).why
    return [(each.step.role, each.names) for each in found.asked]


def suspend(world: World, *ids: str) -> None:
    with world.store.transaction() as tx:
        for name in ids:
            person = tx.people.get(name)
            assert person
            tx.people.save(replace(person, active=False))


def test_a_preview_names_who_could_approve_each_step(world: World) -> None:
    assert names(world, "l1", "refund", amount="5.00") == [(Role.MANAGER, ("Manager", "Second manager"))]
    assert names(world, "l2", "credit", amount="600.00") == [
        (Role.BILLING_SPECIALIST, ("Billing specialist",)),
        (Role.VP, ("VP",)),
    ]
    assert names(world, "l2", "credit", amount="6.00") == []


def test_who_asks_is_not_among_them(world: World) -> None:
    assert names(world, "manager", "refund", amount="1500.00") == [(Role.MANAGER, ("Second manager",))]


def test_an_obstacle_is_seen_before_anybody_asks(world: World) -> None:
    assert world.previews("manager", "refund", amount="1500.00").why.obstacle is None
    suspend(world, "manager2")
    why = world.previews("manager", "refund", amount="1500.00").why
    assert isinstance(why.obstacle, NobodyCanApprove)
    assert why.obstacle.role is Role.MANAGER
    with pytest.raises(NobodyCanApprove, match=str(why.obstacle).replace(".", "[.]")):
        world.asks("manager", "refund", amount="1500.00")


def test_many_names_are_cut_short(world: World) -> None:
    with world.store.transaction() as tx:
        boss = tx.people.get("manager")
        assert boss
        assert boss.slack
        for n in range(9):
            slack = replace(boss.slack, user_id=f"U0MORE{n}")
            tx.people.save(replace(boss, id=f"zz{n}", email=f"m{n}@x.example", zendesk_id=None, slack=slack))
    told = names(world, "l1", "refund", amount="5.00")[0][1]
    assert len(told) == 7
    assert told[-1] == "5 more"


def test_what_a_preview_explains_is_what_is_decided(world: World) -> None:
    for who, action, amount in (
        ("l2", "credit", "119.98"),
        ("l1", "refund", "5.00"),
        ("manager", "refund", "9.00"),
    ):
        preview = world.previews(who, action, amount=amount)
        assert preview.decision == world.asks(who, action, amount=amount, key=amount).decision
    ways = world.previews("l2", "credit", amount="119.98").why.explanation.ways
    assert not any("less would need no approval" in way for way in ways)  # the limit was used up above


def run(*arguments: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")
    result = CliRunner().invoke(main, [*ASKED, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_the_command_names_them_when_there_is_a_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(world.store.engine.url)
    told = run(url=url, monkeypatch=monkeypatch).output
    assert "$19.99 less would need no approval: up to $99.99 runs at once." in told
    assert told.endswith("Who can approve now:\n  manager: Manager, Second manager\n")
    assert "Who can approve" not in run("--no-people", url=url, monkeypatch=monkeypatch).output
    assert '"manager: Manager, Second manager"' in run("--json", url=url, monkeypatch=monkeypatch).output
    suspend(world, "manager", "manager2")
    assert "manager: nobody" in run(url=url, monkeypatch=monkeypatch).output


def test_the_command_answers_without_one_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    told = run(url=url, monkeypatch=monkeypatch)
    assert told.exit_code == 0
    assert "Who can approve" not in told.output
    insisted = run("--people", url=url, monkeypatch=monkeypatch)
    assert insisted.exit_code == 1
    assert "The database cannot be read: there is no file" in insisted.output
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "none.db").write_bytes(b"")
    empty = run(url=url, monkeypatch=monkeypatch)
    assert empty.exit_code == 0
