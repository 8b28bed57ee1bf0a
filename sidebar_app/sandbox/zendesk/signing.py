"""The app's RSA key and the tokens of signed URLs.

Claims: developer.zendesk.com, "Building a server-side app, part 5: secure the app".
"""

import hashlib
from datetime import UTC, datetime, timedelta

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents

HOST = f"{cast.ZENDESK_SUBDOMAIN}.zendesk.com"
LIFETIME = timedelta(minutes=5)
_KIND = "zendesk_key"


def private_key_pem(documents: Documents) -> str:
    """The signing key, made the first time somebody asks."""
    with documents.lock:
        kept = documents.get(_KIND, "signing") or documents.put(_KIND, "signing", {"pem": _fresh_pem()})
    return str(kept["pem"])


def rotate_key(documents: Documents) -> None:
    """From now on another key signs, and only that one is published."""
    documents.put(_KIND, "signing", {"pem": _fresh_pem()})


def public_key_pem(documents: Documents) -> str:
    """What `GET /api/v2/apps/{app_id}/public_key.pem` answers."""
    private = serialization.load_pem_private_key(private_key_pem(documents).encode(), password=None)
    encoded = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded.decode()


def sign_visit(
    documents: Documents,
    *,
    agent: str,
    ticket: int | None,
    location: str = "ticket_sidebar",
    now: datetime | None = None,
    origin: str = f"https://{HOST}",
    app_id: int = cast.ZENDESK_APP_ID,
    installation_id: int = cast.ZENDESK_INSTALLATION_ID,
) -> str:
    """The `token` form field of a signed URL, for this colleague and ticket, good for five minutes.

    Raises KeyError for an unknown agent. Works while the server runs in another process on the same file.
    """
    issued = now or datetime.now(UTC)
    context = {"product": "support", "location": location}
    if ticket is not None:
        context["url"] = f"{origin}/agent/tickets/{ticket}"
    claims = {
        "iss": HOST,
        "aud": f"https://{HOST}/api/v2/apps/installations/{installation_id}.json",
        "sub": f"https://{HOST}/api/v2/users/{cast.colleague(agent).zendesk_id}.json",
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFETIME,
        "qsh": hashlib.sha256(origin.encode()).hexdigest(),
        "cnf": {"jku": f"https://{HOST}/api/v2/apps/{app_id}/public_key.pem"},
        "context": context,
    }
    return jwt.encode(claims, private_key_pem(documents), algorithm="RS256")


def _fresh_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded.decode()
