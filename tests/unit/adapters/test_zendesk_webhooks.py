"""Zendesk's webhooks: verified, replay-safe, ids only."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sidebar_app.adapters.helpdesk.zendesk import ZendeskWebhooks
from sidebar_app.ports.billing import InvalidDelivery
from sidebar_app.ports.helpdesk import HelpdeskEvent
from sidebar_app.sandbox.zendesk.webhooks import signature

NOW = datetime(2024, 4, 17, 17, 18, 10, tzinfo=UTC)
SECRET = "s3"
CARD = "4111111111111111"


def webhooks(*secrets: str, now: datetime = NOW) -> ZendeskWebhooks:
    return ZendeskWebhooks(secrets or (SECRET,), now=lambda: now)


def headers(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "X-Zendesk-Webhook-Signature": signature(secret, stamp, body),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }


def event(kind: str = "comment_added", **changed: Any) -> bytes:
    full: dict[str, Any] = {
        "account_id": 1,
        "id": "8b7e1d5a-0000-4000-8000-000000000001",
        "type": f"zen:event-type:ticket.{kind}",
        "subject": "zen:ticket:1010",
        "detail": {"id": "1010", "description": CARD},
        "event": {"comment": {"id": "77", "body": f"My card is {CARD}"}},
    }
    return json.dumps(full | changed).encode()


def refusal(body: bytes, head: dict[str, str], **how: Any) -> str:
    with pytest.raises(InvalidDelivery) as refused:
        webhooks(**how).event(head, body)
    assert CARD not in str(refused.value)
    assert refused.value.__cause__ is None
    return str(refused.value)


def test_the_published_vector_is_accepted() -> None:
    head = {
        "X-Zendesk-Webhook-Signature": "Yv/tlKI3cLKrG7/fuWgchrO0SeGHEB+n6AUpqztbzCE=",
        "X-Zendesk-Webhook-Signature-Timestamp": "2024-04-17T17:18:10Z",
    }
    assert "no event of Zendesk" in refusal(b'{"a":1}', head)
    assert "does not match" in refusal(b'{"a":2}', head)


def test_a_new_comment_is_reduced_to_its_ids() -> None:
    body = event()
    found = webhooks().event(headers(body), body)
    assert found == HelpdeskEvent("8b7e1d5a-0000-4000-8000-000000000001", "comment_added", 1010, 77)
    assert CARD not in repr(found)


def test_a_new_ticket_needs_no_comment() -> None:
    body = event("created", event={})
    assert webhooks().event(headers(body), body).type == "ticket_created"


def test_a_messaging_message_is_scanned_like_a_comment() -> None:
    body = event(type="zen:event-type:messaging_ticket.message_added", event={"message": {"id": "m"}})
    found = webhooks().event(headers(body), body)
    assert (found.type, found.ticket_id, found.comment_id) == ("comment_added", 1010, None)


@pytest.mark.parametrize("kind", ["subject_changed", "custom_field_changed", "merged", "undeleted"])
def test_other_texts_of_a_ticket_are_scanned_too(kind: str) -> None:
    body = event(kind, event={"current": CARD}, detail={"id": "1010", "actor_id": "500"})
    found = webhooks().event(headers(body), body)
    assert (found.type, found.ticket_id, found.actor_id) == ("ticket_changed", 1010, 500)
    assert CARD not in repr(found)


@pytest.mark.parametrize(
    "kind",
    ["comment_redacted", "attachment_redacted_from_comment", "status_changed", "tags_changed", "brand_new"],
)
def test_our_own_echo_and_everything_else_is_other(kind: str) -> None:
    body = event(kind)
    assert webhooks().event(headers(body), body).type == "other"


def test_the_ticket_is_found_in_the_subject_too() -> None:
    body = event(detail={})
    assert webhooks().event(headers(body), body).ticket_id == 1010


def test_header_names_are_read_in_any_case() -> None:
    body = event()
    shouted = {name.upper(): value for name, value in headers(body).items()}
    assert webhooks().event(shouted, body).ticket_id == 1010


@pytest.mark.parametrize("missing", ["X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp"])
def test_an_unsigned_delivery_is_refused(missing: str) -> None:
    body = event()
    assert "not signed" in refusal(body, {k: v for k, v in headers(body).items() if k != missing})


def test_a_delivery_signed_with_another_secret_is_refused() -> None:
    body = event()
    assert "does not match" in refusal(body, headers(body, secret="wrong"))


def test_nothing_is_believed_when_no_secret_is_set() -> None:
    body = event()
    with pytest.raises(InvalidDelivery):
        ZendeskWebhooks((), now=lambda: NOW).event(headers(body), body)
    with pytest.raises(InvalidDelivery):
        ZendeskWebhooks(("",), now=lambda: NOW).event(headers(body, secret=""), body)


def test_a_changed_body_or_time_is_refused() -> None:
    body = event()
    assert "does not match" in refusal(body + b" ", headers(body))
    later = headers(body, at=NOW + timedelta(seconds=1))["X-Zendesk-Webhook-Signature-Timestamp"]
    moved = headers(body) | {"X-Zendesk-Webhook-Signature-Timestamp": later}
    assert "does not match" in refusal(body, moved)


def test_the_old_secret_stays_valid_beside_the_new_one() -> None:
    body = event()
    for secret in ("old", "new"):
        assert webhooks("new", "old").event(headers(body, secret=secret), body).ticket_id == 1010


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_delivery_within_five_minutes_is_accepted(seconds: int) -> None:
    body = event()
    at = NOW + timedelta(seconds=seconds)
    assert webhooks().event(headers(body, at=at), body).ticket_id == 1010


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_a_replayed_or_future_delivery_is_refused(seconds: int) -> None:
    body = event()
    assert "too old" in refusal(body, headers(body, at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("stamp", ["now", "2024-04-17T17:18:10", "1713374290", "é"])
def test_a_time_that_cannot_be_read_is_refused(stamp: str) -> None:
    body = event()
    head = {
        "X-Zendesk-Webhook-Signature": signature(SECRET, stamp, body),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }
    assert "cannot be read" in refusal(body, head)


@pytest.mark.parametrize("signed", ["é", "", "AAAA", "=" * 5000])
def test_a_signature_that_is_none_is_refused(signed: str) -> None:
    body = event()
    assert refusal(body, headers(body) | {"X-Zendesk-Webhook-Signature": signed})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        event(id=7),
        event(id="x" * 129),
        event(id="a b"),
        event(detail={"id": "1010x"}, subject="zen:ticket:"),
        event(detail=["1010"]),
        event(event=[1]),
        event(detail={"id": True}, subject=None),
        event(detail={"id": "9" * 30}, subject="x"),
    ],
)
def test_a_signed_delivery_that_is_no_event_is_refused(body: bytes) -> None:
    assert "no event of Zendesk" in refusal(body, headers(body))
