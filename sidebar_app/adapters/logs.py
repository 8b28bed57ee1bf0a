"""Logging and error reports that cannot carry a card number."""

import logging
import sys
from typing import Any

from sidebar_app.redaction import RedactingFormatter, scrub_event

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# These write bodies, URLs with queries or whole requests when something goes wrong.
_TALKATIVE = ("zenpy", "urllib3", "requests", "stripe", "slack_sdk", "slack_bolt", "rq", "alembic")


def set_up(level: int = logging.INFO) -> None:
    """One handler with a redacting formatter for the whole process, gunicorn's own loggers included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(_FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("gunicorn.error", "gunicorn.access"):
        logging.getLogger(name).handlers[:] = [handler]
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def report_errors_to(dsn: str) -> None:
    """Sentry, with nothing in it that could hold a card number; does nothing without a DSN."""
    if not dsn:
        return
    import sentry_sdk  # late: most processes of a preview never need it

    sentry_sdk.init(dsn=dsn, **sentry_options())


def sentry_options() -> dict[str, Any]:
    """No bodies, locals or breadcrumbs, and every value scrubbed on each way out.

    Sentry's own scrubber looks at names only; `before_send` is not called for transactions, spans, logs and metrics.
    A hook that raises drops its event.
    """
    return {
        "include_local_variables": False,
        "include_source_context": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,
        "traces_sample_rate": 0,
        "enable_logs": False,
        "enable_metrics": False,
        **dict.fromkeys(_WAYS_OUT, _scrub),
    }


_WAYS_OUT = (
    "before_send",
    "before_send_transaction",
    "before_breadcrumb",
    "before_send_log",
    "before_send_metric",
)


def _scrub(event: Any, _hint: Any) -> Any:
    return scrub_event(event)
