"""Signed visits: whom they believe, and everything they do not."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sidebar_app.adapters.helpdesk.zendesk import PublishedKey, ZendeskVisits
from sidebar_app.ports.helpdesk import HelpdeskRefused, HelpdeskUnavailable, InvalidVisit, Visit

Claims = dict[str, Any]
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOST = "acme.zendesk.com"
ORIGIN = f"https://{HOST}"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024 if name == "weak" else 2048)


def private_pem(name: str) -> bytes:
    return key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(name: str) -> str:
    return key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def claims(**changed: Any) -> Claims:
    """A token of production; a change to None leaves the claim out."""
    at = int(NOW.timestamp())
    full = {
        "iss": HOST,
        "aud": f"{ORIGIN}/api/v2/apps/installations/42.json",
        "sub": f"{ORIGIN}/api/v2/users/501.json",
        "iat": at,
        "nbf": at,
        "exp": at + 300,
        "qsh": "0" * 64,
        "context": {"product": "support", "location": "ticket_sidebar"},
    }
    return {name: value for name, value in {**full, **changed}.items() if value is not None}


def signed(key_name: str = "first", **changed: Any) -> str:
    return jwt.encode(claims(**changed), private_pem(key_name), algorithm="RS256")


def handmade(header: Claims, body: Claims, signature: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""

    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    content = part(json.dumps(header).encode()) + b"." + part(json.dumps(body).encode())
    return (content + b"." + part(signature(content))).decode()


@dataclass
class Zendesk:
    """Publishes a key, counts who asks, fails when told to."""

    publishes: str = field(default_factory=lambda: public_pem("first"))
    asked: int = 0
    fails: Exception | None = None

    def fetch(self) -> str:
        self.asked += 1
        if self.fails:
            raise self.fails
        return self.publishes


@dataclass
class Door:
    zendesk: Zendesk
    visits: ZendeskVisits

    def open(self, token: str, *, origin: str = ORIGIN, now: datetime = NOW, location: str = "") -> Visit:
        query = {"origin": origin, "app_guid": "g1"}
        return self.visits.verify(token, query=query, location=location or "ticket_sidebar", now=now)

    def refusal(self, token: str, **how: Any) -> str:
        with pytest.raises(InvalidVisit) as refused:
            self.open(token, **how)
        return refused.value.reason


@pytest.fixture
def door() -> Door:
    zendesk = Zendesk()
    keys = PublishedKey(zendesk.fetch)
    return Door(zendesk, ZendeskVisits(keys, subdomain="acme", installation_id=42))


def test_a_signed_visit_names_its_agent(door: Door) -> None:
    assert door.open(signed()) == Visit(501, None, "ticket_sidebar")


def test_the_ticket_is_taken_from_the_signed_url_only(door: Door) -> None:
    context = {
        "product": "support",
        "location": "ticket_sidebar",
        "url": f"{ORIGIN}/agent/tickets/1001",
    }
    assert door.open(signed(context=context)).ticket_id == 1001
    query = {"origin": ORIGIN, "ticket": "1", "ticket_id": "1"}
    assert door.visits.verify(signed(), query=query, location="ticket_sidebar", now=NOW).ticket_id is None


def test_the_issuer_may_come_with_its_scheme(door: Door) -> None:
    assert door.open(signed(iss=ORIGIN)).agent_id == 501


def test_a_clock_half_a_minute_off_is_forgiven(door: Door) -> None:
    assert door.open(signed(), now=NOW + timedelta(seconds=329)).agent_id == 501
    assert door.open(signed(), now=NOW - timedelta(seconds=29)).agent_id == 501


def test_no_token_is_missing(door: Door) -> None:
    assert door.refusal("") == "missing"


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", "é.é.é", "e30.e30.e30", "x" * 10_000])
def test_what_is_no_token_is_malformed(door: Door, token: str) -> None:
    assert door.refusal(token) in ("malformed", "algorithm")
    assert door.zendesk.asked == 0


def test_a_token_of_another_key_is_refused(door: Door) -> None:
    assert door.refusal(signed("forged")) == "signature"


def test_a_changed_token_is_refused(door: Door) -> None:
    head, _, signature = signed().split(".")
    other = signed(sub=f"{ORIGIN}/api/v2/users/1.json").split(".")[1]
    assert door.refusal(f"{head}.{other}.{signature}") == "signature"


def test_the_public_key_is_no_hmac_secret(door: Door) -> None:
    def sign(content: bytes) -> bytes:
        return hmac.new(public_pem("first").encode(), content, hashlib.sha256).digest()

    assert door.refusal(handmade({"alg": "HS256", "typ": "JWT"}, claims(), sign)) == "algorithm"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "", "RS512", "PS256", "rs256"])
def test_any_other_algorithm_is_refused(door: Door, name: str) -> None:
    assert door.refusal(handmade({"alg": name}, claims(), lambda _: b"")) == "algorithm"


def test_a_header_without_an_algorithm_is_refused(door: Door) -> None:
    assert door.refusal(handmade({"typ": "JWT"}, claims(), lambda _: b"")) == "algorithm"


def test_an_empty_signature_is_refused(door: Door) -> None:
    assert door.refusal(handmade({"alg": "RS256"}, claims(), lambda _: b"")) == "signature"


def test_a_key_url_in_the_token_is_never_followed(door: Door) -> None:
    confirmation = {"jku": "https://evil.example/key.pem"}
    assert door.refusal(signed("forged", cnf=confirmation)) == "signature"


@pytest.mark.parametrize(
    "audience",
    [
        f"{ORIGIN}/api/v2/apps/installations/43.json",
        "https://other.zendesk.com/api/v2/apps/installations/42.json",
        42,
    ],
)
def test_another_installations_token_is_refused(door: Door, audience: object) -> None:
    assert door.refusal(signed(aud=audience)) == "audience"


@pytest.mark.parametrize(
    "issuer", ["other.zendesk.com", "http://acme.zendesk.com", f"{HOST}.evil.example", ""]
)
def test_another_helpdesks_token_is_refused(door: Door, issuer: str) -> None:
    assert door.refusal(signed(iss=issuer)) == "issuer"


def test_an_expired_token_is_refused(door: Door) -> None:
    assert door.refusal(signed(), now=NOW + timedelta(seconds=330)) == "expired"


@pytest.mark.parametrize("changed", ["iat", "nbf"])
def test_a_token_from_the_future_is_refused(door: Door, changed: str) -> None:
    later = int(NOW.timestamp()) + 31
    times: Claims = {changed: later}
    assert door.refusal(signed(**times)) == "not-yet-valid"


@pytest.mark.parametrize("name", ["exp", "iat", "aud", "iss", "sub", "context"])
def test_a_missing_claim_is_refused(door: Door, name: str) -> None:
    left_out: Claims = {name: None}
    assert door.refusal(signed(**left_out)) == "claims"


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", ["1772366400", True, [1], {}, 1e300])
def test_times_that_are_no_times_are_refused(door: Door, name: str, value: object) -> None:
    token = handmade(
        {"alg": "RS256"},
        {**claims(), name: value},
        lambda content: jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
            content, key("first")
        ),
    )
    assert door.refusal(token) == "claims"


@pytest.mark.parametrize(
    "subject",
    [
        "https://evil.example/api/v2/users/501.json",
        "https://acme.zendesk.com.evil.example/api/v2/users/501.json",
        "https://acme.zendesk.com@evil.example/api/v2/users/501.json",
        "http://acme.zendesk.com/api/v2/users/501.json",
        f"{ORIGIN}/api/v2/users/501/../502.json",
        f"{ORIGIN}/api/v2/users/501.json?x=502",
        f"{ORIGIN}/api/v2/users/501.json#502",
        f"{ORIGIN}/api/v2/users/٥٠١.json",
        f"{ORIGIN}/api/v2/users/{'9' * 19}.json",
        "501",
        501,
        {"id": 501},
    ],
)
def test_a_subject_that_is_no_user_of_ours_is_refused(door: Door, subject: object) -> None:
    assert door.refusal(signed(sub=subject)) == "claims"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "https://evil.example",
        "https://other.zendesk.com",
        "http://acme.zendesk.com",
        f"{ORIGIN}.evil.example",
    ],
)
def test_a_foreign_origin_is_refused(door: Door, origin: str) -> None:
    assert door.refusal(signed(), origin=origin) == "origin"


def test_a_sandboxs_origin_is_known_only_when_it_is_named() -> None:
    keys = PublishedKey(Zendesk().fetch)
    visits = ZendeskVisits(keys, subdomain="acme", installation_id=42, origins=["http://127.0.0.1:8001"])
    context = {
        "product": "support",
        "location": "ticket_sidebar",
        "url": "http://127.0.0.1:8001/agent/tickets/7",
    }
    query = {"origin": "http://127.0.0.1:8001"}
    seen = visits.verify(signed(context=context), query=query, location="ticket_sidebar", now=NOW)
    assert seen.ticket_id == 7


@pytest.mark.parametrize(
    "context",
    [
        {"product": "support", "location": "nav_bar"},
        {"product": "chat", "location": "ticket_sidebar"},
        {"location": "ticket_sidebar"},
        {},
    ],
)
def test_another_place_of_the_helpdesk_is_refused(door: Door, context: Claims) -> None:
    assert door.refusal(signed(context=context)) == "location"


def test_the_console_has_its_own_place(door: Door) -> None:
    token = signed(context={"product": "support", "location": "nav_bar"})
    assert door.open(token, location="nav_bar").location == "nav_bar"
    assert door.refusal(signed(), location="nav_bar") == "location"


@pytest.mark.parametrize("context", ["ticket_sidebar", ["ticket_sidebar"], 1])
def test_a_context_that_is_no_object_is_refused(door: Door, context: object) -> None:
    assert door.refusal(signed(context=context)) == "claims"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/agent/tickets/1",
        "http://acme.zendesk.com/agent/tickets/1",
        "/agent/tickets/1",
        7,
    ],
)
def test_a_ticket_on_another_host_is_refused(door: Door, url: object) -> None:
    context = {"product": "support", "location": "ticket_sidebar", "url": url}
    assert door.refusal(signed(context=context)) == "claims"


def test_a_page_that_is_no_ticket_names_none(door: Door) -> None:
    context = {"product": "support", "location": "ticket_sidebar", "url": f"{ORIGIN}/agent/filters/1"}
    assert door.open(signed(context=context)).ticket_id is None


# ── the key ─────────────────────────────────────────────────────────────────


def test_the_key_is_fetched_once_for_many_visits(door: Door) -> None:
    for _ in range(5):
        door.open(signed())
    assert door.zendesk.asked == 1


def test_a_rotated_key_is_fetched_once(door: Door) -> None:
    door.open(signed())
    door.zendesk.publishes = public_pem("second")
    assert door.open(signed("second")).agent_id == 501
    assert door.refusal(signed("first")) == "signature"
    assert door.zendesk.asked == 2


def test_forged_tokens_make_us_ask_once_a_minute_at_most(door: Door) -> None:
    door.open(signed())
    forged = signed("forged")
    for second in range(59):
        assert door.refusal(forged, now=NOW + timedelta(seconds=second)) == "signature"
    assert door.zendesk.asked == 2
    assert door.refusal(signed("forged"), now=NOW + timedelta(seconds=61)) == "signature"
    assert door.zendesk.asked == 3
    assert door.open(signed(), now=NOW + timedelta(seconds=61)).agent_id == 501


def test_an_unreadable_refetch_keeps_the_key_we_have(door: Door) -> None:
    door.open(signed())
    door.zendesk.fails = HelpdeskUnavailable("down")
    assert door.refusal(signed("forged")) == "signature"
    assert door.open(signed()).agent_id == 501


@pytest.mark.parametrize("failure", [HelpdeskUnavailable("down"), HelpdeskRefused("no rights")])
def test_without_a_key_nobody_is_believed(door: Door, failure: Exception) -> None:
    door.zendesk.fails = failure
    assert door.refusal(signed()) == "key-unavailable"
    assert door.refusal(signed(), now=NOW + timedelta(seconds=4)) == "key-unavailable"
    assert door.zendesk.asked == 1
    door.zendesk.fails = None
    assert door.open(signed(), now=NOW + timedelta(seconds=6)).agent_id == 501


def other_keys() -> list[str]:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    elliptic = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return ["", "no key", elliptic, public_pem("weak"), private_pem("first").decode()]


def test_a_key_that_is_no_strong_rsa_public_key_is_not_used(door: Door) -> None:
    for published in other_keys():
        fresh = Zendesk(publishes=published)
        visits = ZendeskVisits(PublishedKey(fresh.fetch), subdomain="acme", installation_id=42)
        assert Door(fresh, visits).refusal(signed()) == "key-unavailable"
