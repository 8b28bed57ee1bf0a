"""What every helpdesk must do, run with the real zenpy against the sandbox Zendesk."""

import json
import logging
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sidebar_app.adapters.helpdesk.zendesk import (
    ClientCredentials,
    OAuthClient,
    RotatingPair,
    StaticToken,
    ZendeskConnection,
    ZendeskHelpdesk,
    legacy,
)
from sidebar_app.adapters.helpdesk.zendesk import client as zendesk_client
from sidebar_app.ports.helpdesk import (
    Comment,
    Helpdesk,
    HelpdeskLockedOut,
    HelpdeskRefused,
    HelpdeskUnavailable,
    NoSuchTicket,
)
from sidebar_app.sandbox import cast, zendesk
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.zendesk import oauth

Json = dict[str, Any]
SEEDED = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
CARD = "4111 1111 1111 1111"


@dataclass
class World:
    url: str
    documents: Documents
    faults: Faults
    now: datetime = SEEDED
    limits: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return json.loads(answer.read() or b"null")

    def says(self, ticket: int, text: str, *, who: str = "customer", public: bool = True) -> Json:
        said = {"ticket": ticket, "as": who, "text": text, "public": public}
        found: Json = self.call("POST", "/_sandbox/comments", said)
        return found

    def limited(self, answer: Any) -> Any:
        """With the headers that say how many requests are left."""
        answer.headers.update(self.limits)
        return answer

    def fail(self, kind: str, path: str, **more: Any) -> None:
        self.faults.arm(Fault(kind, path=path, **more))


@pytest.fixture(scope="module")
def running() -> Iterator[World]:
    documents, faults = Documents(), Faults()
    world = World("", documents, faults)
    app = zendesk.create_app(
        documents, faults, app_url="http://127.0.0.1:1", webhook_url=None, now=lambda: world.now
    )
    app.after_request(world.limited)
    with Server(app) as server:
        world.url = server.url
        yield world
    documents.close()


@pytest.fixture
def world(running: World) -> World:
    key = running.documents.get("zendesk_key", "signing")
    running.documents.clear()
    if key:  # making one takes a while
        running.documents.put("zendesk_key", "signing", key)
    running.faults.clear()
    running.now, running.limits = SEEDED, {}
    zendesk.seed(running.documents, SEEDED)
    return running


@pytest.fixture
def helpdesk(world: World) -> Iterator[ZendeskHelpdesk]:
    connection = ZendeskConnection(world.url, StaticToken(cast.ZENDESK_OAUTH_TOKEN), timeout=(2, 2))
    adapter = ZendeskHelpdesk(connection, public_url="https://acme.zendesk.com")
    yield adapter
    adapter.close()


def test_it_is_a_helpdesk(helpdesk: ZendeskHelpdesk) -> None:
    port: Helpdesk = helpdesk
    assert port.ticket_url(7) == "https://acme.zendesk.com/agent/tickets/7"


# ── people ──────────────────────────────────────────────────────────────────


def test_an_agent_comes_with_role_and_group_names(helpdesk: Helpdesk) -> None:
    manager = helpdesk.agent(503)
    assert (manager.id, manager.email, manager.role, manager.active) == (
        503,
        "manager@support.example",
        "agent",
        True,
    )
    assert manager.groups == ("Billing Managers",)
    assert manager.custom_role == "Staff"


def test_an_agent_without_a_group_has_none(helpdesk: Helpdesk) -> None:
    assert helpdesk.agent(506).groups == ()


def test_a_customer_is_no_agent(helpdesk: Helpdesk) -> None:
    assert helpdesk.agent(2001).role == "end-user"


@pytest.mark.parametrize("flag", [{"suspended": True}, {"active": False}])
def test_somebody_suspended_or_deleted_is_not_active(helpdesk: Helpdesk, world: World, flag: Json) -> None:
    world.call("PATCH", "/_sandbox/users/l1", flag)
    assert helpdesk.agent(501).active is False


def test_a_demotion_is_seen_at_once(helpdesk: Helpdesk, world: World) -> None:
    assert helpdesk.agent(503).groups == ("Billing Managers",)
    world.call("PATCH", "/_sandbox/users/manager", {"groups": ["Billing L1"]})
    assert helpdesk.agent(503).groups == ("Billing L1",)


@pytest.mark.parametrize("user_id", [0, -1, 999])
def test_an_unknown_agent_is_named_as_such(helpdesk: Helpdesk, user_id: int) -> None:
    with pytest.raises(NoSuchTicket):
        helpdesk.agent(user_id)


def test_no_profile_is_given_when_the_groups_cannot_be_read(helpdesk: Helpdesk, world: World) -> None:
    world.fail("status", "/users/503/groups", value=500)
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.agent(503)


# ── tickets and comments ────────────────────────────────────────────────────


def test_a_ticket_comes_with_its_requester(helpdesk: Helpdesk) -> None:
    ticket = helpdesk.ticket(1002)
    assert (ticket.subject, ticket.status) == ("Our payment did not go through", "open")
    assert (ticket.requester_id, ticket.requester_name, ticket.requester_email) == (
        2002,
        "Bright Labs",
        "accounts@brightlabs.example",
    )


def test_a_mail_alone_verifies_nobody(helpdesk: Helpdesk) -> None:
    assert helpdesk.ticket(1002).requester_verified is False
    assert helpdesk.ticket(1001).requester_verified is True


def test_an_unknown_ticket_is_named_as_such(helpdesk: Helpdesk) -> None:
    for ask in (helpdesk.ticket, helpdesk.comments):
        with pytest.raises(NoSuchTicket):
            ask(999)


def test_all_comments_come_oldest_first_over_several_pages(helpdesk: Helpdesk, world: World) -> None:
    for number in range(101):
        world.says(1002, f"No. {number}", who="l1" if number % 2 else "customer", public=number != 100)
    comments = helpdesk.comments(1002)
    assert len(comments) == 102
    assert [c.id for c in comments] == sorted(c.id for c in comments)
    assert (comments[-1].author_id, comments[-1].is_public) == (2002, True)
    assert "No. 99" in comments[-2].html
    assert comments[0].created_at == SEEDED - timedelta(hours=7)


def test_a_page_on_another_host_is_not_followed(helpdesk: ZendeskHelpdesk, world: World) -> None:
    """The address of the next page is whatever the answer says."""
    for number in range(101):
        world.says(1002, f"No. {number}")
    other = ZendeskConnection(world.url, StaticToken(cast.ZENDESK_OAUTH_TOKEN))
    other._netloc = "127.0.0.1:1"
    other.zenpy().tickets.subdomain, other.zenpy().tickets.domain = world.url[7:].split(".", 1)
    other.zenpy().tickets.session.auth._netloc = world.url[7:]
    with pytest.raises(HelpdeskUnavailable, match="another host"):
        list(other.pages("tickets/1002/comments.json", "comments"))
    other.close()


def test_a_comment_never_shows_its_text(helpdesk: Helpdesk) -> None:
    assert "4111" not in repr(helpdesk.comments(1010))


# ── notes ───────────────────────────────────────────────────────────────────


def notes(helpdesk: Helpdesk, ticket_id: int) -> list[Comment]:
    return [c for c in helpdesk.comments(ticket_id) if not c.is_public]


def test_a_note_is_internal_and_carries_its_marker(helpdesk: Helpdesk) -> None:
    helpdesk.add_note(1001, text="Refunded.\nReference re_1", marker="[req_1:succeeded]")
    [note] = notes(helpdesk, 1001)
    assert "Refunded.<br>Reference re_1" in note.html
    assert "[req_1:succeeded]" in note.html


def test_the_same_note_is_added_once_and_another_one_too(helpdesk: Helpdesk) -> None:
    for _ in range(3):
        helpdesk.add_note(1001, text="Waiting", marker="[req_1:asked]")
    helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    assert len(notes(helpdesk, 1001)) == 2


def test_a_note_whose_answer_was_lost_is_not_added_again(helpdesk: Helpdesk, world: World) -> None:
    world.fail("drop_after", r"/tickets/1001\.json", method="PUT")
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    assert len(notes(helpdesk, 1001)) == 1


def test_a_note_that_never_arrived_is_sent_once_per_call(helpdesk: Helpdesk, world: World) -> None:
    world.fail("drop_before", r"/tickets/1001\.json", method="PUT", times=1)
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    assert notes(helpdesk, 1001) == []


def test_a_customer_who_knows_the_marker_cannot_suppress_the_note(helpdesk: Helpdesk, world: World) -> None:
    world.says(1001, "[req_1:succeeded]")
    helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    assert len(notes(helpdesk, 1001)) == 1


def test_the_marker_is_found_among_many_later_comments(helpdesk: Helpdesk, world: World) -> None:
    helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    for number in range(60):
        world.says(1001, f"No. {number}")
    helpdesk.add_note(1001, text="Done", marker="[req_1:succeeded]")
    assert len(notes(helpdesk, 1001)) == 1


def test_a_closed_ticket_refuses_a_note(helpdesk: Helpdesk, world: World) -> None:
    world.call("PATCH", "/_sandbox/tickets/1001", {"status": "closed"})
    with pytest.raises(HelpdeskRefused):
        helpdesk.add_note(1001, text="Done", marker="[m]")


def replies(helpdesk: Helpdesk, ticket_id: int) -> list[Comment]:
    return [c for c in helpdesk.comments(ticket_id) if c.is_public and c.author_id == 500]


def test_a_reply_is_public_and_given_once_a_day(helpdesk: Helpdesk, world: World) -> None:
    text = "Hello,\n\nplease never send\ncard numbers <in> messages & files."
    for _ in range(2):
        helpdesk.add_reply(1001, text=text, since=SEEDED)
    assert len(replies(helpdesk, 1001)) == 1
    world.now += timedelta(days=1)
    helpdesk.add_reply(1001, text=text, since=world.now)
    assert len(replies(helpdesk, 1001)) == 2


def test_a_customer_who_quotes_the_reply_does_not_suppress_it(helpdesk: Helpdesk, world: World) -> None:
    world.says(1001, "Please never send card numbers.")
    helpdesk.add_reply(1001, text="Please never send card numbers.", since=SEEDED)
    assert len(replies(helpdesk, 1001)) == 1


def test_a_reply_whose_answer_was_lost_is_not_given_again(helpdesk: Helpdesk, world: World) -> None:
    world.fail("drop_after", r"/tickets/1001\.json", method="PUT")
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.add_reply(1001, text="Please never send card numbers.", since=SEEDED)
    helpdesk.add_reply(1001, text="Please never send card numbers.", since=SEEDED)
    assert len(replies(helpdesk, 1001)) == 1


def test_a_closed_ticket_refuses_a_reply(helpdesk: Helpdesk, world: World) -> None:
    world.call("PATCH", "/_sandbox/tickets/1001", {"status": "closed"})
    with pytest.raises(HelpdeskRefused):
        helpdesk.add_reply(1001, text="Hello", since=SEEDED)


# ── redaction ───────────────────────────────────────────────────────────────


def marked(comment: Comment) -> str:
    return comment.html.replace(CARD[:15], f"<redact>{CARD[:15]}</redact>")


def test_marked_text_is_blackened_and_read_back(helpdesk: Helpdesk) -> None:
    comment = helpdesk.comments(1010)[1]
    after = helpdesk.redact_comment(comment, marked_html=marked(comment))
    assert after.html == comment.html.replace(CARD[:15], "▇" * 15)
    assert helpdesk.comments(1010)[1].html == after.html


def test_a_closed_ticket_is_redacted_too(helpdesk: Helpdesk, world: World) -> None:
    comment = helpdesk.comments(1010)[1]
    world.call("PATCH", "/_sandbox/tickets/1010", {"status": "closed"})
    assert CARD[:15] not in helpdesk.redact_comment(comment, marked_html=marked(comment)).html


def test_nothing_but_marks_may_differ(helpdesk: Helpdesk) -> None:
    comment = helpdesk.comments(1010)[1]
    with pytest.raises(HelpdeskRefused):
        helpdesk.redact_comment(comment, marked_html=marked(comment) + "<p>more</p>")
    assert helpdesk.comments(1010)[1].html == comment.html


def test_a_comment_that_changed_meanwhile_is_refused_and_stays(helpdesk: Helpdesk) -> None:
    comment = helpdesk.comments(1010)[1]
    after = helpdesk.redact_comment(comment, marked_html=marked(comment))
    with pytest.raises(HelpdeskRefused):
        helpdesk.redact_comment(comment, marked_html=marked(comment))
    assert helpdesk.comments(1010)[1].html == after.html


def test_a_comment_of_another_ticket_is_not_touched(helpdesk: Helpdesk) -> None:
    comment = helpdesk.comments(1010)[1]
    with pytest.raises(HelpdeskRefused):
        helpdesk.redact_comment(replace(comment, ticket_id=1001), marked_html=marked(comment))


NO_MARKS = ("status", "/comment_redactions/")


@pytest.mark.parametrize("status", [403, 404, 422])
def test_where_marks_are_refused_the_older_way_is_tried(
    helpdesk: Helpdesk, world: World, status: int
) -> None:
    comment = helpdesk.comments(1010)[1]
    world.fail(*NO_MARKS, value=status)
    assert CARD[:15] not in helpdesk.redact_comment(comment, marked_html=marked(comment)).html
    assert "CVV 123. Please" in helpdesk.comments(1010)[1].html


def test_missing_rights_are_a_refusal_that_names_both_ways(helpdesk: Helpdesk, world: World) -> None:
    comment = helpdesk.comments(1010)[1]
    world.call("PATCH", "/_sandbox/tickets/1010", {"status": "closed"})
    world.fail(*NO_MARKS, value=403)
    with pytest.raises(HelpdeskRefused, match=r"rights.*The older way: .*422"):
        helpdesk.redact_comment(comment, marked_html=marked(comment))
    assert helpdesk.comments(1010)[1].html == comment.html


def test_a_refused_token_is_no_answer_about_the_comment(helpdesk: Helpdesk, world: World) -> None:
    comment = helpdesk.comments(1010)[1]
    world.fail(*NO_MARKS, value=401, times=2)
    with pytest.raises(HelpdeskLockedOut):
        helpdesk.redact_comment(comment, marked_html=marked(comment))


def test_the_older_way_takes_each_number_as_a_whole_and_short_codes_with_the_words_before_them() -> None:
    html = (
        "<p>It is <redact>4111</redact> <redact>1111</redact>&nbsp;<redact>1111</redact> 1111, CVV "
        "<redact>123</redact> or <redact>555555555555</redact>4444</p>"
    )
    assert legacy.literal_texts(html) == ["4111 1111\N{NO-BREAK SPACE}1111", ", CVV 123"[-8:], "555555555555"]


def test_a_number_in_an_attribute_goes_with_its_tag(helpdesk: Helpdesk, world: World) -> None:
    html = '<p><a href="tel:4111111111111111">call me</a></p>'
    world.call("POST", "/_sandbox/comments", {"ticket": 1002, "as": "customer", "html": html})
    comment = helpdesk.comments(1002)[-1]
    after = helpdesk.redact_comment(comment, marked_html=html.replace('1111"', '1111" redact'))
    assert after.html == "<p>call me</a></p>"


# ── the rest of a ticket's text ─────────────────────────────────────────────


def with_fields(world: World) -> tuple[int, int]:
    """Two custom fields of ticket 1002 with a number in each; the second one wants digits only."""
    free = world.call("POST", "/_sandbox/fields", {"title": "Card on file"})["id"]
    strict = world.call("POST", "/_sandbox/fields", {"title": "Reference", "pattern": "[0-9]{16}"})["id"]
    values = [{"id": free, "value": f"card {CARD}"}, {"id": strict, "value": CARD.replace(" ", "")}]
    world.call("PATCH", "/_sandbox/tickets/1002", {"custom_fields": values, "subject": f"Card {CARD}"})
    return free, strict


def test_subject_and_fields_come_with_their_titles(helpdesk: Helpdesk, world: World) -> None:
    free, strict = with_fields(world)
    text = helpdesk.ticket_text(1002)
    assert [(f.id, f.name, f.value) for f in text.fields] == [
        (free, "Card on file", f"card {CARD}"),
        (strict, "Reference", CARD.replace(" ", "")),
    ]
    assert (text.submitter_id, text.channel) == (2002, "email")
    assert text.changed_at == text.created_at == SEEDED - timedelta(hours=7)
    assert "payment" in text.description
    assert "4111" not in repr(text)
    assert "4111" not in repr(text.fields)


def test_subject_and_fields_are_written_in_one_update(helpdesk: Helpdesk, world: World) -> None:
    free, _ = with_fields(world)
    helpdesk.mask_ticket(helpdesk.ticket_text(1002), subject="Card ****", fields={free: "card ****"})
    after = helpdesk.ticket_text(1002)
    assert (after.subject, after.fields[0].value) == ("Card ****", "card ****")


def test_a_ticket_that_changed_meanwhile_is_not_overwritten(helpdesk: Helpdesk, world: World) -> None:
    before = helpdesk.ticket_text(1002)
    world.now += timedelta(seconds=1)
    world.says(1002, "One more thing")
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.mask_ticket(before, subject="Card ****")
    assert helpdesk.ticket_text(1002).subject == "Our payment did not go through"


def test_what_cannot_be_written_is_refused_and_nothing_of_it_is_done(
    helpdesk: Helpdesk, world: World
) -> None:
    free, strict = with_fields(world)
    text = helpdesk.ticket_text(1002)
    with pytest.raises(HelpdeskRefused):
        helpdesk.mask_ticket(text, fields={free: "card ****", strict: "************1111"})
    assert helpdesk.ticket_text(1002) == text
    world.call("PATCH", "/_sandbox/tickets/1002", {"status": "closed"})
    with pytest.raises(HelpdeskRefused):
        helpdesk.mask_ticket(text, subject="Card ****")


def test_a_comment_says_how_it_came_and_of_which_merge(helpdesk: Helpdesk, world: World) -> None:
    world.call("POST", "/_sandbox/merge", {"ticket": 1010, "into": 1002, "as": "l1"})
    copied, left = helpdesk.comments(1002)[-1], helpdesk.comments(1010)[-1]
    assert (copied.merged_tickets, left.merged_tickets) == ((1010,), (1002,))
    assert "4444" in copied.html
    assert helpdesk.comments(1001)[0].merged_tickets == ()
    assert helpdesk.comments(1010)[1].channel == "web"


# ── what changed ────────────────────────────────────────────────────────────


def test_changes_come_oldest_first_and_go_on_behind_their_bookmark(helpdesk: Helpdesk, world: World) -> None:
    first = helpdesk.changes(since=SEEDED - timedelta(days=30))
    assert first.complete
    assert {1001, 1010} <= {t.id for t in first.tickets}
    stamps = [t.changed_at for t in first.tickets]
    assert len(set(stamps)) > 3
    assert helpdesk.changes(bookmark=first.bookmark).tickets == ()
    assert helpdesk.changes(bookmark=first.bookmark).bookmark == first.bookmark
    world.says(1002, "One more thing")
    assert helpdesk.changes(bookmark=first.bookmark).tickets == ()  # within the last minute
    world.now += timedelta(minutes=2)
    (changed,) = helpdesk.changes(bookmark=first.bookmark).tickets
    assert (changed.id, changed.changed_at, changed.deleted) == (1002, SEEDED, False)
    assert changed.created_at == SEEDED - timedelta(hours=7)


def test_closed_tickets_are_among_the_changes_and_deleted_ones_say_so(
    helpdesk: Helpdesk, world: World
) -> None:
    world.call("PATCH", "/_sandbox/tickets/1002", {"status": "closed"})
    world.call("PATCH", "/_sandbox/tickets/1003", {"status": "deleted"})
    found = {t.id: t for t in helpdesk.changes(since=SEEDED - timedelta(days=30)).tickets}
    assert not found[1002].deleted
    assert found[1003].deleted


@pytest.mark.parametrize("status", [403, 422])
def test_exports_that_are_not_for_us_are_refused(helpdesk: Helpdesk, world: World, status: int) -> None:
    world.fail("status", "/incremental/", value=status, times=2)
    with pytest.raises(HelpdeskRefused):
        helpdesk.changes(since=SEEDED)
    with pytest.raises(HelpdeskRefused):
        helpdesk.changes(bookmark="anything")


def test_how_many_requests_are_left_is_as_the_last_answer_said(
    helpdesk: Helpdesk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert helpdesk.requests_left() is None
    world.limits = {"X-Rate-Limit": "400", "X-Rate-Limit-Remaining": "100"}
    helpdesk.ticket(1001)
    assert helpdesk.requests_left() == 0.25
    world.limits = {"ratelimit-limit": "700", "ratelimit-remaining": "0", "ratelimit-reset": "0"}
    helpdesk.ticket(1001)
    assert helpdesk.requests_left() is None  # reset by now
    world.limits = {"X-Rate-Limit": "many", "X-Rate-Limit-Remaining": "-1"}
    helpdesk.ticket(1001)
    assert helpdesk.requests_left() is None


def test_who_we_are(helpdesk: Helpdesk) -> None:
    assert helpdesk.me().id == 500


# ── trouble ─────────────────────────────────────────────────────────────────


def test_a_rate_limit_says_when_to_come_back_and_nobody_sleeps(helpdesk: Helpdesk, world: World) -> None:
    for path, ask in (
        ("/tickets/1001", lambda: helpdesk.ticket(1001)),
        ("/comments", lambda: helpdesk.comments(1001)),
        ("/users/501$|/users/501.json$", lambda: helpdesk.agent(501)),
        ("/tickets/1001.json", lambda: helpdesk.add_note(1001, text="x", marker="[x]")),
    ):
        world.fail("status", path, value=429, retry_after=3000)
        with pytest.raises(HelpdeskUnavailable) as limited:
            ask()
        assert limited.value.retry_after_seconds == 3000
        world.faults.clear()


def test_a_rate_limited_redaction_says_when_to_come_back(helpdesk: Helpdesk, world: World) -> None:
    comment = helpdesk.comments(1010)[1]
    world.fail("status", "/comment_redactions/", value=429, retry_after=7)
    with pytest.raises(HelpdeskUnavailable) as limited:
        helpdesk.redact_comment(comment, marked_html=marked(comment))
    assert limited.value.retry_after_seconds == 7


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, HelpdeskUnavailable), (503, HelpdeskUnavailable), (401, HelpdeskRefused), (403, HelpdeskRefused)],
)
def test_a_failure_is_told_as_what_it_is(
    helpdesk: Helpdesk, world: World, status: int, error: type[Exception]
) -> None:
    world.fail("status", "/tickets/1001", value=status)
    with pytest.raises(error):
        helpdesk.ticket(1001)


def test_a_read_survives_one_broken_connection_but_not_two(helpdesk: Helpdesk, world: World) -> None:
    world.fail("drop_before", "/tickets/1001")
    assert helpdesk.ticket(1001).id == 1001
    world.fail("drop_before", "/tickets/1001", times=2)
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.ticket(1001)


def test_a_helpdesk_that_hangs_is_given_up(world: World) -> None:
    connection = ZendeskConnection(world.url, StaticToken(cast.ZENDESK_OAUTH_TOKEN), timeout=(0.2, 0.1))
    world.fail("latency", "/tickets/1001", value=400)
    with pytest.raises(HelpdeskUnavailable):
        ZendeskHelpdesk(connection).ticket(1001)
    connection.close()


def test_nobody_listening_is_unavailable() -> None:
    connection = ZendeskConnection("http://127.0.0.1:1", StaticToken("t"))
    with pytest.raises(HelpdeskUnavailable):
        ZendeskHelpdesk(connection).ticket(1001)
    connection.close()


def test_errors_hold_neither_text_nor_token_nor_the_vendors_exception(
    helpdesk: Helpdesk, world: World
) -> None:
    world.call("PATCH", "/_sandbox/tickets/1001", {"status": "closed"})
    with pytest.raises(HelpdeskRefused) as refused:
        helpdesk.add_note(1001, text=f"Card {CARD}", marker="[x]")
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
    assert CARD not in str(refused.value)
    assert cast.ZENDESK_OAUTH_TOKEN not in str(refused.value)


def test_nothing_read_or_written_reaches_a_log(helpdesk: Helpdesk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        comment = helpdesk.comments(1010)[1]
        helpdesk.ticket(1010)
        helpdesk.add_note(1010, text=f"Card {CARD}", marker="[x]")
        helpdesk.redact_comment(comment, marked_html=marked(comment))
    assert "4111" not in caplog.text
    assert cast.ZENDESK_OAUTH_TOKEN not in caplog.text


def test_importing_zenpy_leaves_the_log_level_alone() -> None:
    """zenpy sets the root logger to DEBUG when it is imported with DEBUG_LOG set, to whatever value."""
    code = (
        "import logging, os, sidebar_app.adapters.helpdesk.zendesk.vendor;"
        "assert logging.getLogger().level == logging.WARNING and os.environ['DEBUG_LOG'] == '0'"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "DEBUG_LOG": "0"}, check=True, timeout=60)


# ── tokens and addresses ────────────────────────────────────────────────────


def client_of(world: World) -> OAuthClient:
    return OAuthClient(world.url, oauth.CLIENT_ID, oauth.CLIENT_SECRET)


def test_a_refused_token_is_renewed_once_and_the_call_repeated(world: World, tmp_path: Path) -> None:
    first = world.call("POST", "/_sandbox/tokens", {"expires_in": 60})
    pair = RotatingPair(
        client_of(world), first["refresh_token"], tmp_path / "var" / "pair.json", lambda: world.now
    )
    connection = ZendeskConnection(world.url, pair)
    adapter = ZendeskHelpdesk(connection)
    assert adapter.ticket(1001).id == 1001
    before = pair.current()
    world.documents.delete("zendesk_access", before)
    adapter.add_note(1001, text="After renewal", marker="[r]")
    assert len(notes(adapter, 1001)) == 1
    assert pair.current() != before
    adapter.close()


def test_a_new_pair_is_kept_before_it_is_used_and_shared_between_processes(
    world: World, tmp_path: Path
) -> None:
    first = world.call("POST", "/_sandbox/tokens", {})
    file = tmp_path / "pair.json"
    one, other = (
        RotatingPair(client_of(world), first["refresh_token"], file, lambda: world.now) for _ in range(2)
    )
    token = one.current()
    assert other.current() == token
    assert file.stat().st_mode & 0o077 == 0
    fresh = one.renew(stale=token)
    assert other.renew(stale=token) == fresh


def test_a_pair_is_renewed_before_it_ends(world: World, tmp_path: Path) -> None:
    first = world.call("POST", "/_sandbox/tokens", {})
    pair = RotatingPair(client_of(world), first["refresh_token"], tmp_path / "pair.json", lambda: world.now)
    token = pair.current()
    world.now += timedelta(minutes=24)
    assert pair.current() == token
    world.now += timedelta(minutes=2)
    assert pair.current() != token


def test_connecting_again_replaces_a_broken_pair(world: World, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    first = world.call("POST", "/_sandbox/tokens", {})
    RotatingPair(client_of(world), first["refresh_token"], file, lambda: world.now).current()
    second = world.call("POST", "/_sandbox/tokens", {})
    again = RotatingPair(client_of(world), second["refresh_token"], file, lambda: world.now)
    assert again.current()


def test_a_spent_refresh_token_asks_for_a_person(world: World, tmp_path: Path) -> None:
    pair = RotatingPair(client_of(world), "spent", tmp_path / "pair.json", lambda: world.now)
    with pytest.raises(HelpdeskRefused, match="connect Zendesk again"):
        pair.current()


def test_client_credentials_are_fetched_when_needed_and_renewed_when_refused(world: World) -> None:
    tokens = ClientCredentials(client_of(world), lambda: world.now)
    first = tokens.current()
    assert tokens.current() == first
    assert tokens.renew(stale=first) != first


def test_a_static_token_that_is_refused_is_a_refusal(world: World) -> None:
    connection = ZendeskConnection(world.url, StaticToken("wrong"))
    adapter = ZendeskHelpdesk(connection)
    with pytest.raises(HelpdeskRefused, match="connect Zendesk again"):
        adapter.ticket(1001)
    adapter.close()


def test_the_token_is_sent_to_our_host_only(world: World) -> None:
    connection = ZendeskConnection("http://127.0.0.1:1", StaticToken("secret"))
    session = connection.zenpy().tickets.session
    answer = session.get(f"{world.url}/api/v2/users/me", timeout=2)
    assert answer.status_code == 401
    assert "Authorization" not in answer.request.headers
    connection.close()


@pytest.mark.parametrize(
    "url",
    ["http://acme.zendesk.com", "ftp://127.0.0.1", "https://nohost", "https://u:p@acme.zendesk.com", ""],
)
def test_an_address_that_would_leak_the_token_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        ZendeskConnection(url, StaticToken("t"))


@pytest.mark.parametrize("name", ["ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME"])
def test_a_redirecting_environment_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "evil.example")
    connection = ZendeskConnection("https://acme.zendesk.com", StaticToken("t"))
    with pytest.raises(ValueError, match="redirect"):
        connection.zenpy()


def test_production_addresses_are_built_as_zendesk_documents_them() -> None:
    connection = ZendeskConnection("https://acme.zendesk.com/", StaticToken("t"))
    assert connection._url("users/5.json", {}) == "https://acme.zendesk.com/api/v2/users/5.json"
    assert zendesk_client._address("http://localhost:8001") == ("http", "127.0.0.1:8001")
    connection.close()
