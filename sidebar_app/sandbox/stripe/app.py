"""The server: authentication, idempotency, one transaction per call, expansion, answers as JSON."""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, g, jsonify, request

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.deliveries import Sender
from sidebar_app.sandbox.kit import Documents, Faults, Json
from sidebar_app.sandbox.stripe.errors import ApiError
from sidebar_app.sandbox.stripe.expand import expanded
from sidebar_app.sandbox.stripe.idempotency import Answer, Keys, fingerprint
from sidebar_app.sandbox.stripe.page import page
from sidebar_app.sandbox.stripe.params import Params, decode
from sidebar_app.sandbox.stripe.routes import match
from sidebar_app.sandbox.stripe.store import API_VERSION, Store
from sidebar_app.sandbox.stripe.webhooks import signed_headers


def system_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    documents: Documents,
    faults: Faults,
    *,
    webhook_url: str | None = None,
    webhook_secret: str = cast.STRIPE_WEBHOOK_SECRET,
    now: Callable[[], datetime] = system_now,
) -> Flask:
    """A Stripe of API version 2026-10-28.endive on these documents.

    Faults of the kit apply to every call; `hold` (value in milliseconds) keeps a call executing while
    its idempotency key is in use. `app.extensions["webhooks"]` is the Sender: close it when done.
    """
    app = Flask(__name__)
    sender = Sender(webhook_url, faults, lambda body: signed_headers(webhook_secret, body))
    store = Store(documents, now, sender.announce)
    api = Api(store, Keys(documents))
    app.extensions["webhooks"] = sender
    faults.install(app)
    app.add_url_rule("/", "page", lambda: page(store))
    app.add_url_rule("/v1/<path:path>", "api", api.call, methods=["GET", "POST", "DELETE"])
    app.register_error_handler(ApiError, _refusal)
    app.after_request(_stamped)
    return app


def _refusal(error: Exception) -> Response:
    assert isinstance(error, ApiError)
    response = jsonify(error.body)
    response.status_code = error.status
    return response


def _stamped(response: Response) -> Response:
    if request.path.startswith("/v1/"):
        response.headers["Request-Id"] = f"req_{secrets.token_hex(7)}"
        response.headers["Stripe-Version"] = API_VERSION
    return response


class Api:
    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys
        self._lock = threading.Lock()

    def call(self, path: str) -> Response:
        _authenticate()
        pairs = request.args if request.method == "GET" else request.form
        values = decode(pairs.items(multi=True))
        key = request.headers.get("Idempotency-Key")
        if request.method == "GET":
            return _answer(self._execute(values))
        if not key:
            with self._lock:
                return _answer(self._execute(values))
        digest = fingerprint(request.method, request.path, values)
        with self._keys.claimed(key):
            answer = self._keys.saved(key, digest, self._store.now()) or self._first(key, digest, values)
        return _answer(answer)

    def _first(self, key: str, digest: str, values: Json) -> Answer:
        """Effect and saved answer are one step: nobody sees one without the other."""
        with self._lock, self._store.documents.lock:
            try:
                answer = self._execute(values)
            except ApiError as error:
                if not error.executed:
                    raise
                answer = Answer(error.status, error.body)
            self._keys.save(key, digest, self._store.now(), _spoiled() or answer)
        _hold()
        return answer

    def _execute(self, values: Json) -> Answer:
        handler, ids = match(request.method, request.path)
        params = Params(values)
        return Answer(200, expanded(self._store, handler(self._store, params, **ids), params.expansions()))


def _spoiled() -> Answer | None:
    """The failure that an armed `status_after` fault is about to answer with: it is what v1 saves."""
    for fault in g.get("faults", ()):
        if fault.kind == "status_after" and fault.value >= 500:
            return Answer(fault.value, {"error": {"type": "api_error", "message": "sandbox fault"}})
    return None


def _hold() -> None:
    for fault in g.get("faults", ()):
        if fault.kind == "hold":
            time.sleep(fault.value / 1000)


def _answer(answer: Answer) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _authenticate() -> None:
    given = request.authorization
    key = given and (given.token if given.type == "bearer" else given.username)
    if not key:
        raise ApiError(401, "You did not provide an API key. Provide it as a Bearer token.", executed=False)
    if not secrets.compare_digest(key.encode(), cast.STRIPE_API_KEY.encode()):
        raise ApiError(401, f"Invalid API Key provided: {key[:7]}****", executed=False)
