"""Card numbers kept out of log lines, error reports and the sentences of errors.

Stricter than for what people write: an id in an address or a list that could be a card is masked too, for a log that
says too little harms less than one that says too much.
"""

import logging
import re
from typing import Any

from sidebar_app.redaction.iin import judge
from sidebar_app.redaction.masking import mask_free_text
from sidebar_app.redaction.runs import luhn

_DEEPEST = 64
# Digits as a program writes them, single separators between them at most.
_ROW = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ .\-]?[0-9]){11,18}(?![0-9A-Za-z])", re.ASCII)
_ALL_BUT_FOUR = re.compile(r"[0-9](?=(?:[ .\-]?[0-9]){4})")
_TOO_DEEP = "[not shown: nested too deeply to be checked for card numbers]"


def mask_every(text: str) -> str:
    """The text with everything masked that could be a card number, whatever stands around it."""
    return _ROW.sub(_masked_row, mask_free_text(text))


def _masked_row(row: re.Match[str]) -> str:
    digits = "".join(filter(str.isdigit, row[0]))
    return _ALL_BUT_FOUR.sub("*", row[0]) if judge(digits) and luhn(digits) else row[0]


class RedactingFormatter(logging.Formatter):
    """Masks the finished line: message, arguments, traceback and stack alike. For every handler."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_every(super().format(record))


def scrub_event(value: Any) -> Any:
    """A copy of a report's value tree with every text masked, keys included.

    For Sentry's `before_send`, `before_send_transaction`, `before_breadcrumb` and `before_send_log`.
    Numbers with a card's digits become text. Bytes and unknown objects are masked in their written form.
    """
    return _scrub(value, _DEEPEST)


def _scrub(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return mask_every(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        masked = mask_every(str(value))
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
        return mask_every(bytes(value).decode("utf-8", "replace"))
    written = str(value)
    masked = mask_every(written)
    return value if masked == written else masked
