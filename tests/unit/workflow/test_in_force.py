"""One policy decides at a time; another one takes its place whole, or not at all."""

import json
import threading

import pytest
from click.testing import CliRunner, Result

from sidebar_app.__main__ import main
from sidebar_app.domain.decision import Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.permissions import PolicyFaults
from sidebar_app.workflow.in_force import InForce
from tests.fakes.world import POLICY, World

TEXT = POLICY.read_text()
TIGHTER = TEXT.replace('below = "100"', 'below = "40"').replace('from = "100"', 'from = "40"')
BROKEN = TEXT.replace('below = "100"', 'below = "90"')


def told(world: World) -> list[dict[str, object]]:
    """What the audit log says about policies."""
    with world.store.reading() as tx:
        entries = [json.loads(entry.canonical) for entry in tx.audit.entries()]
    return [entry for entry in entries if entry["event"] == "policy.in_force"]


def test_another_policy_decides_from_the_next_question_on(world: World) -> None:
    assert world.previews("l2", "credit", amount="45.00").decision.verdict is Verdict.ALLOW
    assert world.in_force.renew(TIGHTER)
    assert world.previews("l2", "credit", amount="45.00").decision.verdict is Verdict.NEEDS_APPROVAL
    assert not world.in_force.renew(TIGHTER)


def test_the_deadlines_come_with_it(world: World) -> None:
    world.in_force.renew(
        TEXT.replace("expire_after_hours = 24", "expire_after_hours = 48").replace(
            "run_within_hours = 24", "run_within_hours = 1"
        )
    )
    request = world.asks("l1", "refund", amount="5.00")
    assert request.expires_at
    assert (request.expires_at - request.created_at).total_seconds() == 48 * 3600
    world.clicks("approve", "manager", request)
    world.clock.moves(hours=1.5)
    world.services.tasks.run_due()
    assert world.now(request).state is State.PENDING_APPROVAL


def test_a_broken_one_leaves_the_last_good_one_in_force(world: World) -> None:
    before = world.in_force.policy.version
    with pytest.raises(PolicyFaults, match="There is a gap"):
        world.in_force.renew(BROKEN)
    assert world.in_force.policy.version == before
    assert world.asks("l2", "credit", amount="95.00").decision.policy_version == before


def test_a_broken_one_at_the_start_is_refused() -> None:
    with pytest.raises(PolicyFaults):
        InForce(BROKEN)


def test_every_change_is_told_once_and_every_text_is_kept(any_world: World) -> None:
    world, now = any_world, any_world.clock.now()
    first = world.in_force.policy.version
    processes = [InForce(TEXT) for _ in range(6)]
    threads = [
        threading.Thread(target=process.note, args=(world.store,), kwargs={"now": now})
        for process in processes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        process.renew(TIGHTER)
        process.note(world.store, now=now)
        process.note(world.store, now=now)
    second = processes[0].policy.version
    assert [(entry["subject"], entry["details"]) for entry in told(world)] == [
        (first, {"before": ""}),
        (second, {"before": first}),
    ]
    with world.store.reading() as tx:
        kept = {each.version: each.text for each in tx.policies.all()}
    assert kept == {first: TEXT, second: TIGHTER}
    assert world.chain_holds()


def test_what_came_back_is_told_again(world: World) -> None:
    for days, text in enumerate((TEXT, TIGHTER, TEXT)):
        world.clock.moves(days=days)
        world.in_force.renew(text)
        world.in_force.note(world.store, now=world.clock.now())
    assert len(told(world)) == 3
    with world.store.reading() as tx:
        current = tx.policies.current()
        assert current
        assert current.version == world.in_force.policy.version
        assert current.first_seen_at < current.in_force_at
        assert len(tx.policies.all()) == 2


def test_nothing_is_decided_by_a_policy_whose_text_is_not_kept(world: World) -> None:
    request = world.asks("l1", "refund", amount="5.00")
    with world.store.reading() as tx:
        kept = tx.policies.get(request.decision.policy_version)
    assert kept
    assert kept.text == TEXT


def test_what_a_request_was_decided_by_can_be_printed_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(world.store.engine.url))
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["policy", *arguments])

    assert "No policy has decided here yet." in run("versions").output
    version = world.asks("l1", "refund", amount="5.00").decision.policy_version
    world.in_force.renew(TIGHTER)
    world.asks("l1", "refund", amount="6.00", key="b")
    listed = run("versions").output.splitlines()
    assert [line.split()[0] for line in listed] == [world.in_force.policy.version, version]
    assert "in force since 2026-" in listed[1]
    assert f"- Policy version {version}" in run("show", "--version", version).output
    assert run("show", "--version", version, "--format", "toml").output.strip() == TEXT.strip()
    unknown = run("show", "--version", "0" * 16)
    assert unknown.exit_code == 1
    assert "was in force here; see `policy versions`." in unknown.output
