"""The sandbox Slack, as the real slack_sdk sees it."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask, Response, request
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, HeaderBlock
from slack_sdk.signature import SignatureVerifier

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.slack import create_app, seed

Json = dict[str, Any]
APPROVALS = cast.SLACK_APPROVALS_CHANNEL


@dataclass
class Receiver:
    """Stands where our app would: records interactions and answers what the test wants."""

    got: list[Json] = field(default_factory=list)
    unsigned: int = 0
    answer: Callable[[Json], Response] = field(default=lambda _: Response(status=200))

    def reset(self) -> None:
        self.got.clear()
        self.unsigned = 0
        self.answer = lambda _: Response(status=200)

    def app(self) -> Flask:
        app = Flask("receiver")
        verifier = SignatureVerifier(cast.SLACK_SIGNING_SECRET)

        @app.post("/slack/events")
        def events() -> Response:
            body = request.get_data(as_text=True)
            if not verifier.is_valid_request(body, dict(request.headers)):
                self.unsigned += 1
            payload = json.loads(parse_qs(body)["payload"][0])
            self.got.append(payload)
            return self.answer(payload)

        return app


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Slack:
    url: str
    client: WebClient
    faults: Faults
    documents: Documents
    receiver: Receiver

    def control(self, verb: str, path: str, /, **body: object) -> Any:
        data = json.dumps(body).encode() if verb != "GET" else None
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.url}{path}", data, headers, method=verb)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)

    def card(self) -> str:
        return str(self.client.chat_postMessage(channel=APPROVALS, text="Refund?", blocks=CARD)["ts"])

    def click(self, who: str, ts: str, action_id: str = "approve", **more: object) -> Json:
        asked = {"as": who, "channel": "approvals", "ts": ts, "action_id": action_id, **more}
        answer: Json = self.control("POST", "/_sandbox/click", **asked)
        return answer

    def submit(self, who: str, view_id: str, values: Json) -> Json:
        asked = {"as": who, "view_id": view_id, "values": values}
        answer: Json = self.control("POST", "/_sandbox/submit", **asked)
        return answer


CARD = [
    HeaderBlock(text="Refund $1,450.00").to_dict(),
    ActionsBlock(
        block_id="decide",
        elements=[
            ButtonElement(action_id="approve", text="Approve", style="primary", value="v"),
            ButtonElement(action_id="reject", text="Reject", style="danger", value="v"),
        ],
    ).to_dict(),
]
MODAL = {
    "type": "modal",
    "callback_id": "reject",
    "private_metadata": "pm",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Reject"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text", "min_length": 5, "max_length": 100},
        }
    ],
}


@pytest.fixture(scope="module")
def running_slack() -> Iterator[Slack]:
    yield from running(answer_within_seconds=3.0)


@pytest.fixture
def slack(running_slack: Slack) -> Slack:
    """An empty workspace on the first day."""
    running_slack.documents.clear()
    running_slack.faults.clear()
    running_slack.receiver.reset()
    seed(running_slack.documents)
    return running_slack


@pytest.fixture
def impatient_slack() -> Iterator[Slack]:
    yield from running(answer_within_seconds=0.2)


def running(*, answer_within_seconds: float) -> Iterator[Slack]:
    receiver, faults, documents = Receiver(), Faults(), Documents()
    with Server(receiver.app()) as ours:
        app = create_app(
            documents,
            faults,
            interactivity_url=f"{ours.url}/slack/events",
            answer_within_seconds=answer_within_seconds,
        )
        with Server(app) as theirs:
            client = WebClient(
                token=cast.SLACK_BOT_TOKEN, base_url=f"{theirs.url}/api/", timeout=5, retry_handlers=[]
            )
            yield Slack(theirs.url, client, faults, documents, receiver)
    documents.close()


def code(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


# -- who may call ----------------------------------------------------------------------------------


def test_auth_test_names_the_workspace_and_the_scopes(slack: Slack) -> None:
    answer = slack.client.auth_test()
    assert answer["team_id"] == cast.SLACK_TEAM_ID
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


@pytest.mark.parametrize(("token", "error"), [("xoxb-wrong", "invalid_auth"), ("", "not_authed")])
def test_a_wrong_token_is_refused(slack: Slack, token: str, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        WebClient(token=token, base_url=f"{slack.url}/api/", retry_handlers=[]).auth_test()
    assert code(refused) == error


# -- messages --------------------------------------------------------------------------------------


def test_a_posted_message_can_be_read_back_and_updated(slack: Slack) -> None:
    posted = slack.client.chat_postMessage(channel="#approvals", text="Refund?", blocks=CARD)
    assert posted["channel"] == APPROVALS
    slack.client.chat_update(channel=APPROVALS, ts=posted["ts"], text="Approved", blocks=CARD[:1])
    (message,) = slack.client.conversations_history(channel=APPROVALS)["messages"]
    assert (message["text"], len(message["blocks"]), "edited" in message) == ("Approved", 1, True)


def test_timestamps_are_unique_and_rise(slack: Slack) -> None:
    stamps = [slack.client.chat_postMessage(channel=APPROVALS, text=str(i))["ts"] for i in range(5)]
    assert stamps == sorted(set(stamps))


def test_metadata_is_shown_only_on_request(slack: Slack) -> None:
    metadata = {"event_type": "billing_approval", "event_payload": {"id": "r1"}}
    slack.client.chat_postMessage(channel=APPROVALS, text="x", metadata=metadata)
    hidden = slack.client.conversations_history(channel=APPROVALS)["messages"][0]
    shown = slack.client.conversations_history(channel=APPROVALS, include_all_metadata=True)["messages"][0]
    assert "metadata" not in hidden
    assert shown["metadata"] == metadata


def test_a_direct_message_is_updated_by_the_channel_the_post_returned(slack: Slack) -> None:
    posted = slack.client.chat_postMessage(channel="U0MANAGER", text="hello")
    assert posted["channel"].startswith("D")
    slack.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="changed")
    with pytest.raises(SlackApiError) as refused:
        slack.client.chat_update(channel="U0MANAGER", ts=posted["ts"], text="again")
    assert code(refused) == "channel_not_found"


def test_an_ephemeral_message_is_seen_by_its_user_only(slack: Slack) -> None:
    slack.client.chat_postEphemeral(channel=APPROVALS, user="U0MANAGER", text="Only you")
    assert [e["text"] for e in slack.control("GET", "/_sandbox/ephemerals?as=manager")] == ["Only you"]
    assert slack.control("GET", "/_sandbox/ephemerals?as=vp") == []
    assert slack.client.conversations_history(channel=APPROVALS)["messages"] == []


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat_postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ("chat_postMessage", {"channel": APPROVALS, "text": "x", "thread_ts": "1.0"}, "message_not_found"),
        (
            "chat_postMessage",
            {"channel": APPROVALS, "text": "", "attachments": [{"fallback": "x"}]},
            "no_text",
        ),
        ("chat_update", {"channel": APPROVALS, "ts": "1.000001", "text": "x"}, "message_not_found"),
        (
            "chat_postEphemeral",
            {"channel": APPROVALS, "user": "U0NOBODY", "text": "x"},
            "user_not_in_channel",
        ),
        ("users_info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users_lookupByEmail", {"email": "nobody@support.example"}, "users_not_found"),
        ("conversations_info", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("views_open", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
    ],
)
def test_a_mistake_gets_slacks_error_code(slack: Slack, method: str, arguments: Json, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        getattr(slack.client, method)(**arguments)
    assert code(refused) == error


def section(**parts: object) -> Json:
    return {"type": "section", **parts}


def text(length: int, kind: str = "mrkdwn") -> Json:
    return {"type": kind, "text": "x" * length}


def buttons(count: int, **parts: object) -> Json:
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": f"a{i}", "text": text(3, "plain_text"), **parts}
            for i in range(count)
        ],
    }


CONFIRM = {"title": text(5, "plain_text"), "text": text(5), "confirm": text(3, "plain_text")}


@pytest.mark.parametrize(
    "blocks",
    [
        [section(text=text(3001))],
        [section(text=text(0))],
        [section()],
        [section(fields=[text(5)] * 11)],
        [section(fields=[text(2001)])],
        [{"type": "header", "text": text(151, "plain_text")}],
        [{"type": "header", "text": text(5)}],
        [{"type": "context", "elements": [text(5)] * 11}],
        [{"type": "divider"}] * 51,
        [{"type": "sparkles"}],
        [buttons(26)],
        [buttons(0)],
        [buttons(1, text=text(5))],
        [buttons(1, text=text(76, "plain_text"))],
        [buttons(1, value="x" * 2001)],
        [buttons(1, style="bogus")],
        [buttons(2, action_id="same")],
        [buttons(1, action_id="x" * 256)],
        [buttons(1, accessibility_label="x" * 76)],
        [buttons(1, confirm={**CONFIRM, "title": text(101, "plain_text")})],
        [buttons(1, confirm={**CONFIRM, "text": text(301)})],
        [buttons(1, confirm={**CONFIRM, "confirm": text(31, "plain_text")})],
        [section(text=text(5), block_id="b"), section(text=text(5), block_id="b")],
        ["not a block"],
        [{"type": "actions", "elements": ["not an element"]}],
    ],
)
def test_blocks_beyond_slacks_limits_are_refused(slack: Slack, blocks: list[Json]) -> None:
    with pytest.raises(SlackApiError) as refused:
        slack.client.chat_postMessage(channel=APPROVALS, text="x", blocks=blocks)
    assert code(refused) == "invalid_blocks"


def test_blocks_at_slacks_limits_are_taken(slack: Slack) -> None:
    blocks = [
        section(text=text(3000), fields=[text(200)] * 10),
        {"type": "header", "text": text(150, "plain_text")},
        buttons(25),
        buttons(1, text=text(75, "plain_text"), value="x" * 2000, confirm=CONFIRM, style="danger"),
        {"type": "divider"},
    ]
    assert slack.client.chat_postMessage(channel=APPROVALS, text="x", blocks=blocks)["ok"]


def test_an_oversized_message_is_refused_as_a_whole(slack: Slack) -> None:
    with pytest.raises(SlackApiError) as refused:
        slack.client.chat_postMessage(channel=APPROVALS, text="x", blocks=[section(text=text(2900))] * 5)
    assert code(refused) == "msg_blocks_too_long"


# -- people ----------------------------------------------------------------------------------------


def test_users_info_tells_guests_former_and_foreign_people_apart(slack: Slack) -> None:
    def info(id: str) -> Any:
        return slack.client.users_info(user=id)["user"]

    assert info("U0GUEST")["is_restricted"]
    assert info("U0FORMER")["deleted"]
    assert info("U0BILLINGBOT")["is_bot"]
    assert info(cast.FOREIGN_SLACK_USER)["team_id"] == cast.FOREIGN_SLACK_TEAM
    manager = info("U0MANAGER")
    assert not any(manager[flag] for flag in ("is_restricted", "deleted", "is_bot"))
    assert slack.client.users_lookupByEmail(email="manager@support.example")["user"]["id"] == "U0MANAGER"


def test_a_person_can_be_deactivated_and_a_channel_shared(slack: Slack) -> None:
    slack.control("PATCH", "/_sandbox/users/manager", deleted=True)
    slack.control("PATCH", "/_sandbox/channels/approvals", is_ext_shared=True)
    assert slack.client.users_info(user="U0MANAGER")["user"]["deleted"]
    assert slack.client.conversations_info(channel=APPROVALS)["channel"]["is_ext_shared"]


def test_seeding_again_keeps_what_changed(slack: Slack) -> None:
    slack.control("PATCH", "/_sandbox/users/manager", deleted=True)
    seed(slack.documents)
    assert slack.client.users_info(user="U0MANAGER")["user"]["deleted"]


# -- clicks and modals -----------------------------------------------------------------------------


def test_a_click_arrives_signed_and_shaped_as_slack_sends_it(slack: Slack) -> None:
    ts = slack.card()
    assert slack.click("manager", ts)["status"] == 200
    (payload,) = slack.receiver.got
    assert slack.receiver.unsigned == 0
    assert payload["type"] == "block_actions"
    assert payload["api_app_id"] == cast.SLACK_APP_ID
    assert payload["team"]["id"] == cast.SLACK_TEAM_ID
    assert (payload["user"]["id"], payload["user"]["team_id"]) == ("U0MANAGER", cast.SLACK_TEAM_ID)
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == ts
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "decide", "v")


def test_somebody_of_another_company_clicks_under_their_own_workspace(slack: Slack) -> None:
    slack.click("foreign", slack.card())
    assert slack.receiver.got[0]["user"]["team_id"] == cast.FOREIGN_SLACK_TEAM
    assert slack.receiver.got[0]["team"]["id"] == cast.SLACK_TEAM_ID


def test_a_double_click_is_two_interactions(slack: Slack) -> None:
    slack.click("manager", slack.card(), times=2)
    assert len({p["trigger_id"] for p in slack.receiver.got}) == 2


def test_a_replay_sends_the_same_bytes(slack: Slack) -> None:
    sent = slack.click("manager", slack.card())
    slack.control("POST", "/_sandbox/replay", id=sent["id"])
    first, second = slack.receiver.got
    assert first == second


def test_a_button_that_is_gone_cannot_be_pressed(slack: Slack) -> None:
    ts = slack.card()
    slack.client.chat_update(channel=APPROVALS, ts=ts, text="Approved", blocks=CARD[:1])
    with pytest.raises(urllib.error.HTTPError) as refused:
        slack.click("manager", ts)
    refused.value.close()
    assert slack.receiver.got == []


def opened(slack: Slack, who: str = "manager") -> str:
    """A modal opened by a click; its id."""

    def open_modal(payload: Json) -> Response:
        slack.client.views_open(trigger_id=payload["trigger_id"], view=MODAL)
        return Response(status=200)

    slack.receiver.answer = open_modal
    slack.click(who, slack.card(), "reject")
    (record,) = slack.control("GET", f"/_sandbox/views?as={who}")
    return str(record["view"]["id"])


def answering(slack: Slack, answer: Json | None) -> None:
    def respond(_: Json) -> Response:
        return Response(json.dumps(answer) if answer else "", mimetype="application/json")

    slack.receiver.answer = respond


def test_a_modal_is_submitted_with_its_state_and_metadata_and_closes(slack: Slack) -> None:
    view_id = opened(slack)
    answering(slack, None)
    assert slack.submit("manager", view_id, {"reason": "not enough facts"})["view"] is None
    payload = slack.receiver.got[-1]
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "pm"
    assert payload["view"]["state"]["values"]["reason"]["text"]["value"] == "not enough facts"
    assert "channel" not in payload
    assert slack.control("GET", "/_sandbox/views?as=manager") == []


def test_the_client_itself_holds_back_a_reason_that_is_too_short(slack: Slack) -> None:
    view_id = opened(slack)
    answer = slack.submit("manager", view_id, {"reason": "no"})
    assert answer["view"]["errors"] == {"reason": "Please enter at least 5 characters."}
    assert [p["type"] for p in slack.receiver.got] == ["block_actions"]


def test_errors_an_update_and_a_clear_are_played_back(slack: Slack) -> None:
    view_id = opened(slack)
    answering(slack, {"response_action": "errors", "errors": {"reason": "Say more."}})
    assert slack.submit("manager", view_id, {"reason": "enough"})["view"]["errors"] == {"reason": "Say more."}
    answering(slack, {"response_action": "update", "view": {**MODAL, "private_metadata": "changed"}})
    updated = slack.submit("manager", view_id, {"reason": "enough"})["view"]
    assert (updated["view"]["private_metadata"], updated["errors"]) == ("changed", {})
    notice = {"type": "modal", "title": MODAL["title"], "blocks": [section(text=text(5))]}
    answering(slack, {"response_action": "update", "view": notice})
    assert "submit" not in slack.submit("manager", view_id, {"reason": "enough"})["view"]["view"]
    answering(slack, {"response_action": "clear"})
    assert slack.submit("manager", view_id, {"reason": "enough"})["view"] is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"no_such_block": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        {"response_action": "errors"},
    ],
    ids=["unknown block", "bad view", "unknown action", "no errors"],
)
def test_an_answer_slack_cannot_use_leaves_the_modal_with_a_notice(slack: Slack, answer: Json) -> None:
    view_id = opened(slack)
    answering(slack, answer)
    assert "trouble" in slack.submit("manager", view_id, {"reason": "enough"})["view"]["notice"]


def test_nobody_submits_another_persons_modal(slack: Slack) -> None:
    view_id = opened(slack)
    with pytest.raises(urllib.error.HTTPError) as refused:
        slack.submit("vp", view_id, {"reason": "enough"})
    refused.value.close()


def test_views_update_guards_by_hash(slack: Slack) -> None:
    view_id = opened(slack)
    with pytest.raises(SlackApiError) as refused:
        slack.client.views_update(view_id=view_id, view=MODAL, hash="1.stale")
    assert code(refused) == "hash_conflict"
    assert slack.client.views_update(view_id=view_id, view=MODAL)["ok"]


def test_a_modal_beyond_slacks_limits_is_refused(slack: Slack) -> None:
    slack.click("manager", slack.card())
    trigger = slack.receiver.got[0]["trigger_id"]
    long_title = {**MODAL, "title": text(25, "plain_text")}
    no_submit = {key: value for key, value in MODAL.items() if key != "submit"}
    for view in (long_title, no_submit, {**MODAL, "private_metadata": "x" * 3001}):
        with pytest.raises(SlackApiError) as refused:
            slack.client.views_open(trigger_id=trigger, view=view)
        assert code(refused) == "invalid_arguments"
    assert slack.client.views_open(trigger_id=trigger, view=MODAL)["ok"]


def test_a_trigger_is_good_once_and_for_three_seconds() -> None:
    clock, receiver = Clock(), Receiver()
    documents = Documents()
    with Server(receiver.app()) as ours:
        app = create_app(documents, Faults(), interactivity_url=f"{ours.url}/slack/events", clock=clock)
        with Server(app) as theirs:
            client = WebClient(token=cast.SLACK_BOT_TOKEN, base_url=f"{theirs.url}/api/", retry_handlers=[])
            slack = Slack(theirs.url, client, Faults(), documents, receiver)
            ts = slack.card()
            slack.click("manager", ts)
            slack.click("manager", ts)
            once, late = (p["trigger_id"] for p in receiver.got)
            client.views_open(trigger_id=once, view=MODAL)
            with pytest.raises(SlackApiError) as again:
                client.views_open(trigger_id=once, view=MODAL)
            clock.now += 3.1
            with pytest.raises(SlackApiError) as expired:
                client.views_open(trigger_id=late, view=MODAL)
    documents.close()
    assert (code(again), code(expired)) == ("exchanged_trigger_id", "expired_trigger_id")


# -- trouble ---------------------------------------------------------------------------------------


def test_an_app_that_is_too_slow_is_reported_to_the_person(impatient_slack: Slack) -> None:
    given_up = threading.Event()

    def wait(_: Json) -> Response:
        given_up.wait(5)
        return Response(status=200)

    impatient_slack.receiver.answer = wait
    answer = impatient_slack.click("manager", impatient_slack.card())
    given_up.set()
    assert answer["status"] is None
    assert "respond" in answer["notice"]


def test_an_app_that_answers_an_error_is_reported_to_the_person(slack: Slack) -> None:
    slack.receiver.answer = lambda _: Response(status=500)
    assert "500" in slack.click("manager", slack.card())["notice"]


def test_a_rate_limit_carries_slacks_body_and_header(slack: Slack) -> None:
    slack.faults.arm(Fault(kind="status", path="chat.postMessage", value=429, retry_after=7))
    with pytest.raises(SlackApiError) as limited:
        slack.client.chat_postMessage(channel=APPROVALS, text="x")
    assert code(limited) == "ratelimited"
    assert limited.value.response.headers["Retry-After"] == "7"
    assert slack.client.chat_postMessage(channel=APPROVALS, text="x")["ok"]


def test_a_cut_after_the_work_leaves_the_message_posted(slack: Slack) -> None:
    slack.faults.arm(Fault(kind="drop_after", path="chat.postMessage"))
    with pytest.raises((OSError, HTTPException)):
        slack.client.chat_postMessage(channel=APPROVALS, text="posted all the same")
    assert len(slack.control("GET", "/_sandbox/messages?channel=approvals")) == 1


def test_a_scripted_error_hits_its_method_as_often_as_asked(slack: Slack) -> None:
    slack.control("POST", "/_sandbox/errors", method="chat.update", error="internal_error", times=2)
    ts = slack.card()
    for _ in range(2):
        with pytest.raises(SlackApiError) as failed:
            slack.client.chat_update(channel=APPROVALS, ts=ts, text="x")
        assert code(failed) == "internal_error"
    assert slack.client.chat_update(channel=APPROVALS, ts=ts, text="x")["ok"]


# -- the page --------------------------------------------------------------------------------------


def test_the_page_needs_nothing_from_elsewhere(slack: Slack) -> None:
    parts = ["/?as=manager&channel=approvals"]
    parts += [f"/page/{n}" for n in ("main.js", "blocks.js", "modal.js", "mrkdwn.js", "channel.css")]
    for part in parts:
        with urllib.request.urlopen(f"{slack.url}{part}", timeout=5) as answer:
            body = answer.read().decode()
        assert "://" not in body.replace("https?:", "")


def test_the_page_shows_a_private_channel_to_its_members_only(slack: Slack) -> None:
    slack.client.chat_postMessage(channel=cast.SLACK_SECURITY_CHANNEL, text="A card number was found.")
    seen = slack.control("GET", "/_sandbox/state?as=compliance&channel=security")
    hidden = slack.control("GET", "/_sandbox/state?as=l1&channel=security")
    assert [m["text"] for m in seen["messages"]] == ["A card number was found."]
    assert (hidden["messages"], hidden["channel"]["member"]) == ([], False)
