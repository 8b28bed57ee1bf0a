"""The only place that imports zenpy (GPLv3, see docs): its names, made silent.

zenpy turns the root logger to DEBUG when DEBUG_LOG is set while it is imported, and its own loggers print
every body, so a card number would appear in full.
"""

import logging
import os

_debug_log = os.environ.pop("DEBUG_LOG", None)
try:
    from zenpy import Zenpy
    from zenpy.lib.api_objects import Comment, Ticket
    from zenpy.lib.endpoint import Url
    from zenpy.lib.exception import (
        APIException,
        RatelimitBudgetExceeded,
        RecordNotFoundException,
        ZenpyException,
    )
finally:
    if _debug_log is not None:
        os.environ["DEBUG_LOG"] = _debug_log

__all__ = [
    "APIException",
    "Comment",
    "RatelimitBudgetExceeded",
    "RecordNotFoundException",
    "Ticket",
    "Url",
    "Zenpy",
    "ZenpyException",
    "silence",
]

# Undocumented switches that would send our tokens to whatever host they name.
REDIRECTING = ("ZENPY_FORCE_SCHEME", "ZENPY_FORCE_NETLOC")


def silence() -> None:
    """No record of zenpy's reaches any handler; the HTTP libraries stay quiet about addresses."""
    log = logging.getLogger("zenpy")
    log.setLevel(logging.WARNING)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    for name in ("urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.WARNING)
