"""The one text that stands for an audit record, byte for byte, for ever.

Version 1: a JSON object in ASCII, keys sorted, no spaces, with `v` (the version), `at` (RFC 3339, UTC,
six digits of microseconds), `actor`, `actor_name`, `event`, `subject`, `ticket_id`, `details`. Texts are
recorded as they came, not normalised: an auditor wants what was said. Everything outside ASCII is escaped,
so neither a database encoding nor a terminal changes what was hashed. The form is frozen by
tests/golden/audit_vectors.json; a new form gets a new version, old entries keep theirs.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sidebar_app.domain.audit import AuditRecord

VERSION = 1
_FIELDS = frozenset({"v", "at", "actor", "actor_name", "event", "subject", "ticket_id", "details"})
_EVENT = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_AT = "%Y-%m-%dT%H:%M:%S.%fZ"
_LARGEST = 2**63  # whole numbers any reader can hold
_DEEPEST = 16


class NotCanonical(ValueError):
    """A value that has no canonical form, or a text that is not one. Names the place, never the value."""


def canonical(record: AuditRecord) -> str:
    """The canonical text of a record in the current version.

    Raises NotCanonical for floats, unknown types, keys that are no text, text with lone surrogates,
    numbers beyond 64 bits, deep nesting, an event that is no dotted word, a time that is not UTC.
    """
    if record.at.tzinfo is None or record.at.utcoffset() != UTC.utcoffset(None):
        raise NotCanonical("at: the time of a record is in UTC")
    if not _EVENT.fullmatch(record.event):
        raise NotCanonical("event: a dotted word such as request.approved")
    return _dumped(
        {
            "v": VERSION,
            "at": record.at.strftime(_AT).rjust(len("2026-01-01T00:00:00.000000Z"), "0"),
            "actor": _text(record.actor, "actor"),
            "actor_name": _text(record.actor_name, "actor_name"),
            "event": record.event,
            "subject": _text(record.subject, "subject"),
            "ticket_id": None if record.ticket_id is None else _whole(record.ticket_id, "ticket_id"),
            "details": _plain(record.details, "details", 0),
        }
    )


def parse(text: str) -> AuditRecord:
    """The record a canonical text stands for; raises NotCanonical unless `canonical` would write this text."""
    try:
        told = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError):
        raise NotCanonical("the text is not JSON without floats") from None
    if not isinstance(told, dict) or told.keys() != _FIELDS or told["v"] != VERSION:
        raise NotCanonical(f"the text is not a record of version {VERSION}")
    record = _record(told)
    if canonical(record) != text:
        raise NotCanonical("the text says the same in another form")
    return record


def _record(told: dict[str, Any]) -> AuditRecord:
    try:
        at = datetime.strptime(told["at"], _AT).replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise NotCanonical("at: the time is not in RFC 3339 with microseconds, UTC") from None
    if not isinstance(told["event"], str) or not isinstance(told["details"], dict):
        raise NotCanonical("event is a text and details an object")
    rest = {name: told[name] for name in ("actor", "actor_name", "event", "subject", "ticket_id", "details")}
    return AuditRecord(at=at, **rest)


def _no_float(_: str) -> Any:
    raise ValueError


def _dumped(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any, place: str, depth: int) -> Any:
    if depth > _DEEPEST:
        raise NotCanonical(f"{place}: nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, int):
        return _whole(value, place)
    if isinstance(value, Mapping):
        return {
            _text(key, f"a key of {place}"): _plain(v, f"{place}.{key}", depth + 1)
            for key, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(v, f"{place}[{i}]", depth + 1) for i, v in enumerate(value)]
    raise NotCanonical(f"{place}: {type(value).__name__} has no canonical form")


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise NotCanonical(f"{place}: {type(value).__name__} is not a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonical(f"{place}: half a character (lone surrogate)") from None
    return str.__str__(value)


def _whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotCanonical(f"{place}: {type(value).__name__} is not a whole number")
    if not -_LARGEST <= value < _LARGEST:
        raise NotCanonical(f"{place}: a number beyond 64 bits")
    return int(value)
