"""What every request from Slack must pass before any of it is believed.

The signature covers the raw bytes (docs.slack.dev/authentication/verifying-requests-from-slack); several
secrets are accepted because the old one stays valid for a day while it is being replaced. Slack Bolt reads
the body before it verifies, answers garbage with a 500 and knows one secret only, so this gate stands alone.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from flask import Request
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from werkzeug.exceptions import RequestEntityTooLarge

MAX_BODY_BYTES = 1_000_000


class Turned(Exception):
    """The request is turned away with this status and this sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose request it says it is, once the signature holds. `foreign` names the first workspace not ours."""

    type: str
    app_id: str
    user_id: str
    foreign: str
    channel_id: str


class Gate:
    """Raises ValueError without a signing secret: an empty one would let nobody in and say nothing."""

    def __init__(
        self,
        *,
        signing_secrets: Sequence[str],
        app_id: str,
        home_team_id: str,
        now: Callable[[], datetime],
    ) -> None:
        if not signing_secrets or not all(signing_secrets):
            raise ValueError("Slack needs at least one signing secret, and none may be empty.")
        clock = _Clock(now)
        self._verifiers = [SignatureVerifier(secret, clock) for secret in signing_secrets]
        self._app_id = app_id
        self._home = home_team_id

    def admit(self, request: Request) -> Claims:
        """The claims of a genuine request to our app; raises Turned. The body stays readable."""
        request.max_content_length = MAX_BODY_BYTES
        try:
            body = request.get_data(cache=True)
        except RequestEntityTooLarge:
            raise Turned(413, "The request is too large.") from None
        if not self._is_signed(body, request):
            raise Turned(401, "The signature is missing, wrong or too old.")
        payload = _payload(body, request.mimetype)
        if payload.get("type") == "url_verification":
            return Claims("url_verification", self._app_id, "", "", "")
        claims = self._claims(payload)
        if claims.app_id != self._app_id:
            raise Turned(403, "This is meant for another app.")
        return claims

    def _is_signed(self, body: bytes, request: Request) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        return any(_holds(v, body, timestamp, signature) for v in self._verifiers)

    def _claims(self, payload: dict[str, Any]) -> Claims:
        """Both the workspace of the place and that of the person count: outsiders can click in shared channels."""
        user, view = _object(payload, "user"), _object(payload, "view")
        teams = [
            _text(_object(payload, "team"), "id") or _text(payload, "team_id"),
            _text(user, "team_id") if user else self._home,
            _text(view, "app_installed_team_id") or self._home,
        ]
        return Claims(
            type=_text(payload, "type"),
            app_id=_text(payload, "api_app_id"),
            user_id=_text(user, "id"),
            foreign=next((team or "unknown" for team in teams if team != self._home), ""),
            channel_id=_text(_object(payload, "channel"), "id"),
        )


def _holds(verifier: SignatureVerifier, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return verifier.is_valid(body=body, timestamp=timestamp, signature=signature)
    except (ValueError, TypeError, OverflowError):  # a timestamp that is no time, a signature that is no text
        return False


def _payload(body: bytes, mimetype: str) -> dict[str, Any]:
    """The JSON of the body, or of its form field `payload`; a form without one as it is. Raises Turned."""
    try:
        if mimetype == "application/json":
            payload = json.loads(body)
        else:
            form = parse_qs(body.decode(), keep_blank_values=True)
            fields = {name: values[0] for name, values in form.items()}
            payload = json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        raise Turned(400, "The request holds no readable payload.") from None
    if not isinstance(payload, dict):
        raise Turned(400, "The payload is no object.")
    return payload


def _object(payload: dict[str, Any], name: str) -> dict[str, Any]:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


class _Clock(SlackClock):
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now().timestamp()
