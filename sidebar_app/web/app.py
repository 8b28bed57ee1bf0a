"""The Flask application."""

import time
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import NotFound

from sidebar_app.web import (
    api,
    console,
    health,
    metrics,
    pages,
    preview,
    problems,
    slack,
    static,
    webhooks,
)
from sidebar_app.web.parts import Parts

_LARGEST_BODY_BYTES = 256 * 1024
_HTML = ("pages.", "console.", "preview.")


def create_app(parts: Parts) -> Flask:
    """Every route of DESIGN §4.2."""
    app = Flask(__name__, template_folder=str(parts.widgets / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY_BYTES
    app.config["TRAP_HTTP_EXCEPTIONS"] = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["CONTENT_SECURITY_POLICY"] = _policy(parts)
    app.extensions["parts"] = parts
    app.extensions["addresses"] = app.jinja_env.globals["static"] = static.Addresses(parts.widgets / "static")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (pages, api, slack, webhooks, health, static):
        app.register_blueprint(module.blueprint)
    for blueprint in console.blueprints:
        app.register_blueprint(blueprint)
    if parts.preview:
        app.register_blueprint(preview.blueprint)
    app.before_request(_start)
    app.after_request(_finish)
    app.register_error_handler(Exception, _error)
    return app


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    spent = time.perf_counter() - g.get("started", time.perf_counter())
    metrics.observe(request.endpoint or "none", response.status_code, spent)
    response.headers["Server-Timing"] = f"app;dur={spent * 1000:.2f}"
    response.headers["Content-Security-Policy"] = current_app.config["CONTENT_SECURITY_POLICY"]
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def _policy(parts: Parts) -> str:
    sdk = urlsplit(parts.sdk_url)
    frames = ["frame-src", *_preview_origins(parts)] if parts.preview else ["frame-src", "'none'"]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {sdk.scheme}://{sdk.netloc}",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            " ".join(frames),
            " ".join(("frame-ancestors", *(parts.frame_ancestors or ("'none'",)))),
        )
    )


def _preview_origins(parts: Parts) -> list[str]:
    shown = parts.preview
    urls = (shown.helpdesk, shown.chat, shown.mail, shown.billing) if shown else ()
    return ["{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in urls]


def _error(error: Exception) -> Response:
    """A page for people who look at pages, a problem document for programs."""
    problem = problems.problem_of(error)
    wants_page = (request.endpoint or "").startswith(_HTML) and not request.is_json
    if wants_page and not isinstance(error, NotFound):
        return pages.error_page(problem)
    return problem.response()
