"""The whole service as `bin/run` starts it: real processes, real SDKs, sandboxes in place of the vendors."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.world import ROOT

_READY_WITHIN_SECONDS = 60


@dataclass
class Workspace:
    """A running preview workspace, driven like its people would."""

    base: str
    zendesk: str
    slack: str
    stripe: str
    mail: str
    folder: Path
    process: subprocess.Popen[bytes]

    def panel(self, agent: str, ticket: int) -> "Panel":
        page = self.opens(agent, ticket)
        assert page.status_code == 200, page.text
        token = re.search(r'name="panel-token" content="([^"]+)"', page.text)
        assert token
        return Panel(self, ticket, token[1], page.text)

    def opens(self, agent: str, ticket: int, location: str = "ticket_sidebar") -> requests.Response:
        path = {"ticket_sidebar": "sidebar", "nav_bar": "console"}[location]
        return requests.post(
            f"{self.base}/zendesk/{path}",
            params={"origin": self.zendesk, "app_guid": "g1"},
            data={"token": self.token(agent, ticket, location)},
            timeout=30,
        )

    def token(self, agent: str, ticket: int | None, location: str = "ticket_sidebar") -> str:
        asked = ["--agent", agent, "--location", location, *(["--ticket", str(ticket)] if ticket else [])]
        return self.command("sandbox", "sign", *asked).stdout.strip()

    def command(self, *arguments: str, input: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
        """`sidebar-app …` with the workspace's own settings, some of them changed."""
        lines = (self.folder / "run.env").read_text().splitlines()
        settings = dict(line.split("=", 1) for line in lines if "=" in line)
        return subprocess.run(
            [sys.executable, "-m", "sidebar_app", *arguments],
            env={**os.environ, **settings, **changed}, cwd=ROOT,
            input=input, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def card(self, request_id: str) -> dict[str, Any]:
        """The approval card of a request, once it is there."""
        return eventually(
            lambda: next((m for m in self.messages("approvals") if request_id in json.dumps(m)), None)
        )

    def messages(self, channel: str) -> list[dict[str, Any]]:
        found = requests.get(
            f"{self.slack}/_sandbox/messages", params={"channel": channel}, timeout=10
        ).json()
        return list(found["messages"] if isinstance(found, dict) else found)

    def clicks(self, who: str, card: dict[str, Any], button: str) -> dict[str, Any]:
        buttons = [e for b in card["blocks"] if b["type"] == "actions" for e in b["elements"]]
        action_id = next(e["action_id"] for e in buttons if button in e["text"]["text"])
        told = {"as": who, "channel": "approvals", "ts": card["ts"], "action_id": action_id}
        answer: dict[str, Any] = requests.post(f"{self.slack}/_sandbox/click", json=told, timeout=30).json()
        return answer

    def whispers(self, who: str) -> str:
        return requests.get(f"{self.slack}/_sandbox/ephemerals", params={"as": who}, timeout=10).text

    def comments(self, ticket: int) -> list[dict[str, Any]]:
        found = requests.get(
            f"{self.zendesk}/api/v2/tickets/{ticket}/comments.json",
            headers={"Authorization": "Bearer sandbox-zendesk-token"},
            timeout=10,
        ).json()
        return list(found["comments"])

    def transcript(self, ticket: int) -> str:
        """All that was said in the chats of a ticket."""
        found = requests.get(
            f"{self.zendesk}/api/v2/tickets/{ticket}/audits.json",
            headers={"Authorization": "Bearer sandbox-zendesk-token"},
            timeout=10,
        ).json()
        events = [event for audit in found["audits"] for event in audit["events"]]
        chats = [event["value"] for event in events if event["type"] == "ChatStartedEvent"]
        return "\n".join(said.get("message", "") for chat in chats for said in chat["history"])

    def mails(self, to: str) -> list[dict[str, Any]]:
        found = requests.get(f"{self.mail}/api/messages", params={"to": to}, timeout=10).json()
        return list(found["messages"] if isinstance(found, dict) else found)

    def refunds(self, request_id: str) -> list[dict[str, Any]]:
        """What Stripe did for this request."""
        found = requests.get(
            f"{self.stripe}/v1/refunds", params={"limit": 100}, auth=("sk_test_sandbox", ""), timeout=10
        ).json()
        return [r for r in found["data"] if r["metadata"].get("request_id") == request_id]

    def fault(self, sandbox: str, **fault: Any) -> None:
        requests.post(f"{getattr(self, sandbox)}/_sandbox/faults", json=fault, timeout=10).raise_for_status()

    def pids(self, command: str) -> list[int]:
        """The processes of this workspace that run a command such as `worker`."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                line = (entry / "cmdline").read_bytes().split(b"\0")
                environ = (entry / "environ").read_bytes()
            except OSError:
                continue
            if command.encode() in line and self.base.encode() in environ:
                found.append(int(entry.name))
        return found


@dataclass
class Panel:
    workspace: Workspace
    ticket: int
    token: str
    html: str

    def call(self, method: str, path: str, key: str = "", **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **({"Idempotency-Key": key} if key else {})}
        return requests.request(
            method, f"{self.workspace.base}/api/v1{path}", headers=headers, timeout=30, **kwargs
        )

    def view(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/tickets/{self.ticket}/billing").json()
        return found

    def refunds(self, amount: str, *, key: str, payment: int = 0) -> requests.Response:
        """Asks for a refund of the n-th payment of the form, as the panel's script would."""
        view = self.view()
        form = next(f for f in view["forms"] if f["action"] == "refund")
        option = next(f for f in form["fields"] if f["name"] == "payment")["options"][payment]
        seen = {"customer": view["customer"], **option["seen"]}
        params = {
            "payment": option["value"],
            "amount": amount,
            "reason": "service_outage",
            "note": "promised",
        }
        body = {"ticket": self.ticket, "action": "refund", "params": params, "seen": seen}
        return self.call("POST", "/requests", key, json=body)

    def credits(self, amount: str, *, key: str, credit: str = "0.00") -> requests.Response:
        seen = {"customer": self.view()["customer"], "credit": credit, "currency": "USD"}
        params = {"amount": amount, "currency": "USD", "reason": "goodwill", "note": ""}
        body = {"ticket": self.ticket, "action": "credit", "params": params, "seen": seen}
        return self.call("POST", "/requests", key, json=body)

    def request(self, request_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/requests/{request_id}").json()
        return found

    def becomes(self, request_id: str, state: str, *, within_seconds: float = 20) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = self.request(request_id)
            return found if found["state"] == state else None

        return eventually(look, within_seconds=within_seconds)


def eventually(look: Callable[[], Any], *, within_seconds: float = 20) -> Any:
    """What `look` answers once it is true."""
    end = time.monotonic() + within_seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    pytest.fail(f"did not happen within {within_seconds} s")


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    with running() as started:
        yield started


@contextmanager
def running(**environ: str) -> Iterator[Workspace]:
    """A workspace of its own, with more in its environment."""
    with tempfile.TemporaryDirectory(prefix="workspace-") as parent:
        folder, port = Path(parent) / "var", _free_port()
        log = (Path(parent) / "up.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "sidebar_app", "up", "--data", str(folder), "--port", str(port)],
            cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
            env={k: v for k, v in os.environ.items() if k != "REDIS_URL"} | environ,
        )  # fmt: skip
        try:
            yield _ready(process, port, folder, Path(log.name))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            log.close()


def _ready(process: subprocess.Popen[bytes], port: int, folder: Path, log: Path) -> Workspace:
    base = f"http://127.0.0.1:{port}"

    def look() -> dict[str, str] | None:
        assert process.poll() is None, log.read_text()
        if "is ready" not in log.read_text():
            return None
        found: dict[str, str] = requests.get(f"{base}/readyz", timeout=5).json()["sandboxes"]
        return found

    boxes = eventually(look, within_seconds=_READY_WITHIN_SECONDS)
    return Workspace(base, boxes["zendesk"], boxes["slack"], boxes["stripe"], boxes["mail"], folder, process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
