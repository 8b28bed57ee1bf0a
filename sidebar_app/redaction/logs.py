"""Card numbers kept out of log lines and error reports."""

import logging
from typing import Any

from sidebar_app.redaction.masking import mask_free_text

_DEEPEST = 64
_TOO_DEEP = "[not shown: nested too deeply to be checked for card numbers]"


class RedactingFormatter(logging.Formatter):
    """Masks the finished line: message, arguments, traceback and stack alike. For every handler."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_free_text(super().format(record))


def scrub_event(value: Any) -> Any:
    """A copy of a report's value tree with every text masked, keys included.

    For Sentry's `before_send`, `before_send_transaction`, `before_breadcrumb` and `before_send_log`.
    Numbers with a card's digits become text. Bytes and unknown objects are masked in their written form.
    """
    return _scrub(value, _DEEPEST)


def _scrub(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return mask_free_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        masked = mask_free_text(str(value))
        return value if masked == str(value) else masked
    if depth <= 0:
        return _TOO_DEEP
    return _scrub_container(value, depth - 1)


def _scrub_container(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return {_scrub(key, depth): _scrub(item, depth) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_scrub(item, depth) for item in value)
    if isinstance(value, list | set | frozenset):
        return [_scrub(item, depth) for item in value]
    if isinstance(value, bytes | bytearray):
        return mask_free_text(bytes(value).decode("utf-8", "replace"))
    written = str(value)
    masked = mask_free_text(written)
    return value if masked == written else masked
