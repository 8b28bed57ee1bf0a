"""A mailbox: an SMTP server on loopback that keeps everything, and pages to read it."""

import asyncio
import html
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request

from sidebar_app.sandbox.kit import Documents, Fault, Faults, Json

KIND = "mail"
_MOST_BYTES = 5_000_000


class MailServer:
    """SMTP on 127.0.0.1:`port` (0: any free one); `with MailServer(documents) as server: server.port`.

    Faults with method SMTP apply, their path matching the recipient: kind `status` answers the message with
    `value` (451 refuses it for now, 550 for good), `latency` waits `value` milliseconds first.
    """

    def __init__(
        self,
        documents: Documents,
        port: int = 0,
        *,
        faults: Faults | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keeper = _Keeper(documents, faults or Faults(), clock)
        self._controller = _Loopback(
            self._keeper, hostname="127.0.0.1", port=port, data_size_limit=_MOST_BYTES
        )

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._controller.bound_port

    def start(self) -> "MailServer":
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()

    def __enter__(self) -> "MailServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Loopback(Controller):
    @property
    def bound_port(self) -> int:
        server: Any = self.server
        return int(server.sockets[0].getsockname()[1])

    def _trigger_server(self) -> None:
        """The base class connects to the port it was given, which for 0 is not the port it has."""
        self.port = self.bound_port
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Keeper:
    def __init__(self, documents: Documents, faults: Faults, clock: Callable[[], float]) -> None:
        self._documents, self._faults, self._clock = documents, faults, clock

    # The method names are aiosmtpd's.
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        for fault in self._faults.take("SMTP", " ".join(envelope.rcpt_tos)):
            if refusal := await _suffered(fault):
                return refusal
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        number = self._documents.next_number("mail")
        self._documents.put(KIND, number, _kept(number, message, envelope, self._clock()))
        return "250 Message accepted for delivery"


async def _suffered(fault: Fault) -> str | None:
    if fault.kind == "latency":
        await asyncio.sleep(fault.value / 1000)
    if fault.kind == "status":
        return f"{fault.value} sandbox fault"
    return None


def _kept(number: int, message: EmailMessage, envelope: Envelope, received: float) -> Json:
    return {
        "id": number,
        "received": received,
        "message_id": str(message["Message-ID"] or "").strip(),
        "from": str(message["From"] or envelope.mail_from or ""),
        "to": list(envelope.rcpt_tos),
        "subject": str(message["Subject"] or ""),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
    }


def _body(message: EmailMessage, kind: str) -> str:
    part: Any = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def create_app(documents: Documents, faults: Faults | None = None) -> Flask:
    """Inbox at `/`, one message at `/messages/{id}`, JSON at `/api/messages[?to=]` (newest last)."""
    app = Flask(__name__, static_folder=None, template_folder="mail_page")
    app.add_template_filter(_clock, "clock")
    (faults or Faults()).install(app)
    app.register_blueprint(_pages(documents))
    app.register_blueprint(_api(documents))
    return app


def _pages(documents: Documents) -> Blueprint:
    routes = Blueprint("mail_pages", __name__)

    @routes.get("/")
    def inbox() -> str:
        return render_template("inbox.html", messages=documents.all(KIND)[::-1], theme=_theme())

    @routes.get("/messages/<int:id>")
    def message(id: int) -> str:
        found = documents.get(KIND, id) or abort(404)
        shown = request.args.get("show") or ("html" if found["html"] else "text")
        return render_template("message.html", message=found, shown=shown, theme=_theme())

    @routes.get("/messages/<int:id>/body")
    def body(id: int) -> Response:
        """The HTML part as sent, for a frame: nothing in it may run or load."""
        found = documents.get(KIND, id) or abort(404)
        response = Response(found["html"] or f"<pre>{html.escape(found['text'])}</pre>")
        response.headers["Content-Security-Policy"] = (
            "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        )
        return response

    return routes


def _api(documents: Documents) -> Blueprint:
    routes = Blueprint("mail_api", __name__, url_prefix="/api/messages")

    @routes.get("")
    def messages() -> Response:
        wanted = request.args.get("to")
        kept = documents.all(KIND)
        return jsonify([m for m in kept if wanted is None or wanted in m["to"]])

    @routes.delete("")
    def clear() -> tuple[str, int]:
        for kept in documents.all(KIND):
            documents.delete(KIND, kept["id"])
        return "", 204

    return routes


def _clock(received: float) -> str:
    return datetime.fromtimestamp(received, UTC).strftime("%b %d, %H:%M UTC")


def _theme() -> str:
    return request.args.get("scheme", "")
