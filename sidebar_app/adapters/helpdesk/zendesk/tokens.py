"""Where the OAuth access token comes from, and how it is renewed.

Lifetimes and rotation: support.zendesk.com articles 9182123625370, 10212201463962. Nothing here is logged.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import requests

from sidebar_app.ports.helpdesk import HelpdeskLockedOut, HelpdeskUnavailable

_TIMEOUT = (3.05, 10)
_RENEW_BEFORE = timedelta(minutes=5)
_DEFAULT_SECONDS = 30 * 60


class Tokens(Protocol):
    """Raises HelpdeskLockedOut when a person has to connect again, HelpdeskUnavailable when trying later helps."""

    def current(self) -> str: ...

    def renew(self, stale: str) -> str:
        """Another token than `stale`, which was refused."""
        ...


@dataclass(frozen=True, repr=False)
class StaticToken:
    """One token that somebody made by hand; it cannot be renewed."""

    token: str

    def current(self) -> str:
        return self.token

    def renew(self, stale: str) -> str:  # noqa: ARG002
        raise HelpdeskLockedOut("Zendesk does not accept our access token: connect Zendesk again.")


@dataclass(frozen=True, repr=False)
class OAuthClient:
    """Our OAuth client of one Zendesk account."""

    base_url: str
    client_id: str
    client_secret: str

    def grant(self, **asked: str) -> dict[str, Any]:
        """`POST /oauth/tokens`; the answer's fields."""
        body = {"client_id": self.client_id, "client_secret": self.client_secret, "scope": "read write"}
        status, answer = _post(f"{self.base_url}/oauth/tokens", body | asked)
        if status >= 500 or status == 429:
            raise HelpdeskUnavailable(f"Zendesk gives no access token at the moment ({status}).")
        if status != 200 or not isinstance(answer.get("access_token"), str):
            raise HelpdeskLockedOut("Zendesk gives us no access token: connect Zendesk again.")
        return answer


def _post(url: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(url, json=body, timeout=_TIMEOUT, allow_redirects=False)
            fields = answer.json() if answer.content else {}
            return answer.status_code, fields if isinstance(fields, dict) else {}
    except requests.JSONDecodeError:
        return 502, {}
    except requests.RequestException:
        unavailable = HelpdeskUnavailable("Zendesk does not answer when asked for an access token.")
    raise unavailable  # outside: the vendor's exception holds the client secret


@dataclass(repr=False)
class ClientCredentials:
    """Tokens of the client itself: nothing to keep, so every process may have its own."""

    client: OAuthClient
    now: Callable[[], datetime]
    _token: str = ""
    _expires: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> str:
        with self._lock:
            if self._expires is None or self.now() >= self._expires - _RENEW_BEFORE:
                self._fetch()
            return self._token

    def renew(self, stale: str) -> str:
        with self._lock:
            if self._token == stale:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        answer = self.client.grant(grant_type="client_credentials")
        self._token = answer["access_token"]
        self._expires = _expiry(answer, self.now())


@dataclass(repr=False)
class RotatingPair:
    """Access and refresh token, each pair replacing the one before; kept in a file that all processes share.

    A refresh deletes the old pair at Zendesk, so it happens under a lock on the file and the new pair is on
    disk before it is used. `refresh_token` starts the first pair.
    """

    client: OAuthClient
    refresh_token: str
    file: Path
    now: Callable[[], datetime]

    def current(self) -> str:
        pair = self._kept()
        if pair and datetime.fromisoformat(pair["expires"]) - _RENEW_BEFORE > self.now():
            return str(pair["access"])
        return self.renew(stale=str(pair["access"]) if pair else "")

    def renew(self, stale: str) -> str:
        with self._locked():
            pair = self._kept()
            if pair and pair["access"] != stale:
                return str(pair["access"])
            refresh = str(pair["refresh"]) if pair else self.refresh_token
            answer = self.client.grant(grant_type="refresh_token", refresh_token=refresh)
            fresh = {"access": str(answer["access_token"]), "refresh": answer.get("refresh_token") or refresh}
            expires = _expiry(answer, self.now()).isoformat()
            self._keep(fresh | {"expires": expires, "began_with": self._beginning()})
            return str(fresh["access"])

    def _kept(self) -> dict[str, Any] | None:
        try:
            pair = json.loads(self.file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        ours = isinstance(pair, dict) and pair.get("began_with") == self._beginning()
        return pair if ours else None

    def _beginning(self) -> str:
        """Tells pairs of an earlier connection apart, so that connecting again replaces them."""
        return hashlib.sha256(self.refresh_token.encode()).hexdigest()

    def _keep(self, pair: dict[str, Any]) -> None:
        beside = self.file.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(pair, out)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self.file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _expiry(answer: dict[str, Any], now: datetime) -> datetime:
    given = answer.get("expires_in")
    seconds = given if isinstance(given, int) and given > 0 else _DEFAULT_SECONDS
    return now + timedelta(seconds=seconds)
