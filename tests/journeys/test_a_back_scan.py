"""Old tickets are cleaned by the running workers, also when the command that feeds them is killed."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from tests.fakes.world import ROOT
from tests.journeys.conftest import Workspace, eventually

OLD = (901, 903, 905)
# Other journeys tell stories of the tickets of these days.
DAYS = ("--since", "2020-01-01", "--until", f"{datetime.now(UTC) - timedelta(days=60):%Y-%m-%d}")
CHAT, IN_CHAT = 906, "5105 1051 0510 5100"
NUMBERS = ("4242 4242 4242 4242", "3782-822463-10005", "6011 1111 1111 1117", "5555555555554444")


def texts(workspace: Workspace) -> str:
    return "".join(c["html_body"] for ticket in OLD for c in workspace.comments(ticket))


def files_of(workspace: Workspace, ticket: int) -> list[str]:
    return [file["file_name"] for comment in workspace.comments(ticket) for file in comment["attachments"]]


def test_a_dry_run_lists_and_a_killed_run_goes_on(workspace: Workspace) -> None:
    dry = workspace.command("backscan", *DAYS, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "#901  Visa ···· 4242  in a message" in dry.stdout
    assert "#903  American Express ···· 0005" in dry.stdout
    assert "#906  Mastercard ···· 5100  in a chat" in dry.stdout
    assert "to be redacted" in dry.stdout
    assert all(number in texts(workspace) for number in NUMBERS)

    lines = (workspace.folder / "run.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if "=" in line)
    workspace.fault("zendesk", kind="latency", path="/comments", value=400, times=6)
    feeding = subprocess.Popen(
        [sys.executable, "-m", "sidebar_app", "backscan", *DAYS, "--workers", "1"],
        env={**os.environ, **settings}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    eventually(lambda: NUMBERS[0] not in texts(workspace))
    feeding.send_signal(signal.SIGKILL)
    feeding.wait(timeout=10)

    resumed = workspace.command("backscan", "--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert "0 remaining" in resumed.stdout
    assert "0 tickets not scanned" in resumed.stdout
    assert not any(number in texts(workspace) for number in NUMBERS)
    assert IN_CHAT not in workspace.transcript(CHAT)
    assert "▇▇▇▇ ▇▇▇▇ ▇▇▇▇ 5100" in workspace.transcript(CHAT)
    assert "Back-scan since 01 Jan 2020" in eventually(
        lambda: (m := str(workspace.messages("security"))).count("Back-scan since") and m
    )
    assert files_of(workspace, 1013) == ["redacted.txt", "redacted.txt", "invoices.csv"]
    assert "2 removed, 0 remaining" in resumed.stdout
    nothing = workspace.command("backscan", "--resume")
    assert "nothing to resume" in nothing.stdout
