"""The sandbox Zendesk, as the real zenpy and a webhook receiver see it."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from flask import Flask, request
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket
from zenpy.lib.endpoint import Url
from zenpy.lib.exception import APIException, RecordNotFoundException

from sidebar_app.sandbox import cast, zendesk
from sidebar_app.sandbox.deliveries import Sender
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.zendesk import markup, oauth
from sidebar_app.sandbox.zendesk.webhooks import WEBHOOK_ID, signature

Json = dict[str, Any]
SEEDED = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Receiver:
    """Stands where our app would: records deliveries, answers what the test wants."""

    got: list[Json] = field(default_factory=list)
    badly_signed: int = 0
    refuse: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        app = Flask("receiver")

        @app.post("/webhooks/zendesk")
        def webhook() -> tuple[str, int]:
            body, head = request.get_data(), request.headers
            expected = signature(
                cast.ZENDESK_WEBHOOK_SECRET, head["X-Zendesk-Webhook-Signature-Timestamp"], body
            )
            with self.lock:
                self.badly_signed += expected != head["X-Zendesk-Webhook-Signature"]
                if self.refuse:
                    self.refuse -= 1
                    return "", 503
                self.got.append(json.loads(body))
            return "", 204

        return app

    def types(self) -> list[str]:
        return [event["type"].removeprefix("zen:event-type:ticket.") for event in self.got]


@dataclass
class Clock:
    now: datetime = SEEDED

    def __call__(self) -> datetime:
        return self.now


class Refused(Exception):
    def __init__(self, code: int, body: Json) -> None:
        super().__init__(code)
        self.code, self.body = code, body


@dataclass
class Desk:
    url: str
    documents: Documents
    faults: Faults
    sender: Sender
    receiver: Receiver
    clock: Clock

    def call(self, method: str, path: str, body: Json | None = None, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        asked = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                text = answer.read().decode()
                return json.loads(text) if "json" in answer.headers["Content-Type"] else text
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.loads(error.read())) from None

    def delivered(self) -> list[Json]:
        assert self.sender.idle()
        return self.receiver.got


@pytest.fixture(scope="module")
def running() -> Iterator[Desk]:
    documents, faults, receiver, clock = Documents(), Faults(), Receiver(), Clock()
    with Server(receiver.app()) as ours:
        app = zendesk.create_app(
            documents,
            faults,
            app_url="http://127.0.0.1:1",
            webhook_url=f"{ours.url}/webhooks/zendesk",
            now=clock,
        )
        sender: Sender = app.extensions["webhooks"]
        with Server(app) as server:
            yield Desk(server.url, documents, faults, sender, receiver, clock)
        sender.close()
    documents.close()


@pytest.fixture
def desk(running: Desk) -> Desk:
    running.sender.idle()
    key = running.documents.get("zendesk_key", "signing")
    running.documents.clear()
    if key:  # making one takes a while
        running.documents.put("zendesk_key", "signing", key)
    zendesk.seed(running.documents, SEEDED)
    running.faults.clear()
    running.clock.now = SEEDED + timedelta(minutes=5)
    running.receiver.got.clear()
    running.receiver.badly_signed = running.receiver.refuse = 0
    return running


@pytest.fixture
def z(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zenpy]:
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", desk.url.removeprefix("http://"))
    client = Zenpy(
        subdomain="sandbox",
        oauth_token=cast.ZENDESK_OAUTH_TOKEN,
        disable_cache=True,
        timeout=5,
        ratelimit_budget=1,
    )
    yield client
    client.users.session.close()


def redact(z: Zenpy, comment_id: int, body: Json) -> Any:
    url = z.tickets._build_url(Url(f"comment_redactions/{comment_id}"))
    return z.tickets.session.put(url, json=body, timeout=5)


def test_agents_carry_their_groups(z: Zenpy) -> None:
    manager = z.users(id=503)
    names = {group.id: group.name for group in z.groups()}
    assert (manager.role, manager.active, manager.suspended) == ("agent", True, False)
    assert [names[m.group_id] for m in z.users.group_memberships(503)] == ["Billing Managers"]
    assert z.users.me().role == "admin"


def test_a_user_is_found_by_e_mail(z: Zenpy) -> None:
    assert [user.id for user in z.users.search(query="billing@acme.example")] == [2001]


def test_custom_roles_are_listed(z: Zenpy) -> None:
    roles = {role.id: role.name for role in z.custom_agent_roles()}
    assert roles[z.users(id=501).custom_role_id] == "Staff"


def test_seeding_twice_changes_nothing(z: Zenpy, desk: Desk) -> None:
    z.tickets.update(Ticket(id=1001, comment=Comment(body="Hello", public=False)))
    zendesk.seed(desk.documents, SEEDED + timedelta(days=1))
    assert [c.plain_body for c in z.tickets.comments(1001)][1:] == ["Hello"]


def test_every_seeded_ticket_says_what_the_cast_says(z: Zenpy) -> None:
    for story in cast.STORIES:
        ticket = z.tickets(id=story.ticket)
        assert (ticket.subject, ticket.requester_id) == (story.subject, story.requester_id)
        assert next(iter(z.tickets.comments(story.ticket))).plain_body == story.message


def test_a_note_is_added_internally_and_audited(z: Zenpy) -> None:
    audit = z.tickets.update(Ticket(id=1001, comment=Comment(body="Line one\nline <two>", public=False)))
    note = list(z.tickets.comments(1001))[-1]
    assert (note.public, note.author_id) == (False, 500)
    assert note.html_body.count("<br>") == 1
    assert "&lt;two&gt;" in note.html_body
    assert note.plain_body == "Line one\nline <two>"
    assert audit.audit.id in [a.id for a in z.tickets.audits(1001)]


def test_tags_are_added_to_those_there_are(z: Zenpy) -> None:
    z.tickets.add_tags(1001, ["b", "a"])
    z.tickets.add_tags(1001, ["c"])
    assert z.tickets(id=1001).tags == ["a", "b", "c"]


def test_comments_come_in_pages_that_zenpy_follows(z: Zenpy, desk: Desk) -> None:
    for number in range(104):
        desk.call("POST", "/_sandbox/comments", {"ticket": 1002, "as": "customer", "text": f"No. {number}"})
    texts = [c.plain_body for c in z.tickets.comments(1002)]
    assert len(texts) == 105
    assert texts[-1] == "No. 103"


def test_an_unknown_ticket_is_not_found(z: Zenpy) -> None:
    with pytest.raises(RecordNotFoundException):
        z.tickets(id=999)


def test_a_closed_ticket_takes_no_comment(z: Zenpy, desk: Desk) -> None:
    desk.call("PATCH", "/_sandbox/tickets/1001", {"status": "closed"})
    with pytest.raises(APIException) as refused:
        z.tickets.update(Ticket(id=1001, comment=Comment(body="Too late", public=False)))
    assert refused.value.response.status_code == 422
    assert len(list(z.tickets.comments(1001))) == 1


@pytest.mark.parametrize("token", [None, "", "wrong", cast.ZENDESK_OAUTH_TOKEN + "x"])
def test_a_wrong_token_is_refused(desk: Desk, token: str | None) -> None:
    with pytest.raises(Refused) as refused:
        desk.call("GET", "/api/v2/users/me.json", token=token)
    assert refused.value.code == 401


def test_paths_work_with_and_without_json(desk: Desk) -> None:
    for path in ("users/me", "users/me.json", "tickets/1001", "tickets/1001.json", "groups.json"):
        assert desk.call("GET", f"/api/v2/{path}", token=cast.ZENDESK_OAUTH_TOKEN)


def test_too_many_requests_say_when_to_come_back(z: Zenpy, desk: Desk) -> None:
    desk.faults.arm(Fault("status", path="/tickets/1001$", value=429, retry_after=41))
    answer = z.tickets.session.get(f"{desk.url}/api/v2/tickets/1001", timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "41")


# ── redaction ───────────────────────────────────────────────────────────────


def plain_card(z: Zenpy) -> Any:
    return list(z.tickets.comments(1010))[1]


def test_the_seeded_card_numbers_are_there_in_plain_sight_and_in_disguise(z: Zenpy) -> None:
    _, plain, hidden = list(z.tickets.comments(1010))
    assert "4111 1111 1111 1111" in plain.plain_body
    assert "CVV" in plain.plain_body
    assert "5555555555554444" not in hidden.html_body
    assert "".join(c for c in markup.to_text(hidden.html_body) if c.isdigit()) == "5555555555554444"


def test_marked_text_turns_black_and_the_rest_stays(z: Zenpy, desk: Desk) -> None:
    comment = plain_card(z)
    marked = comment.html_body.replace("4111 1111 1111 ", "<redact>4111 1111 1111 </redact>")
    answer = redact(z, comment.id, {"ticket_id": 1010, "html_body": marked})
    assert answer.ok
    after = plain_card(z)
    black = markup.BLACK * 15
    assert after.html_body == comment.html_body.replace("4111 1111 1111 ", black)
    assert after.plain_body.startswith(f"It is {black}1111, valid until")
    assert "redacted_content" in z.tickets(id=1010).tags
    assert desk.delivered()[-1]["type"] == "zen:event-type:ticket.comment_redacted"


def test_an_entity_is_one_character_and_tags_inside_a_mark_stay() -> None:
    assert markup.redacted("<p><redact>4&nbsp;<b>&#49;</b>2</redact>34</p>") == "<p>▇▇<b>▇</b>▇34</p>"


def test_an_element_with_a_bare_redact_attribute_is_removed() -> None:
    assert markup.redacted('a<img src="x" redact>b') == "ab"


@pytest.mark.parametrize("marked", ["<redact>4", "4</redact>", "<redact><redact>4</redact></redact>", "4"])
def test_marks_that_do_not_pair_up_are_refused(marked: str) -> None:
    with pytest.raises(markup.BadMarks):
        markup.redacted(marked)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda html: html.replace("Please", "<redact>Pleas</redact>"),
        lambda html: html.replace("4111", "<redact>4111</redact>") + " ",
        lambda html: html,
        lambda _: "",
    ],
)
def test_a_redaction_that_would_change_anything_else_is_refused(z: Zenpy, spoil: Any) -> None:
    comment = plain_card(z)
    answer = redact(z, comment.id, {"ticket_id": 1010, "html_body": spoil(comment.html_body)})
    assert answer.status_code == 422
    assert plain_card(z).html_body == comment.html_body


def test_a_stale_html_body_is_refused(z: Zenpy) -> None:
    comment = plain_card(z)
    first = comment.html_body.replace("4111", "<redact>4111</redact>")
    assert redact(z, comment.id, {"ticket_id": 1010, "html_body": first}).ok
    assert redact(z, comment.id, {"ticket_id": 1010, "html_body": first}).status_code == 422


def test_a_comment_of_another_ticket_is_not_found(z: Zenpy) -> None:
    comment = plain_card(z)
    body = {"ticket_id": 1001, "html_body": comment.html_body.replace("4111", "<redact>4111</redact>")}
    assert redact(z, comment.id, body).status_code == 404


def test_closed_tickets_take_the_new_redaction_but_not_the_legacy_one(z: Zenpy, desk: Desk) -> None:
    comment = plain_card(z)
    desk.call("PATCH", "/_sandbox/tickets/1010", {"status": "closed"})
    with pytest.raises(APIException):
        z.tickets.comment_redact(1010, comment.id, "4111")
    marked = comment.html_body.replace("4111", "<redact>4111</redact>")
    assert redact(z, comment.id, {"ticket_id": 1010, "html_body": marked}).ok


def test_legacy_redaction_blackens_literal_text(z: Zenpy) -> None:
    comment = plain_card(z)
    z.tickets.comment_redact(1010, comment.id, "4111 1111 1111")
    assert "4111 1111" not in plain_card(z).html_body


def test_what_was_redacted_shows_in_no_audit_export_or_description(z: Zenpy, desk: Desk) -> None:
    created = desk.call(
        "POST", "/_sandbox/tickets", {"requester_id": 2001, "subject": "Card", "text": "4111111111111111"}
    )
    first = next(iter(z.tickets.comments(created["id"])))
    marked = first.html_body.replace("4111111111111111", "<redact>411111111111</redact>1111")
    assert redact(z, first.id, {"ticket_id": created["id"], "html_body": marked}).ok
    desk.clock.now += timedelta(minutes=5)
    token = cast.ZENDESK_OAUTH_TOKEN
    paths = (
        f"tickets/{created['id']}",
        f"tickets/{created['id']}/audits",
        "incremental/tickets/cursor?start_time=1",
        "incremental/ticket_events?start_time=1&include=comment_events",
    )
    for path in paths:
        text = json.dumps(desk.call("GET", f"/api/v2/{path}", token=token))
        assert "411111111111" not in text
        assert str(created["id"]) in text


def test_an_attachment_is_emptied(z: Zenpy, desk: Desk) -> None:
    file = {"file_name": "card.txt", "content_type": "text/plain", "text": "4111111111111111"}
    said = {"ticket": 1001, "as": "customer", "text": "See file", "attachments": [file]}
    comment = desk.call("POST", "/_sandbox/comments", said)
    [attached] = comment["attachments"]
    path = attached["content_url"].removeprefix(desk.url)
    assert desk.call("GET", path) == "4111111111111111"
    z.attachments.redact(1001, comment["id"], attached["id"])
    [after] = list(z.tickets.comments(1001))[-1].attachments
    assert (after.file_name, after.size) == ("redacted.txt", 0)
    assert desk.call("GET", path) == ""


# ── exports ─────────────────────────────────────────────────────────────────


def test_the_cursor_export_names_each_change_once_and_leaves_out_the_last_minute(
    z: Zenpy, desk: Desk
) -> None:
    everything = z.tickets.incremental(start_time=1)
    assert len(list(everything)) == len(cast.STORIES)
    assert everything.end_of_stream
    z.tickets.add_tags(1003, ["x"])
    assert list(z.tickets.incremental(cursor=everything.after_cursor)) == []
    desk.clock.now += timedelta(seconds=61)
    assert [t.id for t in z.tickets.incremental(cursor=everything.after_cursor)] == [1003]


def test_the_cursor_export_comes_in_pages(desk: Desk) -> None:
    path, seen = "/api/v2/incremental/tickets/cursor?start_time=1&per_page=5", []
    for _ in range(10):
        page = desk.call("GET", path, token=cast.ZENDESK_OAUTH_TOKEN)
        seen += [t["id"] for t in page["tickets"]]
        path = f"/api/v2/incremental/tickets/cursor?per_page=5&cursor={page['after_cursor']}"
        if page["end_of_stream"]:
            break
    assert sorted(seen) == [s.ticket for s in cast.STORIES]


def test_ticket_events_carry_comments_when_asked(z: Zenpy) -> None:
    events = list(z.tickets.events(start_time=1_700_000_000, include=["comment_events"]))
    bodies = [child["body"] for event in events for child in event.child_events]
    assert any("4111 1111 1111 1111" in body for body in bodies)


# ── keys and tokens ─────────────────────────────────────────────────────────


def public_key(desk: Desk) -> str:
    path = f"/api/v2/apps/{cast.ZENDESK_APP_ID}/public_key.pem"
    return str(desk.call("GET", path, token=cast.ZENDESK_OAUTH_TOKEN))


def test_a_signed_visit_has_the_claims_of_production(desk: Desk) -> None:
    token = zendesk.sign_visit(desk.documents, agent="l1", ticket=1001)
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    claims = jwt.decode(
        token,
        public_key(desk),
        algorithms=["RS256"],
        issuer="sandbox.zendesk.com",
        audience="https://sandbox.zendesk.com/api/v2/apps/installations/9001.json",
    )
    assert claims["sub"] == "https://sandbox.zendesk.com/api/v2/users/501.json"
    assert claims["exp"] - claims["iat"] == 300
    assert claims["context"]["location"] == "ticket_sidebar"
    assert claims["context"]["url"].endswith("/agent/tickets/1001")


def test_the_route_signs_what_the_function_signs(desk: Desk) -> None:
    token = desk.call("GET", "/_sandbox/sign?agent=manager&location=nav_bar")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"].endswith("/503.json")
    assert claims["context"] == {"product": "support", "location": "nav_bar"}


def test_nobody_else_can_be_signed_for(desk: Desk) -> None:
    with pytest.raises(KeyError):
        zendesk.sign_visit(desk.documents, agent="nobody", ticket=1001)
    with pytest.raises(Refused) as refused:
        desk.call("GET", "/_sandbox/sign?agent=nobody&ticket=1001")
    assert refused.value.code == 404


def test_a_rotated_key_replaces_the_published_one(desk: Desk) -> None:
    before = public_key(desk)
    desk.call("POST", "/_sandbox/rotate-key", {})
    token = zendesk.sign_visit(desk.documents, agent="l1", ticket=None)
    assert public_key(desk) != before
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, before, algorithms=["RS256"], options={"verify_aud": False})


def test_the_key_of_another_app_is_not_found(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.call("GET", "/api/v2/apps/1/public_key.pem", token=cast.ZENDESK_OAUTH_TOKEN)
    assert refused.value.code == 404


def test_a_refresh_token_works_once_and_ends_its_access_token(desk: Desk) -> None:
    client = {"client_id": oauth.CLIENT_ID, "client_secret": oauth.CLIENT_SECRET}
    first = desk.call("POST", "/_sandbox/tokens", {})
    asked = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], **client}
    second = desk.call("POST", "/oauth/tokens", asked)
    assert desk.call("GET", "/api/v2/users/me", token=second["access_token"])["user"]["id"] == 500
    with pytest.raises(Refused) as ended:
        desk.call("GET", "/api/v2/users/me", token=first["access_token"])
    assert ended.value.code == 401
    with pytest.raises(Refused) as spent:
        desk.call("POST", "/oauth/tokens", asked)
    assert spent.value.body["error"] == "invalid_grant"


def test_an_access_token_ends_after_its_time(desk: Desk) -> None:
    pair = desk.call("POST", "/_sandbox/tokens", {"expires_in": 60})
    desk.clock.now += timedelta(seconds=61)
    with pytest.raises(Refused) as ended:
        desk.call("GET", "/api/v2/users/me", token=pair["access_token"])
    assert ended.value.code == 401


# ── webhooks ────────────────────────────────────────────────────────────────


def test_the_signature_is_the_one_of_the_published_rule() -> None:
    assert signature("s3", "2024-04-17T17:18:10Z", b'{"a":1}') == (
        "Yv/tlKI3cLKrG7/fuWgchrO0SeGHEB+n6AUpqztbzCE="
    )
    assert len(base64.b64decode(signature("s3", "", b""))) == 32


def test_the_signing_secret_can_be_read(z: Zenpy) -> None:
    assert z.webhooks.show_secret(WEBHOOK_ID).secret == cast.ZENDESK_WEBHOOK_SECRET


def test_a_comment_is_announced_signed_with_its_text(desk: Desk) -> None:
    comment = desk.call("POST", "/_sandbox/comments", {"ticket": 1001, "as": "customer", "text": "Thanks"})
    [event] = desk.delivered()
    assert event["type"] == "zen:event-type:ticket.comment_added"
    assert event["subject"] == "zen:ticket:1001"
    assert event["detail"]["id"] == "1001"
    assert event["event"]["comment"]["id"] == str(comment["id"])
    assert event["event"]["comment"]["body"] == "Thanks"
    assert event["event"]["comment"]["author"]["is_staff"] is False
    assert desk.receiver.badly_signed == 0


def test_a_new_ticket_is_announced(desk: Desk) -> None:
    asked = {"requester_id": 2002, "subject": "New", "text": "Hello"}
    created = desk.call("POST", "/_sandbox/tickets", asked)
    [event] = desk.delivered()
    assert event["type"] == "zen:event-type:ticket.created"
    assert event["detail"]["id"] == str(created["id"])
    assert event["detail"]["description"] == "Hello"


def test_the_events_of_a_seeded_ticket_wait_until_it_is_opened(desk: Desk) -> None:
    assert desk.delivered() == []
    desk.call("GET", "/agent/tickets/1010")
    desk.call("GET", "/agent/tickets/1010")
    desk.delivered()
    assert sorted(desk.receiver.types()) == ["comment_added", "comment_added", "created"]


def test_a_refused_delivery_is_tried_again(desk: Desk) -> None:
    desk.receiver.refuse = 1
    desk.call("POST", "/_sandbox/comments", {"ticket": 1001, "as": "customer", "text": "Again"})
    assert len(desk.delivered()) == 1


def test_faults_duplicate_reorder_and_lose_deliveries(desk: Desk) -> None:
    for kind in ("duplicate", "lose", "reorder"):
        desk.faults.arm(Fault(kind, method="WEBHOOK", path="comment_added"))
        desk.call("POST", "/_sandbox/comments", {"ticket": 1001, "as": "customer", "text": kind})
        desk.faults.clear()
    desk.call("POST", "/_sandbox/comments", {"ticket": 1001, "as": "customer", "text": "last"})
    texts = [event["event"]["comment"]["body"] for event in desk.delivered()]
    assert sorted(texts) == ["duplicate", "duplicate", "last", "reorder"]
    assert texts[-1] == "reorder"


# ── workspace ───────────────────────────────────────────────────────────────


def test_the_workspace_tells_the_page_where_the_app_is(desk: Desk) -> None:
    for path in ("/agent/tickets", "/agent/tickets/1001?agent=l2", "/agent/apps/billing"):
        assert 'data-app-url="http://127.0.0.1:1"' in desk.call("GET", path)
    assert "ZAFClient" in desk.call("GET", "/zaf_sdk.min.js")


def test_the_state_shows_who_said_what(desk: Desk) -> None:
    said = {"ticket": 1001, "as": "l2", "text": "Between us", "public": False}
    desk.call("POST", "/_sandbox/comments", said)
    state = desk.call("GET", "/_sandbox/state?agent=manager&ticket=1001")
    assert (state["me"]["key"], len(state["people"])) == ("manager", len(cast.COLLEAGUES))
    assert [(c["author"]["name"], c["public"]) for c in state["comments"]] == [
        ("Acme Corp", True),
        ("L2 agent", False),
    ]


def test_a_colleague_can_be_moved_to_another_group(z: Zenpy, desk: Desk) -> None:
    desk.call("PATCH", "/_sandbox/users/l1", {"groups": ["Billing L2"], "suspended": True})
    assert z.users(id=501).suspended
    assert [m.group_id for m in z.users.group_memberships(501)] == [3002]


def test_a_message_of_a_chat_is_an_event_of_messaging(desk: Desk) -> None:
    told = {"ticket": 1001, "messages": [{"as": "customer", "text": "hello"}]}
    desk.call("POST", "/_sandbox/chats", told)
    (event,) = desk.delivered()
    assert event["type"] == "zen:event-type:messaging_ticket.message_added"
    assert event["subject"] == "zen:ticket:1001"
    assert event["event"]["message"]["body"] == "hello"
