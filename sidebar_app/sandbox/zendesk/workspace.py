"""The agent workspace in the browser, the stand-in of the app framework's SDK, and attachment downloads."""

import base64
import html
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.zendesk import control
from sidebar_app.sandbox.zendesk.desk import FILE, Desk
from sidebar_app.sandbox.zendesk.errors import invalid, not_found

PAGE = Path(__file__).parent / "page"


def blueprint(desk: Desk, installed: control.Installed) -> Blueprint:
    routes = Blueprint("zendesk_workspace", __name__)
    _add_pages(routes, desk, installed)
    _add_files(routes, desk)
    return routes


def _add_pages(routes: Blueprint, desk: Desk, installed: control.Installed) -> None:
    @routes.get("/")
    @routes.get("/agent/")
    def start() -> BaseResponse:
        query = request.query_string.decode()
        return redirect("/agent/tickets" + (f"?{query}" if query else ""))

    @routes.get("/agent/tickets")
    def tickets() -> Response:
        return _page(installed)

    @routes.get("/agent/apps/billing")
    def console() -> Response:
        return _page(installed)

    @routes.get("/agent/tickets/<int:id>")
    def ticket(id: int) -> Response:
        """Opening a seeded ticket delivers the events that were held back, so that one sees what they cause."""
        desk.ticket(id)
        control.announce_waiting(desk, id)
        return _page(installed)


def _page(installed: control.Installed) -> Response:
    """One page for all views; it finds out by its address which one it is."""
    text = (PAGE / "workspace.html").read_text(encoding="utf-8")
    facts = {
        "app-url": installed.url,
        "app-id": str(installed.app_id),
        "installation-id": str(installed.installation_id),
        "subdomain": cast.ZENDESK_SUBDOMAIN,
    }
    attributes = " ".join(f'data-{name}="{html.escape(value)}"' for name, value in facts.items())
    response = Response(text.replace("data-facts", attributes), content_type="text/html; charset=utf-8")
    app = "{0.scheme}://{0.netloc}".format(urlsplit(installed.url))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        f"frame-src {app}; form-action 'self' {app}; base-uri 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_files(routes: Blueprint, desk: Desk) -> None:
    @routes.get("/page/<path:name>")
    def part(name: str) -> Response:
        return send_from_directory(PAGE, name, max_age=0)

    @routes.get("/zaf_sdk.min.js")
    def sdk() -> Response:
        return send_from_directory(PAGE, "zaf_sdk.js", max_age=0)

    @routes.get("/attachments/token/<token>/")
    def attachment(token: str) -> BaseResponse:
        """Sends on to the host that keeps the files, as Zendesk does; here another name of this machine."""
        if desk.documents.get(FILE, token) is None:
            raise not_found()
        other = "localhost" if request.host.startswith("127.") else "127.0.0.1"
        port = request.host.rpartition(":")[2]
        return redirect(f"{request.scheme}://{other}:{port}/stored/{token}")

    @routes.get("/stored/<token>")
    def stored(token: str) -> Response:
        """Whoever shows a token of the helpdesk's API to this host has given it away."""
        file = desk.documents.get(FILE, token)
        if file is None:
            raise not_found()
        if "Authorization" in request.headers:
            raise invalid("authorization", "Authorization: is not for this host")
        response = Response(base64.b64decode(file["content"]), content_type=file["type"])
        response.headers["Content-Disposition"] = "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
