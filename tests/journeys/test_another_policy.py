"""Compliance changes the policy of a running service; a slip of the pen changes nothing."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

from tests.fakes.world import POLICY
from tests.journeys.conftest import Panel, Workspace, eventually, running

TEXT = POLICY.read_text()
TIGHTER = TEXT.replace('below = "100"', 'below = "40"').replace('from = "100"', 'from = "40"')
BROKEN = TEXT.replace('below = "100"', 'below = "90"').replace('role = "legal"', 'role = "l1_agent"', 1)


def asked(panel: Panel) -> dict[str, Any]:
    seen = {"customer": panel.view()["customer"], "credit": "0.00", "currency": "USD"}
    params = {"amount": "45.00", "currency": "USD", "reason": "goodwill", "note": ""}
    body = {"ticket": panel.ticket, "action": "credit", "params": params, "seen": seen}
    found: dict[str, Any] = panel.call("POST", "/requests/preview", json=body).json()
    return found


def hang_up(workspace: Workspace) -> None:
    """The operator's `kill -HUP` to the web master, the worker and the clock."""
    web = workspace.pids("serve")
    master = next(pid for pid in web if _parent(pid) not in web)
    for pid in (master, *workspace.pids("worker"), *workspace.pids("clock")):
        os.kill(pid, signal.SIGHUP)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_a_good_file_is_taken_over_and_a_broken_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(TEXT)
    with running(POLICY_FILE=str(file)) as workspace:
        panel, log = workspace.panel("l2", 1001), workspace.folder.parent / "up.log"
        assert asked(panel)["verdict"] == "allow"
        processes = {pid for name in ("worker", "clock") for pid in workspace.pids(name)}

        file.write_text(TIGHTER)
        hang_up(workspace)
        eventually(lambda: asked(panel)["verdict"] == "needs_approval")
        eventually(lambda: log.read_text().count("is another: version") == 3)

        file.write_text(BROKEN)
        workers = set(workspace.pids("serve"))
        hang_up(workspace)
        eventually(lambda: log.read_text().count("stays in force") == 3)
        eventually(lambda: not workers <= set(workspace.pids("serve")))  # the master renewed its workers
        for _ in range(10):
            assert asked(panel)["verdict"] == "needs_approval"
        faults = [line for line in log.read_text().splitlines() if f"{file}:" in line]
        assert any("There is a gap" in line for line in faults)
        assert any("Nobody could fill this step" in line for line in faults)
        assert {pid for name in ("worker", "clock") for pid in workspace.pids(name)} == processes

        for command in ("serve", "worker"):
            refused = workspace.command(command, POLICY_FILE=str(file), PORT="1")
            assert refused.returncode == 2
            assert "There is a gap" in refused.stderr
            assert "Nobody could fill this step" in refused.stderr

        entries = [json.loads(line) for line in workspace.command("audit", "export").stdout.splitlines()]
        told = [entry["subject"] for entry in entries if entry["event"] == "policy.in_force"]
        listed = workspace.command("policy", "versions").stdout.splitlines()
        assert [line.split()[0] for line in listed] == told[::-1]
        assert len(told) == 2
        assert workspace.command("audit", "verify").returncode == 0


def test_a_change_is_tried_on_what_was_asked_before(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "tighter.toml").write_text(TIGHTER)
    told = workspace.command("policy", "simulate", str(tmp_path / "tighter.toml")).stdout
    assert "would be answered differently" in told
    assert re.search(r"Need approval: \d+ → \d+ \(\d+ more\)", told)
    assert re.search(r"L2 agent: credit .* in \d+ request", told)
