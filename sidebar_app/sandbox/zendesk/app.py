"""The sandbox Zendesk as one Flask app."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, jsonify, request

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.deliveries import Sender
from sidebar_app.sandbox.kit import Documents, Faults
from sidebar_app.sandbox.zendesk import api, api_exports, control, oauth, workspace
from sidebar_app.sandbox.zendesk.desk import Desk
from sidebar_app.sandbox.zendesk.errors import ApiError
from sidebar_app.sandbox.zendesk.webhooks import signed_headers


def system_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    documents: Documents,
    faults: Faults,
    *,
    app_url: str,
    webhook_url: str | None,
    webhook_secret: str = cast.ZENDESK_WEBHOOK_SECRET,
    app_id: int = cast.ZENDESK_APP_ID,
    installation_id: int = cast.ZENDESK_INSTALLATION_ID,
    now: Callable[[], datetime] = system_now,
    export_lag_seconds: int = 60,
) -> Flask:
    """API under /api/v2 and /oauth, agent workspace under /agent, controls under /_sandbox.

    The workspace shows the app at `app_url` in its tray; ticket events go to `webhook_url`, signed.
    `app.extensions["webhooks"]` is the Sender: close it when done. Call `seed` first.
    """
    app = Flask(__name__, static_folder=None)
    sender = Sender(webhook_url, faults, lambda body: signed_headers(webhook_secret, body, now()))
    desk, tokens = Desk(documents, now, sender.announce), oauth.Tokens(documents, now)
    installed = control.Installed(app_url.rstrip("/"), app_id, installation_id)
    app.extensions["webhooks"] = sender
    faults.install(app)
    app.register_blueprint(api.blueprint(desk, tokens))
    app.register_blueprint(
        api_exports.blueprint(
            desk, tokens, lag_seconds=export_lag_seconds, app_id=app_id, webhook_secret=webhook_secret
        )
    )
    app.register_blueprint(oauth.blueprint(tokens))
    app.register_blueprint(control.blueprint(desk, tokens, installed))
    app.register_blueprint(workspace.blueprint(desk, installed))
    app.register_error_handler(ApiError, _refusal)
    app.register_error_handler(404, _no_route)
    return app


def _refusal(error: Exception) -> Response:
    assert isinstance(error, ApiError)
    response = jsonify(error.body)
    response.status_code = error.status
    return response


def _no_route(_: Exception) -> tuple[Response, int]:
    return jsonify({"error": "InvalidEndpoint", "description": f"Not found: {request.path}"}), 404
