"""The panel's HTTP contract, played by a small server whose answers a test decides."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sidebar_app.domain.context import BillingContext, RequestHistory
from sidebar_app.domain.lifecycle import State
from sidebar_app.web.view_model import panel_view, request_view
from tests.fakes.contexts import NOW, acme, request
from tests.fakes.pages import WIDGETS, draw

# What web/app.py sends.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'"
)
TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html"}
PREVIEW = {
    "action": "refund",
    "verdict": "needs_approval",
    "summary": "Refund $1,450.00 to Visa ···· 4242",
    "sentence": "Refunds are a manager's decision.",
    "reason": "Refunds are a manager's decision.",
    "next_step": "",
    "steps": [{"role": "manager", "name": "manager", "quorum": 1}],
    "rules": ["refund-by-agent"],
    "policy_version": "2026-01",
    "money": {"amount": "1450.00", "currency": "USD", "display": "$1,450.00"},
    "due_at": "2026-01-11T14:05:00+00:00",
    "why": {
        "rules": [
            {
                "rule": "refund-by-agent",
                "sentence": "Refunds by agents are a manager's decision.",
                "answer": "needs a manager",
                "decides": True,
            }
        ],
        "caps": [],
        "ways": ["A manager or a billing specialist could do this at once."],
        "approvers": [
            {"role": "manager", "name": "manager", "quorum": 1, "people": ["Manager", "Manager 2"]}
        ],
    },
    "obstacle": None,
}


def problem(status: int, slug: str, detail: str, **more: Any) -> tuple[int, dict[str, Any]]:
    return status, {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": detail, **more}


@dataclass
class Call:
    method: str
    path: str
    key: str
    body: Any


@dataclass
class Script:
    """What the server knows. `faults` are taken one per submission: "" · "cut" (after it was recorded) ·
    "mute" (cut before) · "hang" (no answer at all) · a (status, problem) pair. `gone` answers everything with 401."""

    context: BillingContext = field(default_factory=acme)
    version: str = "v1"
    preview: Any = field(default_factory=lambda: (200, PREVIEW))
    faults: list[Any] = field(default_factory=list)
    gone: bool = False
    sdk: str = ""
    page: str = "panel/page.html"
    calls: list[Call] = field(default_factory=list)
    recorded: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def sent(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def shows(self, context: BillingContext) -> None:
        """Something changed; the pulse tells it."""
        self.context, self.version = context, self.version + "+"

    def fragment(self) -> str:
        view = panel_view(self.context)
        return draw("panel/_main.html", view=view, ticket_id=1001, version=self.version, token="t")

    def whole(self) -> str:
        view = panel_view(self.context)
        return draw(self.page, view=view, ticket_id=1001, token="t", sdk_url="/sdk.js", version=self.version)

    def record(self, call: Call) -> dict[str, Any]:
        """Once for each key, as the real one."""
        if call.key not in self.recorded:
            asked = request(id=f"req_{len(self.recorded) + 1}", created_at=NOW, action=call.body["action"])
            history = RequestHistory(asked)
            view = request_view(history, viewer="l1", now=NOW)
            self.recorded[call.key] = json.loads(json.dumps(view, default=lambda v: {
                name: getattr(v, name) for name in v.__dataclass_fields__
            }))  # fmt: skip
            self.shows(replace(self.context, history=(history, *self.context.history)))
        return dict(self.recorded[call.key])

    def withdraw(self) -> dict[str, Any]:
        history = RequestHistory(request(State.WITHDRAWN))
        self.shows(replace(self.context, history=(history,)))
        return {"id": "req_1", "title": "Refund $480.00", "status_text": "withdrawn", "steps": []}


class Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/":
            return self._send(200, self.script.whole(), "html")
        if url.path == "/sdk.js":
            return self._send(200, self.script.sdk, "js")
        if url.path.startswith("/static/"):
            file = WIDGETS / url.path.removeprefix("/")
            return (
                self._send(200, file.read_text(), file.suffix[1:])
                if file.is_file()
                else self._send(404, "", "html")
            )
        if not url.path.startswith("/api/"):
            return self._send(404, "", "html")
        return self._api(Call("GET", url.path, "", parse_qs(url.query)))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "null")
        return self._api(Call("POST", self.path, self.headers.get("Idempotency-Key", ""), body))

    def _api(self, call: Call) -> None:
        assert self.headers["Authorization"] == "Bearer t"
        with self.script.lock:
            self.script.calls.append(call)
            hangs = call.path == "/api/v1/requests" and self.script.faults[:1] == ["hang"]
            answer = None if hangs and self.script.faults.pop(0) else self._answer(call)
        if hangs:
            self.script.over.wait()
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        self._send(answer[0], json.dumps(answer[1]), "json")

    def _answer(self, call: Call) -> tuple[int, Any] | None:
        script = self.script
        if script.gone:
            return problem(401, "session-ended", "This page has been open for more than 30 minutes.",
                           next_step="Reload the page.")  # fmt: skip
        match call.path.rsplit("/", 1)[-1]:
            case "pulse":
                return 200, {"version": script.version, "busy": False}
            case "panel" if call.method == "POST":
                return 200, {"token": "t", "html": script.fragment()}
            case "panel":
                return 200, {"html": script.fragment(), "version": script.version}
            case "preview":
                return tuple(script.preview)  # type: ignore[return-value]
            case "withdraw":
                return 200, script.withdraw()
            case "requests":
                return self._submit(call)
        return 404, {}

    def _submit(self, call: Call) -> tuple[int, Any] | None:
        fault = self.script.faults.pop(0) if self.script.faults else ""
        if isinstance(fault, tuple):
            return fault
        if fault == "mute":
            return None
        recorded = self.script.record(call)
        return None if fault == "cut" else (202, recorded)

    def _send(self, status: int, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{TYPES.get(kind, 'application/json')}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that is closed hangs up in the middle of an answer: nothing to tell."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """The address of a server that follows the script."""
    server = _Server(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": script}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        script.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
