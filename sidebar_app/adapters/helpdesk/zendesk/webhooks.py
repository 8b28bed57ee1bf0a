"""Zendesk's webhooks: verified, then reduced to ids. The text in them is never read.

Signature: developer.zendesk.com, "Verifying webhook authenticity". Types: "Webhook event types".
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sidebar_app.ports.billing import InvalidDelivery
from sidebar_app.ports.helpdesk import HelpdeskEvent

WINDOW = timedelta(minutes=5)
_SIGNATURE = "x-zendesk-webhook-signature"
_TIMESTAMP = "x-zendesk-webhook-signature-timestamp"
_TYPES = {
    "zen:event-type:ticket.comment_added": "comment_added",
    "zen:event-type:ticket.created": "ticket_created",
    "zen:event-type:ticket.attachment_linked_to_comment": "comment_added",
    "zen:event-type:messaging_ticket.message_added": "comment_added",
    "zen:event-type:ticket.subject_changed": "ticket_changed",
    "zen:event-type:ticket.custom_field_changed": "ticket_changed",
    "zen:event-type:ticket.merged": "ticket_changed",
    "zen:event-type:ticket.undeleted": "ticket_changed",
}
_OTHER = "other"
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_ID = re.compile(r"[0-9]{1,18}")


class ZendeskWebhooks:
    """Verifies deliveries. Several secrets are accepted, so that one can be rotated without a gap."""

    def __init__(self, secrets: Sequence[str], *, now: Callable[[], datetime]) -> None:
        self._secrets = tuple(secret.encode() for secret in secrets if secret)
        self._now = now

    def event(self, headers: Mapping[str, str], body: bytes) -> HelpdeskEvent:
        """Raises InvalidDelivery: unsigned, wrongly signed, over five minutes off, or unreadable."""
        named = {name.lower(): value for name, value in headers.items()}
        signature, timestamp = named.get(_SIGNATURE, ""), named.get(_TIMESTAMP, "")
        if not signature or not timestamp:
            raise InvalidDelivery("The delivery is not signed.")
        if not self._is_signed(signature, timestamp, body):
            raise InvalidDelivery("The signature does not match the delivery.")
        self._check_time(timestamp)
        return _translated(body)

    def _is_signed(self, signature: str, timestamp: str, body: bytes) -> bool:
        """Every secret is tried, and each comparison takes the same time."""
        signed = timestamp.encode("utf-8", "surrogatepass") + body
        given = signature.encode("utf-8", "surrogatepass")
        matches = [
            hmac.compare_digest(base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)), given)
            for secret in self._secrets
        ]
        return any(matches)

    def _check_time(self, timestamp: str) -> None:
        try:
            age = self._now() - datetime.fromisoformat(timestamp)
        except (ValueError, TypeError):  # TypeError: without a time zone
            raise InvalidDelivery("The time of the signature cannot be read.") from None
        if abs(age) > WINDOW:
            raise InvalidDelivery("The signature is too old, or from the future.")


def _translated(body: bytes) -> HelpdeskEvent:
    """From the ids alone. Errors never quote the body: it holds what the customer wrote."""
    try:
        event = json.loads(body)
        kind = _TYPES.get(str(event["type"]), _OTHER)
        detail = event.get("detail") or {}
        found = HelpdeskEvent(
            _event_id(event["id"]),
            kind,
            _ticket_id(event),
            _comment_id(event),
            actor_id=_number(detail.get("actor_id")),
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        found = None
    if found is None or (found.type != _OTHER and found.ticket_id is None):
        raise InvalidDelivery("The delivery is signed but is no event of Zendesk.")
    return found


def _event_id(given: object) -> str:
    if not isinstance(given, str) or not _EVENT_ID.fullmatch(given):
        raise ValueError
    return given


def _ticket_id(event: Mapping[str, Any]) -> int | None:
    """From `detail.id`, or from a subject such as `zen:ticket:5158`."""
    detail = event.get("detail") or {}
    return _number(detail.get("id")) or _number(str(event.get("subject", "")).rpartition("zen:ticket:")[2])


def _comment_id(event: Mapping[str, Any]) -> int | None:
    return _number(((event.get("event") or {}).get("comment") or {}).get("id"))


def _number(given: object) -> int | None:
    text = str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else ""
    return int(text) if _ID.fullmatch(text) else None
