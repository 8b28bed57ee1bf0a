"""Access tokens: `POST /oauth/tokens` with a rotating pair, and who a bearer token acts as.

Rules: support.zendesk.com articles 9182123625370 and 10212201463962 (lifetimes, rotation).
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, jsonify, request

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.zendesk.desk import SERVICE_USER_ID
from sidebar_app.sandbox.zendesk.errors import oauth_refusal, unauthorized

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-client-secret"
ACCESS_SECONDS = 30 * 60
REFRESH_SECONDS = 30 * 24 * 3600
_ACCESS, _REFRESH = "zendesk_access", "zendesk_refresh"


class Tokens:
    def __init__(self, documents: Documents, now: Callable[[], datetime]) -> None:
        self._documents, self._now = documents, now

    def actor(self, authorization: str) -> int:
        """The user a bearer header acts as; raises ApiError 401."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer":
            raise unauthorized()
        if secrets.compare_digest(token.encode(), cast.ZENDESK_OAUTH_TOKEN.encode()):
            return SERVICE_USER_ID
        kept = self._documents.get(_ACCESS, token)
        if kept is None or kept["expires_at"] <= self._now().timestamp():
            raise unauthorized()
        return SERVICE_USER_ID

    def grant(self, asked: Json) -> Json:
        """Raises ApiError 400: invalid_client, invalid_grant or unsupported_grant_type."""
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise oauth_refusal("invalid_client", "Client authentication failed.")
        seconds = int(asked.get("expires_in") or ACCESS_SECONDS)
        if asked.get("grant_type") == "client_credentials":
            return self._answer(self._access(seconds), seconds)
        if asked.get("grant_type") != "refresh_token":
            raise oauth_refusal("unsupported_grant_type", "The grant type is not supported.")
        self._spend(str(asked.get("refresh_token")))
        return self.pair(seconds)

    def pair(self, seconds: int = ACCESS_SECONDS) -> Json:
        """A fresh access token with the refresh token that replaces it."""
        access, refresh = self._access(seconds), secrets.token_hex(24)
        expires = self._now().timestamp() + REFRESH_SECONDS
        self._documents.put(_REFRESH, refresh, {"access": access, "expires_at": expires})
        return self._answer(access, seconds) | {
            "refresh_token": refresh,
            "refresh_token_expires_in": REFRESH_SECONDS,
        }

    def _spend(self, refresh: str) -> None:
        """A refresh token works once, and its access token ends with it."""
        with self._documents.lock:
            kept = self._documents.get(_REFRESH, refresh)
            if kept is None or kept["expires_at"] <= self._now().timestamp():
                raise oauth_refusal("invalid_grant", "The refresh token is invalid, expired or revoked.")
            self._documents.delete(_REFRESH, refresh)
            self._documents.delete(_ACCESS, kept["access"])

    def _access(self, seconds: int) -> str:
        token = secrets.token_hex(24)
        self._documents.put(_ACCESS, token, {"expires_at": self._now().timestamp() + seconds})
        return token

    def _answer(self, access: str, seconds: int) -> Json:
        return {"access_token": access, "token_type": "bearer", "scope": "read write", "expires_in": seconds}


def blueprint(tokens: Tokens) -> Blueprint:
    routes = Blueprint("zendesk_oauth", __name__)

    @routes.post("/oauth/tokens")
    def token() -> Response:
        return jsonify(tokens.grant(request.get_json(silent=True) or request.form.to_dict()))

    return routes
