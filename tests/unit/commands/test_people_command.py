"""`sidebar-app people` as an operator uses it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sidebar_app.__main__ import main
from sidebar_app.adapters.store import SqlStore
from sidebar_app.commands.supervise import preview
from sidebar_app.sandbox.kit import Documents, Faults, Server
from sidebar_app.sandbox.slack import create_app, seed
from tests.fakes.world import ROOT


class Desk:
    """A prepared installation and its command line."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "people.toml"
        self.file.write_text((ROOT / "sidebar_app/sandbox/people.toml").read_text())
        self.database = f"sqlite:///{folder}/billing.db"
        self.env: dict[str, str | None] = {
            **preview.settings(
                {},
                ports=preview.ports_of({}),
                folder=folder,
                redis_url="redis://127.0.0.1:1",
                panel_secret="s" * 40,
            ),
            "PEOPLE_FILE": str(self.file),
            "POLICY_FILE": None,
        }

    def runs(self, *arguments: str) -> Result:
        result = CliRunner(env=self.env).invoke(main, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def people(self, *arguments: str) -> str:
        result = self.runs("people", *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def refuses(self, *arguments: str) -> str:
        result = self.runs("people", *arguments)
        assert result.exit_code != 0, result.output
        return result.output

    def log(self) -> list[dict[str, Any]]:
        """What stands in it about people; the preview's past has filled it with requests."""
        store = SqlStore(self.database)
        with store.reading() as tx:
            told = [json.loads(e.canonical) for e in tx.audit.entries()]
        store.close()
        return [entry for entry in told if entry["event"].startswith("people.")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    assert made.runs("migrate").exit_code == 0
    return made


@pytest.mark.parametrize(
    "command",
    [
        "",
        "list",
        "sync",
        "propose",
        "links",
        "confirm",
        "unlink",
        "suspend",
        "reinstate",
        "delegate",
        "delegations",
        "end-delegation",
    ],
)
def test_every_level_has_help(command: str) -> None:
    result = CliRunner().invoke(main, ["people", *command.split(), "--help"])
    assert result.output.startswith("Usage:")


def test_everybody_is_listed(desk: Desk) -> None:
    lines = desk.people("list").splitlines()
    assert lines[0].split() == ["PERSON", "NAME", "ROLES", "SLACK", "NOW"]
    row = next(line for line in lines if line.startswith("manager2"))
    assert re.split(r"\s{2,}", row) == ["manager2", "Second manager", "manager", "U0MANAGER2", "active"]


def test_the_first_taking_over_stands_in_the_log(desk: Desk) -> None:
    added = [(e["event"], e["actor"]) for e in desk.log()]
    assert set(added) == {("people.added", "system")}
    assert len(added) == len(desk.people("list").splitlines()) - 1


def test_sync_says_what_changed_and_who_did_it(desk: Desk) -> None:
    assert desk.people("sync") == "Nothing changed.\n"
    desk.file.write_text(desk.file.read_text().replace('roles = ["vp"]', 'roles = ["vp", "legal"]'))
    assert desk.people("sync", "--by", "Ada") == "vp: roles changed, VP, legal\n"
    assert (desk.log()[-1]["actor"], desk.log()[-1]["actor_name"]) == ("operator:Ada", "Ada")


def test_a_file_with_faults_changes_nothing_and_names_them_all(desk: Desk) -> None:
    before = desk.people("list")
    broken = (
        desk.file.read_text().replace('roles = ["vp"]', 'roles = ["boss"]').replace('id = "legal"', "id = 3")
    )
    desk.file.write_text(broken)
    told = desk.refuses("sync")
    assert "'boss' is not a role" in told
    assert "'id' must be a text" in told
    assert "'boss' is not a role" in desk.runs("migrate").output
    desk.file.write_text((ROOT / "sidebar_app/sandbox/people.toml").read_text())
    assert desk.people("list") == before


def test_a_suspension_survives_sync_and_is_lifted_by_hand_only(desk: Desk) -> None:
    assert "VP is suspended" in desk.people("suspend", "vp", "--by", "Ada")
    desk.people("sync")
    assert desk.runs("migrate").exit_code == 0
    assert next(line for line in desk.people("list").splitlines() if line.startswith("vp")).endswith(
        "suspended"
    )
    assert "suspended already" in desk.refuses("suspend", "vp")
    assert "no longer suspended" in desk.people("reinstate", "vp", "--by", "Ada")
    assert "not suspended here" in desk.refuses("reinstate", "vp")
    assert "Nobody here is called 'nobody'" in desk.refuses("suspend", "nobody")
    assert [e["event"] for e in desk.log() if e["actor_name"] == "Ada"] == [
        "people.suspended",
        "people.reinstated",
    ]


def test_an_absence_is_made_listed_and_ended(desk: Desk) -> None:
    made = desk.people(
        "delegate", "manager", "--to", "vp", "--from", "2099-12-01", "--until", "2099-12-07", "--by", "Ada"
    )
    assert "vp stands in for manager from 2099-12-01 00:00 UTC to 2099-12-08 00:00 UTC." in made
    delegation = made.partition(":")[0]
    assert delegation in desk.people("delegations")
    assert "no longer stands in" in desk.people("end-delegation", delegation, "--by", "Ada")
    assert "is no delegation that lasts" in desk.refuses("end-delegation", delegation)
    assert desk.people("delegations") == "Nobody stands in for anybody.\n"
    assert [e["event"] for e in desk.log()[-2:]] == ["people.delegated", "people.delegation_ended"]


def test_moments_may_name_another_time_zone(desk: Desk) -> None:
    made = desk.people(
        "delegate", "manager", "--to", "vp", "--from", "2099-12-01T18:00+02:00", "--until", "2099-12-02T09:30"
    )
    assert "from 2099-12-01 16:00 UTC to 2099-12-02 09:30 UTC" in made


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2020-01-01", "--until", "2020-01-02"), "This period is over already."),
        (("--from", "2099-01-03", "--until", "2099-01-01"), "ends before it begins"),
        (("--from", "soon", "--until", "2099-01-01"), "'soon' is no day"),
    ],
)
def test_a_period_that_cannot_be_is_said(desk: Desk, arguments: tuple[str, ...], words: str) -> None:
    assert words in desk.refuses("delegate", "manager", "--to", "vp", *arguments)


def test_who_acts_is_the_user_of_the_system_where_nobody_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    desk.people("suspend", "vp")
    assert desk.log()[-1]["actor"] == "operator:root"
    assert "the name is empty" in desk.refuses("suspend", "legal", "--by", " ")


def test_a_card_number_given_as_a_name_is_masked(desk: Desk) -> None:
    desk.people("suspend", "vp", "--by", "4111111111111111")
    assert "411111111111" not in json.dumps(desk.log())


# -- who is who in Slack -----------------------------------------------------------------------------


@pytest.fixture
def slack() -> Iterator[Documents]:
    """The sandbox Slack, spoken to with the real SDK."""
    documents = Documents()
    seed(documents)
    with Server(create_app(documents, Faults(), interactivity_url=None)) as server:
        documents.url = server.url  # type: ignore[attr-defined]
        yield documents
    documents.close()


@pytest.fixture
def unlinked(desk: Desk, slack: Documents) -> Desk:
    """Nobody's Slack account stands in the file."""
    desk.env["SLACK_BASE_URL"] = f"{slack.url}/api"  # type: ignore[attr-defined]
    desk.file.write_text(re.sub(r"(?m)^slack_.*\n", "", desk.file.read_text()))
    desk.people("sync", "--by", "Ada")
    return desk


def state(desk: Desk, person: str) -> list[str]:
    row = next(line for line in desk.people("list").splitlines() if line.startswith(f"{person} "))
    return re.split(r"\s{2,}", row)[3:]


def test_approvers_are_proposed_by_address_and_linked_once_confirmed(unlinked: Desk) -> None:
    proposed = unlinked.people("propose", "--by", "Ada").splitlines()
    assert proposed == [
        "legal: U0LEGAL is proposed.",
        "manager: U0MANAGER is proposed.",
        "manager2: U0MANAGER2 is proposed.",
        "specialist: U0SPECIALIST is proposed.",
        "vp: U0VP is proposed.",
    ]
    assert state(unlinked, "vp") == ["U0VP proposed", "active"]
    assert unlinked.people("confirm", "vp", "--by", "Ada") == "vp is U0VP in Slack now.\n"
    assert state(unlinked, "vp") == ["U0VP (confirmed by Ada)", "active"]
    unlinked.people("sync")
    assert state(unlinked, "vp") == ["U0VP (confirmed by Ada)", "active"]
    assert "not yet" in next(
        line for line in unlinked.people("links").splitlines() if line.startswith("legal")
    )
    assert "linked already" in unlinked.refuses("confirm", "vp")
    assert unlinked.people("unlink", "vp", "--by", "Ada") == "vp is no longer U0VP in Slack.\n"
    assert "no longer proposed to be U0LEGAL" in unlinked.people("unlink", "legal", "--by", "Ada")
    assert "No Slack account is proposed" in unlinked.refuses("confirm", "legal")
    assert "has no link" in unlinked.refuses("unlink", "legal")
    events = [(e["event"], e["subject"]) for e in unlinked.log() if "link_" in e["event"]]
    assert events[-3:] == [
        ("people.link_confirmed", "vp"), ("people.link_removed", "vp"), ("people.link_removed", "legal"),
    ]  # fmt: skip
    assert len(events) == 8


def test_a_guest_is_not_proposed_and_a_member_who_left_is_not_confirmed(
    unlinked: Desk, slack: Documents
) -> None:
    change(slack, "U0VP", is_restricted=True)
    assert "vp: No full member" in unlinked.people("propose")
    change(slack, "U0LEGAL", deleted=True)
    assert "no full member" in unlinked.refuses("confirm", "legal")


def test_slack_that_does_not_answer_is_said(unlinked: Desk) -> None:
    unlinked.env["SLACK_BASE_URL"] = "http://127.0.0.1:1/api"
    assert "Slack cannot be reached" in unlinked.refuses("propose")


def test_nobody_is_left_to_propose_where_the_file_names_everybody(desk: Desk) -> None:
    assert desk.people("propose") == "Everybody who approves is linked.\n"
    assert desk.people("links") == "No Slack account is proposed or was confirmed here.\n"
    assert "stands in the people file" in desk.refuses("unlink", "vp")


def change(slack: Documents, user: str, **flags: object) -> None:
    slack.put("slack_user", user, {**(slack.get("slack_user", user) or {}), **flags})
