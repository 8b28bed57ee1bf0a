"""Chats in a ticket's audits, with the real zenpy against the sandbox Zendesk."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from sidebar_app.adapters.helpdesk.zendesk import StaticToken, ZendeskConnection, ZendeskHelpdesk, chats
from sidebar_app.ports.helpdesk import Helpdesk, HelpdeskRefused, HelpdeskUnavailable, NoSuchTicket
from sidebar_app.ports.transcripts import ChatMessage
from sidebar_app.sandbox import cast, zendesk
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.zendesk.desk import AUDIT

SEEDED = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
CARD = "4111 1111 1111 1111"
MARKED = "<b>it is <redact>4111 1111 1111</redact> 1111"
SAID = f"<b>it is {CARD}"


class Desk:
    def __init__(self, url: str, documents: Documents, faults: Faults) -> None:
        self.url, self.documents, self.faults = url, documents, faults

    def chats(self, *messages: dict[str, str], ended: bool = True, ticket: int = 1001) -> None:
        told = {"ticket": ticket, "messages": messages, "ended": ended}
        requests.post(f"{self.url}/_sandbox/chats", json=told, timeout=5).raise_for_status()

    def put(self, path: str, body: dict[str, Any]) -> requests.Response:
        headers = {"Authorization": f"Bearer {cast.ZENDESK_OAUTH_TOKEN}"}
        return requests.put(f"{self.url}/api/v2/{path}", json=body, headers=headers, timeout=5)

    def retells(self, **facts: Any) -> None:
        """The first message of the chat with other facts."""
        for audit in self.documents.all(AUDIT):
            for event in audit["events"]:
                if event["type"] == "ChatStartedEvent":
                    said = event["value"]["history"][0]
                    changed = {key: value for key, value in (said | facts).items() if value is not None}
                    event["value"]["history"][0] = changed
                    self.documents.put(AUDIT, audit["id"], audit)


@pytest.fixture
def desk() -> Iterator[Desk]:
    documents, faults = Documents(), Faults()
    app = zendesk.create_app(
        documents, faults, app_url="http://127.0.0.1:1", webhook_url=None, now=lambda: SEEDED
    )
    with Server(app) as server:
        zendesk.seed(documents, SEEDED)
        yield Desk(server.url, documents, faults)
    documents.close()


@pytest.fixture
def helpdesk(desk: Desk) -> Iterator[Helpdesk]:
    connection = ZendeskConnection(desk.url, StaticToken(cast.ZENDESK_OAUTH_TOKEN), timeout=(2, 2))
    adapter = ZendeskHelpdesk(connection)
    yield adapter
    adapter.close()


CUSTOMER = {"as": "customer", "text": SAID}


def only(helpdesk: Helpdesk) -> ChatMessage:
    (message,) = helpdesk.transcript(1001)
    return message


@pytest.mark.parametrize(
    ("channel", "kept"),
    [
        ("chat", True), ("native_messaging", True), ("whatsapp", True),
        ("sunshine_conversations_facebook_messenger", True),
        ("email", False), ("web", False), ("api", False), ("", False),
    ],
)  # fmt: skip
def test_channels_of_conversations_keep_a_transcript(helpdesk: Helpdesk, channel: str, kept: bool) -> None:
    assert helpdesk.keeps_transcript(channel) is kept


def test_a_ticket_without_a_chat_has_no_transcript(helpdesk: Helpdesk) -> None:
    assert helpdesk.transcript(1001) == []


def test_a_transcript_says_what_was_said_by_whom_and_when(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER, {"as": "l1", "text": "thanks"}, {"as": "customer", "file": "card.png"}, ended=False)
    said, answer, file = helpdesk.transcript(1001)
    assert (said.ticket_id, said.text, said.written_at) == (1001, SAID, SEEDED)
    assert (said.by_visitor, answer.by_visitor, answer.author_id) == (True, False, 501)
    assert (file.text, file.file_name, said.file_name) == ("", "card.png", "")
    assert len({said.id, answer.id, file.id}) == 3
    assert not any(message.is_over for message in (said, answer, file))
    desk.chats({"as": "customer", "text": "bye"})
    assert [m.is_over for m in helpdesk.transcript(1001)] == [True] * 4
    assert CARD not in repr(said)


def test_audits_come_in_pages(helpdesk: Helpdesk, desk: Desk) -> None:
    for tag in range(101):
        desk.put("tickets/1001/tags.json", {"tags": [f"t{tag}"]}).raise_for_status()
    desk.chats(CUSTOMER)
    assert only(helpdesk).text == SAID


def test_a_history_longer_than_we_read_is_a_refusal(
    helpdesk: Helpdesk, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats, "_MOST_AUDITS", 1)
    desk.chats(CUSTOMER)
    with pytest.raises(HelpdeskRefused, match="longer history"):
        helpdesk.transcript(1001)


def test_marked_text_is_blackened_and_read_back(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats({"as": "l1", "text": "hello"}, CUSTOMER)
    hello, message = helpdesk.transcript(1001)
    after = helpdesk.redact_message(message, marked_text=MARKED)
    assert after.text == "<b>it is ▇▇▇▇▇▇▇▇▇▇▇▇▇▇ 1111"
    assert helpdesk.transcript(1001) == [hello, after]


def test_a_message_with_an_id_is_redacted_by_it(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER)
    desk.retells(message_id="01JDN0", chat_index=None)
    message = only(helpdesk)
    assert message.id == "01JDN0"
    assert CARD not in helpdesk.redact_message(message, marked_text=MARKED).text


def test_what_has_no_id_is_found_and_cannot_be_redacted(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER)
    desk.retells(chat_index=None, timestamp=None, actor_type=None, actor_id="visitor-7")
    message = only(helpdesk)
    assert (message.text, message.written_at, message.author_id) == (SAID, SEEDED, 0)
    with pytest.raises(HelpdeskRefused, match="no id"):
        helpdesk.redact_message(message, marked_text=MARKED)


@pytest.mark.parametrize("moment", [-5, 10**20, True, "soon"])
def test_a_time_that_cannot_be_is_that_of_the_audit(helpdesk: Helpdesk, desk: Desk, moment: Any) -> None:
    desk.chats(CUSTOMER)
    desk.retells(timestamp=moment)
    assert only(helpdesk).written_at == SEEDED


def test_a_chat_that_goes_on_refuses(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER, ended=False)
    with pytest.raises(HelpdeskRefused, match="422"):
        helpdesk.redact_message(only(helpdesk), marked_text=MARKED)
    assert only(helpdesk).text == SAID


def test_a_closed_ticket_is_redacted_too(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER)
    closed = {"status": "closed"}
    requests.patch(f"{desk.url}/_sandbox/tickets/1001", json=closed, timeout=5).raise_for_status()
    assert CARD not in helpdesk.redact_message(only(helpdesk), marked_text=MARKED).text


def test_nothing_but_marks_may_differ(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER)
    with pytest.raises(HelpdeskRefused, match="not the message's text"):
        helpdesk.redact_message(only(helpdesk), marked_text=f"{MARKED}!")
    assert only(helpdesk).text == SAID


def test_a_message_that_changed_meanwhile_is_refused_and_stays(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER)
    message = only(helpdesk)
    after = helpdesk.redact_message(message, marked_text=MARKED)
    with pytest.raises(HelpdeskRefused):
        helpdesk.redact_message(message, marked_text=MARKED)
    assert only(helpdesk) == after


def test_a_message_of_another_ticket_is_not_touched(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.chats(CUSTOMER)
    with pytest.raises(NoSuchTicket):
        helpdesk.redact_message(replace(only(helpdesk), ticket_id=1002), marked_text=MARKED)
    assert only(helpdesk).text == SAID


@pytest.mark.parametrize(("status", "error"), [(403, HelpdeskRefused), (429, HelpdeskUnavailable)])
def test_missing_rights_and_limits_are_told_as_what_they_are(
    helpdesk: Helpdesk, desk: Desk, status: int, error: type[Exception]
) -> None:
    desk.chats(CUSTOMER)
    message = only(helpdesk)
    desk.faults.arm(Fault("status", path="/chat_redactions/", value=status))
    with pytest.raises(error):
        helpdesk.redact_message(message, marked_text=MARKED)
    desk.faults.arm(Fault("status", path="/audits", value=status))
    with pytest.raises(error):
        helpdesk.transcript(1001)


def test_nothing_of_a_chat_reaches_a_log(
    helpdesk: Helpdesk, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.chats(CUSTOMER)
    with caplog.at_level(logging.DEBUG):
        helpdesk.redact_message(only(helpdesk), marked_text=MARKED)
    assert "1111" not in caplog.text


@pytest.mark.parametrize(
    "asked",
    [
        {"chat_index": 0, "message_id": "m", "text": MARKED},
        {"text": MARKED},
        {"chat_index": 0, "text": SAID},
        {"chat_index": 0, "text": f"{MARKED} more"},
    ],
)
def test_the_sandbox_takes_nothing_that_zendesk_would_not(
    helpdesk: Helpdesk, desk: Desk, asked: dict[str, Any]
) -> None:
    desk.chats(CUSTOMER)
    chat = only(helpdesk).chat_id
    assert desk.put("chat_redactions/1001", {"chat_id": chat, **asked}).status_code == 422
    assert only(helpdesk).text == SAID


def test_the_seeded_chat_of_long_ago_holds_a_number_in_its_transcript_only(
    helpdesk: Helpdesk, desk: Desk
) -> None:
    zendesk.seed_past(desk.documents, SEEDED)
    zendesk.seed_past(desk.documents, SEEDED)
    text = helpdesk.ticket_text(906)
    assert helpdesk.keeps_transcript(text.channel)
    assert "5105" not in "".join(comment.html for comment in helpdesk.comments(906))
    assert ["5105 1051 0510 5100" in message.text for message in helpdesk.transcript(906)] == [
        False,
        False,
        True,
    ]
