"""The sandbox Slack as one Flask app."""

import time
from collections.abc import Callable

from flask import Flask, Response, jsonify, request

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Faults
from sidebar_app.sandbox.slack import control, web_api
from sidebar_app.sandbox.slack.interactions import Interactions
from sidebar_app.sandbox.slack.seed import seed
from sidebar_app.sandbox.slack.workspace import Workspace

# How Slack names what the fault switch does (docs.slack.dev/apis/web-api/rate-limits and the method pages).
_FAULT_NAMES = {429: "ratelimited", 500: "internal_error", 503: "service_unavailable"}


def create_app(
    documents: Documents,
    faults: Faults,
    *,
    interactivity_url: str | None,
    signing_secret: str = cast.SLACK_SIGNING_SECRET,
    clock: Callable[[], float] = time.time,
    answer_within_seconds: float = 3.0,
) -> Flask:
    """The whole Slack: Web API under /api, channel pages at /, controls under /_sandbox.

    Clicks are sent to `interactivity_url`, signed with `signing_secret`; an app that does not answer
    within `answer_within_seconds` (Slack: three) has failed in the eyes of its user.
    """
    seed(documents)
    workspace = Workspace(documents, clock)
    interactions = Interactions(workspace, interactivity_url, signing_secret, answer_within_seconds)
    app = Flask(__name__, static_folder=None)
    app.after_request(_as_slack_would_say)  # before the faults: after_request runs in reverse order
    faults.install(app)
    app.register_blueprint(web_api.blueprint(workspace, cast.SLACK_BOT_TOKEN))
    app.register_blueprint(control.blueprint(workspace, interactions))
    return app


def _as_slack_would_say(response: Response) -> Response:
    """Injected refusals of the Web API get Slack's body."""
    if request.path.startswith("/api/") and response.status_code >= 400:
        named = _FAULT_NAMES.get(response.status_code, "fatal_error")
        response.set_data(jsonify({"ok": False, "error": named}).get_data())
        response.content_type = "application/json"
    return response
