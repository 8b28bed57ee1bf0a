"""An agent asks for more than they may give; a manager approves in Slack; it runs once and everybody is told."""

import os
import signal
import sqlite3
import time

from tests.journeys.conftest import Workspace, eventually


def test_a_refund_over_the_limit_is_approved_in_slack_and_runs_once(workspace: Workspace) -> None:
    panel = workspace.panel("l1", 1001)
    assert "Enterprise Pro" in panel.html
    asked = panel.refunds("1450.00", key="journey-1")
    assert asked.status_code == 202, asked.text
    request_id = asked.json()["id"]
    assert panel.refunds("1450.00", key="journey-1").json()["id"] == request_id

    card = workspace.card(request_id)
    workspace.clicks("l2", card, "Approve")
    assert "decided by: manager" in eventually(lambda: workspace.whispers("l2"))
    workspace.clicks("manager", card, "Approve")
    done = panel.becomes(request_id, "succeeded")
    assert [s["state"] for s in done["steps"]] == ["done"] * len(done["steps"])

    (refund,) = workspace.refunds(request_id)
    assert (refund["amount"], refund["currency"]) == (145_000, "usd")
    eventually(lambda: [c for c in workspace.comments(1001) if "Done: Refund $1,450.00" in c["plain_body"]])
    note = next(c for c in workspace.comments(1001) if "Done: Refund" in c["plain_body"])
    assert note["public"] is False
    mail = eventually(lambda: workspace.mails("billing@acme.example"))[0]
    assert mail["subject"] == "Your refund of $1,450.00"
    eventually(lambda: "actions" not in {b["type"] for b in workspace.card(request_id)["blocks"]})
    eventually(lambda: "$1,450.00 refunded" in workspace.panel("l1", 1001).html)


def test_a_credit_over_500_needs_a_specialist_and_then_a_vp(workspace: Workspace) -> None:
    panel = workspace.panel("l2", 1003)
    asked = panel.credits("500.01", key="journey-2")
    assert asked.status_code == 202, asked.text
    request_id = asked.json()["id"]
    card = workspace.card(request_id)
    workspace.clicks("vp", card, "Approve")
    assert "billing specialist" in eventually(lambda: workspace.whispers("vp"))
    workspace.clicks("specialist", card, "Approve")
    eventually(lambda: "VP" in str(panel.request(request_id)["steps"]))
    card = eventually(
        lambda: next(
            (m for m in workspace.messages("approvals") if m["ts"] == card["ts"] and "2 of 2" in str(m)), None
        )
    )
    workspace.clicks("vp", card, "Approve")
    panel.becomes(request_id, "succeeded")


def test_a_small_credit_runs_at_once(workspace: Workspace) -> None:
    panel = workspace.panel("l2", 1011)
    asked = panel.credits("25.00", key="journey-3")
    panel.becomes(asked.json()["id"], "succeeded")
    assert panel.credits("25.00", key="journey-3").status_code == 201


def test_a_worker_killed_while_stripe_answers_refunds_once(workspace: Workspace) -> None:
    panel = workspace.panel("manager", 1001)
    workspace.fault("stripe", kind="latency", path="/v1/refunds", method="POST", value=3000)
    request_id = panel.refunds("10.00", key="journey-4", payment=1).json()["id"]
    panel.becomes(request_id, "executing")
    time.sleep(0.3)
    (worker,) = workspace.pids("worker")
    os.kill(worker, signal.SIGKILL)
    panel.becomes(request_id, "succeeded", within_seconds=60)
    assert len(workspace.refunds(request_id)) == 1
    assert workspace.pids("worker") != [worker]


def test_the_audit_log_verifies_and_notices_an_edited_row(workspace: Workspace) -> None:
    found = workspace.command("audit", "verify")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "VERIFIED" in found.stdout
    copy = workspace.folder.parent / "edited.db"
    with sqlite3.connect(workspace.folder / "billing.db") as source, sqlite3.connect(copy) as target:
        source.backup(target)
        target.execute("UPDATE audit_log SET canonical = replace(canonical, 'a', 'b') WHERE seq = 2")
    target.close()
    source.close()
    tampered = workspace.command("audit", "verify", DATABASE_URL=f"sqlite:///{copy}")
    assert tampered.returncode == 1
    assert "sequence number 2" in tampered.stdout
