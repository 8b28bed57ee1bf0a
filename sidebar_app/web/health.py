"""For operators: alive, ready, measured."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from sidebar_app.web import metrics
from sidebar_app.web.access import parts

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 as long as a system that we cannot work without is away."""
    found = {name: _check(name, check) for name, check in parts().checks.items()}
    is_ready = all(state == "ok" for state in found.values())
    body = {"status": "ready" if is_ready else "not ready", "checks": found}
    if parts().started_with:
        body["sandboxes"] = dict(parts().started_with)
    return jsonify(body), 200 if is_ready else 503


@blueprint.get("/metrics")
def measured() -> Response:
    return Response(metrics.exposition(parts()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _check(name: str, check: Callable[[], object]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the system is away
        log.warning("readiness: %s is away (%s)", name, type(error).__name__)
        return "away"
    return "ok"
