"""Reading what was sent, strictly."""

import json
import re
from typing import Any

from flask import Request

from sidebar_app.redaction.logs import mask_every
from sidebar_app.web.problems import BadRequest

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def json_object(request: Request) -> dict[str, Any]:
    """The body as one JSON object; raises BadRequest for anything else, doubled keys and NaN included."""
    if request.mimetype != "application/json":
        raise BadRequest("not-json", "Send the body as application/json.")
    try:
        body = json.loads(request.get_data(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, _Unfit) else "it is not valid JSON"
        raise BadRequest("not-json", f"The body cannot be read: {why}.") from None
    if not isinstance(body, dict):
        raise BadRequest("not-json", "The body must be one JSON object.")
    return body


def idempotency_key(request: Request) -> str:
    """Raises BadRequest when the header is missing, longer than 255 characters, or holds a card number."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise BadRequest("idempotency-key-missing", "Send an Idempotency-Key header with every request.")
    if not _KEY.fullmatch(key) or mask_every(key) != key:  # it is stored: no card number gets in here
        raise BadRequest(
            "idempotency-key-invalid", "An Idempotency-Key is 1 to 255 printable characters without spaces."
        )
    return key


class _Unfit(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unfit("a name appears twice")
    return found


def _no_constant(name: str) -> None:
    raise _Unfit(f"{name} is not a number")
