"""Signed visits: the token of Zendesk's signed URL, verified; nothing else says who opened the app.

Claims and rules: developer.zendesk.com, "Building a server-side app, part 5: secure the app".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.types import Options

from sidebar_app.ports.helpdesk import InvalidVisit, Visit

ALGORITHM = "RS256"
LEEWAY = timedelta(seconds=30)
_MOST_BYTES = 8192
_OPTIONS: Options = {
    "require": ["exp", "iat", "aud", "iss", "sub"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_sub": False,
}
_USER_PATH = re.compile(r"/api/v2/users/([0-9]{1,18})(?:\.json)?")
_TICKET_PATH = re.compile(r"/agent/tickets/([0-9]{1,18})/?")

Claims = dict[str, Any]


class Keys(Protocol):
    """Raises InvalidVisit "key-unavailable"."""

    def current(self, *, now: datetime) -> RSAPublicKey: ...

    def renewed(self, *, now: datetime) -> RSAPublicKey | None:
        """The key as it is published now; None when it was asked for too recently, or cannot be had."""
        ...


class ZendeskVisits:
    """Implements SignedVisits for one account and one installation of our app.

    `origins` are addresses beside `https://{subdomain}.zendesk.com` where the helpdesk's pages may come from
    (a sandbox on loopback).
    """

    def __init__(
        self, keys: Keys, *, subdomain: str, installation_id: int, origins: Iterable[str] = ()
    ) -> None:
        self._keys = keys
        self._host = f"{subdomain}.zendesk.com"
        self._audience = f"https://{self._host}/api/v2/apps/installations/{installation_id}.json"
        self._origins = frozenset((f"https://{self._host}", *(origin.rstrip("/") for origin in origins)))

    def verify(self, token: str, *, query: Mapping[str, str], location: str, now: datetime) -> Visit:
        """Signature first: no claim is looked at before it holds. Raises InvalidVisit."""
        if not token:
            raise InvalidVisit("missing", "The page was opened without the helpdesk's token.")
        claims = self._claims(token, now)
        _check_times(claims, now)
        self._check_origin(query.get("origin", ""))
        agent_id = self._agent(claims["sub"])
        return Visit(agent_id, self._ticket(claims, location), location)

    def _claims(self, token: str, now: datetime) -> Claims:
        _check_shape(token)
        try:
            return self._decoded(token, self._keys.current(now=now))
        except jwt.InvalidSignatureError:
            fresh = self._keys.renewed(now=now)
        if fresh is None:
            raise InvalidVisit("signature", "The token's signature does not hold.")
        try:
            return self._decoded(token, fresh)
        except jwt.InvalidSignatureError:
            raise InvalidVisit("signature", "The token's signature does not hold.") from None

    def _decoded(self, token: str, key: RSAPublicKey) -> Claims:
        """Times are checked by us, against the `now` that was handed in. Raises InvalidSignatureError too."""
        try:
            claims: Claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=[self._host, f"https://{self._host}"],
                options=_OPTIONS,
            )
        except jwt.InvalidSignatureError:
            raise
        except jwt.InvalidTokenError as error:
            raise _as_invalid_visit(error) from None
        return claims

    def _check_origin(self, origin: str) -> None:
        """The query is not signed, so it must name an address we know."""
        if origin not in self._origins:
            raise InvalidVisit("origin", "The page was opened from an address that is not our helpdesk's.")

    def _agent(self, subject: object) -> int:
        """The user id in `…/api/v2/users/{id}.json` of our own account; nothing else is understood."""
        if isinstance(subject, str):
            parts = urlsplit(subject)
            found = _USER_PATH.fullmatch(parts.path)
            plain = not (parts.query or parts.fragment)
            if found and plain and (parts.scheme, parts.netloc) == ("https", self._host):
                return int(found[1])
        raise InvalidVisit("claims", "The token does not name a user of our helpdesk.")

    def _ticket(self, claims: Claims, location: str) -> int | None:
        """Checks where the app was opened; the ticket, if the token says so."""
        context = claims.get("context")
        if not isinstance(context, dict):
            raise InvalidVisit("claims", "The token does not say where the app was opened.")
        if context.get("product") != "support" or context.get("location") != location:
            raise InvalidVisit("location", "The token was made for another place of the helpdesk.")
        url = context.get("url")
        if url is None:
            return None
        return self._ticket_of(url)

    def _ticket_of(self, url: object) -> int | None:
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise InvalidVisit("claims", "The token names a page that is not our helpdesk's.")
        found = _TICKET_PATH.fullmatch(parts.path)
        return int(found[1]) if found else None


def _check_shape(token: str) -> None:
    """Before any key is used: readable, of bearable size, and of the one algorithm."""
    try:
        if len(token) > _MOST_BYTES or not token.isascii():
            raise jwt.DecodeError
        algorithm = jwt.get_unverified_header(token).get("alg")
    except (jwt.InvalidTokenError, ValueError):
        raise InvalidVisit("malformed", "The token cannot be read.") from None
    if algorithm != ALGORITHM:
        raise InvalidVisit("algorithm", "The token is not signed the way our helpdesk signs.")


def _check_times(claims: Claims, now: datetime) -> None:
    """All are seconds since 1970; `nbf` is optional."""
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if not all(type(value) in (int, float) and abs(value) < 1e11 for value in times.values()):
        raise InvalidVisit("claims", "The token's times cannot be read.")
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    if times["exp"] <= moment - leeway:
        raise InvalidVisit("expired", "The token has expired.")
    if max(times["iat"], times.get("nbf", 0)) > moment + leeway:
        raise InvalidVisit("not-yet-valid", "The token is not valid yet.")


def _as_invalid_visit(error: jwt.InvalidTokenError) -> InvalidVisit:
    for kind, reason, sentence in _KINDS:
        if isinstance(error, kind):
            return InvalidVisit(reason, sentence)
    return InvalidVisit("malformed", "The token cannot be read.")


_KINDS: tuple[tuple[type[jwt.InvalidTokenError], str, str], ...] = (
    (jwt.MissingRequiredClaimError, "claims", "The token lacks a required claim."),
    (jwt.InvalidAudienceError, "audience", "The token was made for another installation."),
    (jwt.InvalidIssuerError, "issuer", "The token comes from another helpdesk."),
    (jwt.InvalidAlgorithmError, "algorithm", "The token is not signed the way our helpdesk signs."),
)
