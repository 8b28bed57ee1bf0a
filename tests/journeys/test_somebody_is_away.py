"""The manager is on holiday: the VP stands in, and everybody can read it. And somebody new in Slack is linked."""

import re
from pathlib import Path

from tests.fakes.world import ROOT
from tests.journeys.conftest import Workspace, eventually

SYSTEMS = ("database", "redis", "stripe", "zendesk", "slack", "people")


def test_the_vp_approves_for_the_manager_who_is_away(workspace: Workspace) -> None:
    made = workspace.command(
        "people", "delegate", "manager", "--to", "vp", "--from", "2020-01-01", "--until", "2099-01-01", "--by", "Admin"
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    asked = workspace.panel("l1", 1001).refunds("101.00", key="somebody-is-away")
    assert asked.status_code == 202, asked.text
    request_id = asked.json()["id"]
    card = workspace.card(request_id)
    workspace.clicks("vp", card, "Approve")
    panel = workspace.panel("l1", 1001)
    found = panel.becomes(request_id, "succeeded")
    assert any("Approved by VP for Manager" in step["text"] for step in found["steps"])
    assert eventually(
        lambda: any("Approved by VP for Manager" in c["html_body"] for c in workspace.comments(1001))
    )
    assert eventually(lambda: "VP for Manager" in workspace.card(request_id)["text"])
    assert len(workspace.refunds(request_id)) == 1
    ended = workspace.command("people", "end-delegation", made.stdout.partition(":")[0], "--by", "Admin")
    assert ended.returncode == 0, ended.stderr
    assert workspace.command("audit", "verify").returncode == 0


def test_somebody_new_in_slack_decides_once_an_administrator_confirmed_them(
    workspace: Workspace, tmp_path: Path
) -> None:
    unlinked = tmp_path / "people.toml"
    text = (ROOT / "sidebar_app" / "sandbox" / "people.toml").read_text()
    account = 'slack_team = "T0SANDBOX"\nslack_user = "U0MANAGER2"\n'
    unlinked.write_text(text.replace(account, ""))
    done = workspace.command("people", "sync", "--by", "Admin", PEOPLE_FILE=str(unlinked))
    assert done.stdout == "manager2: slack changed, manager\n"

    request_id = workspace.panel("l1", 1001).refunds("102.00", key="somebody-new").json()["id"]
    card = workspace.card(request_id)
    workspace.clicks("manager2", card, "Approve")
    told = "you are Second manager; an administrator has to confirm it"
    assert eventually(lambda: told in workspace.whispers("manager2"))
    page = workspace.opens("admin", 1001, "nav_bar").text
    assert re.search(r"Confirm<span[^>]*> that U0MANAGER2 is Second manager", page)
    assert workspace.command("people", "confirm", "manager2", "--by", "Admin").returncode == 0
    workspace.clicks("manager2", card, "Approve")
    workspace.panel("l1", 1001).becomes(request_id, "succeeded")
    assert "link to Slack removed" in workspace.command("people", "sync", "--by", "Admin").stdout


def test_selftest_finds_every_system_and_enough_people(workspace: Workspace) -> None:
    told = workspace.command("selftest")
    lines = dict(line.split(maxsplit=1) for line in told.stdout.splitlines())
    assert {name: lines.get(name) for name in SYSTEMS} == dict.fromkeys(SYSTEMS, "ok"), told.stdout
    assert told.returncode == 0
    assert workspace.command("people", "suspend", "vp", "--by", "Admin").returncode == 0
    told = workspace.command("selftest")
    assert "people       The policy needs 1 person in the role vp; there are 0." in told.stdout
    assert told.returncode == 1
    assert workspace.command("people", "reinstate", "vp", "--by", "Admin").returncode == 0
