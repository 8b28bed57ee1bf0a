"""What the web master does with its files at SIGHUP, before its workers are renewed."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from sidebar_app import bootstrap
from sidebar_app.commands.serve import Server
from sidebar_app.commands.supervise import preview
from sidebar_app.domain.people import Role
from sidebar_app.settings import Settings
from tests.fakes.world import POLICY, ROOT

PEOPLE = (ROOT / "sidebar_app/sandbox/people.toml").read_text()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    told = preview.settings(
        {},
        ports=preview.ports_of({}),
        folder=tmp_path,
        redis_url="redis://127.0.0.1:1",
        panel_secret="s" * 40,
    )
    policy, people = tmp_path / "policy.toml", tmp_path / "people.toml"
    policy.write_text(POLICY.read_text())
    people.write_text(PEOPLE)
    return replace(Settings.from_env(told), policy_file=policy, people_file=people)


@pytest.fixture
def server(settings: Settings) -> Server:
    return Server(settings, bootstrap.policy_in_force(settings), bootstrap.role_map(settings))


def test_good_files_are_taken_over(server: Server, settings: Settings) -> None:
    settings.people_file.write_text(PEOPLE.replace('"Billing L1" = "l1_agent"', '"Billing L1" = "l2_agent"'))
    assert server.roles.groups["Billing L1"] is Role.L1_AGENT
    server.reload()
    assert server.roles.groups["Billing L1"] is Role.L2_AGENT


@pytest.mark.parametrize("broken", ["[", PEOPLE.replace("l1_agent", "l1_agnet"), None])
def test_broken_ones_leave_the_last_good_ones(
    broken: str | None, server: Server, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    roles, version = server.roles, bootstrap.policy_in_force(settings).policy.version
    for file in (settings.people_file, settings.policy_file):
        file.write_text(broken) if broken else file.unlink()
    with caplog.at_level(logging.ERROR):
        server.reload()
    assert server.roles == roles
    told = caplog.text
    assert f"the policy file is broken; version {version} stays in force" in told
    assert "the people file is broken; the roles stay as they were" in told
    assert f"{settings.policy_file}:1: " in told
    assert f"{settings.people_file}: " in told
