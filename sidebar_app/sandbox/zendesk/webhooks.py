"""How Zendesk signs a delivery.

Envelope and headers: developer.zendesk.com, "Webhook event types: ticket events" and "Verifying webhooks".
"""

import base64
import hashlib
import hmac
import uuid
from datetime import datetime

WEBHOOK_ID = "01SANDBOXWEBHOOK"
ACCOUNT_ID = 77001


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The X-Zendesk-Webhook-Signature header."""
    digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signed_headers(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    timestamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "Content-Type": "application/json",
        "User-Agent": "Zendesk Webhook",
        "X-Zendesk-Account-Id": str(ACCOUNT_ID),
        "X-Zendesk-Webhook-Id": WEBHOOK_ID,
        "X-Zendesk-Webhook-Invocation-Id": uuid.uuid4().hex.upper()[:26],
        "X-Zendesk-Webhook-Signature": signature(secret, timestamp, body),
        "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
    }
