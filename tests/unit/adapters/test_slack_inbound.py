"""What happens to a request that says it comes from Slack."""

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Response, request
from slack_sdk.signature import SignatureVerifier
from werkzeug.test import TestResponse

from sidebar_app.adapters.chat.slack import SlackChat, SlackInbound, web_client
from sidebar_app.adapters.chat.slack.gate import MAX_BODY_BYTES
from sidebar_app.domain.people import SlackIdentity
from sidebar_app.ports.chat import Answer
from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Faults, Server
from sidebar_app.sandbox.slack import create_app, seed
from tests.contracts.slack_samples import card

Json = dict[str, Any]
MANAGER = SlackIdentity(cast.SLACK_TEAM_ID, "U0MANAGER")
SECRET, OLD_SECRET = cast.SLACK_SIGNING_SECRET, "the-secret-before"
CHANNEL = cast.SLACK_APPROVALS_CHANNEL


@dataclass
class RecordingDecisions:
    """Takes every decision once per delivery, as the port promises; `answer` is what people are told."""

    answer: Answer = field(default_factory=lambda: Answer(done=True, text=""))
    taken: list[tuple[str, str, int, SlackIdentity, str]] = field(default_factory=list)
    sources: list[Mapping[str, str]] = field(default_factory=list)
    deliveries: set[str] = field(default_factory=set)
    error: Exception | None = None

    def _take(
        self, what: str, id: str, version: int, actor: SlackIdentity, reason: str, delivery: str
    ) -> Answer:
        if self.error:
            raise self.error
        if delivery in self.deliveries:
            return Answer(done=False, text="This click was already taken.")
        self.deliveries.add(delivery)
        if self.answer.done:
            self.taken.append((what, id, version, actor, reason))
        return self.answer

    def approve(
        self,
        request_id: str,
        *,
        version: int,
        actor: SlackIdentity,
        delivery: str,
        source: Mapping[str, str],
    ) -> Answer:
        self.sources.append(source)
        return self._take("approve", request_id, version, actor, "", delivery)

    def may_decide(self, request_id: str, *, version: int, actor: SlackIdentity) -> Answer:
        if self.error:
            raise self.error
        return self.answer

    def reject(
        self,
        request_id: str,
        *,
        version: int,
        actor: SlackIdentity,
        reason: str,
        delivery: str,
        source: Mapping[str, str],
    ) -> Answer:
        self.sources.append(source)
        return self._take("reject", request_id, version, actor, reason, delivery)


@dataclass
class World:
    """Our app in front of a sandbox Slack that clicks on it."""

    app: Flask
    decisions: RecordingDecisions
    documents: Documents
    chat: SlackChat
    slack_url: str

    def control(self, path: str, **body: object) -> Any:
        data = json.dumps(body).encode() if body else None
        asked = urllib.request.Request(f"{self.slack_url}{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)

    def click(self, who: str, action_id: str = "approve", **more: object) -> Json:
        ref = self.chat.post_card(card(version=3))
        asked = {"as": who, "channel": CHANNEL, "ts": ref.ts, "action_id": action_id, **more}
        answer: Json = self.control("/_sandbox/click", **asked)
        return answer

    def submit(self, who: str, reason: str, **more: object) -> Json:
        (record,) = self.views(who)
        asked = {"as": who, "view_id": record["view"]["id"], "values": {"reason": reason}, **more}
        answer: Json = self.control("/_sandbox/submit", **asked)
        return answer

    def views(self, who: str) -> list[Json]:
        views: list[Json] = self.control(f"/_sandbox/views?as={who}")
        return views

    def whispers(self, who: str) -> list[str]:
        return [e["text"] for e in self.control(f"/_sandbox/ephemerals?as={who}")]

    def post(self, body: str | bytes, headers: Mapping[str, str], **more: Any) -> TestResponse:
        kind = more.pop("content_type", "application/x-www-form-urlencoded")
        return self.app.test_client().post("/slack/events", data=body, headers=headers, content_type=kind)


def our_app(inbound: list[SlackInbound]) -> Flask:
    app = Flask("ours")

    @app.post("/slack/events")
    def events() -> Response:
        return inbound[0].handle(request)

    return app


@pytest.fixture(scope="module")
def running_world() -> Iterator[World]:
    documents, decisions = Documents(), RecordingDecisions()
    inbound: list[SlackInbound] = []
    app = our_app(inbound)
    with Server(app) as ours:
        sandbox = create_app(documents, Faults(), interactivity_url=f"{ours.url}/slack/events")
        with Server(sandbox) as theirs:
            client = web_client(cast.SLACK_BOT_TOKEN, base_url=f"{theirs.url}/api", timeout_seconds=2)
            inbound.append(
                SlackInbound(
                    decisions=decisions,
                    client=client,
                    signing_secrets=[SECRET, OLD_SECRET],
                    app_id=cast.SLACK_APP_ID,
                    home_team_id=cast.SLACK_TEAM_ID,
                    now=lambda: datetime.now(UTC),
                )
            )
            chat = SlackChat(
                client=client,
                quick_client=client,
                home_team_id=cast.SLACK_TEAM_ID,
                approvals_channel=CHANNEL,
                security_channel=cast.SLACK_SECURITY_CHANNEL,
            )
            yield World(app, decisions, documents, chat, theirs.url)
    documents.close()


@pytest.fixture
def world(running_world: World) -> World:
    running_world.documents.clear()
    seed(running_world.documents)
    running_world.decisions.__init__()  # type: ignore[misc]
    return running_world


def block_actions(**changes: Any) -> Json:
    return {
        "type": "block_actions",
        "api_app_id": cast.SLACK_APP_ID,
        "team": {"id": cast.SLACK_TEAM_ID},
        "user": {"id": "U0MANAGER", "team_id": cast.SLACK_TEAM_ID},
        "channel": {"id": CHANNEL},
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": CHANNEL},
        "trigger_id": "1.2.3",
        "actions": [
            {
                "type": "button",
                "action_id": "approve",
                "block_id": "decide:1",
                "value": '{"id": "req_1", "v": 1}',
                "action_ts": "1.0",
            }
        ],
        **changes,
    }


def view_submission(reason: str | None = "Not covered.", **changes: Any) -> Json:
    return {
        "type": "view_submission",
        "api_app_id": cast.SLACK_APP_ID,
        "team": {"id": cast.SLACK_TEAM_ID},
        "user": {"id": "U0MANAGER", "team_id": cast.SLACK_TEAM_ID},
        "trigger_id": "1.2.3",
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "reject_form",
            "private_metadata": '{"id": "req_1", "v": 2}',
            "state": {"values": {"reason": {"text": {"type": "plain_text_input", "value": reason}}}},
        },
        **changes,
    }


def form(payload: object) -> str:
    return urlencode({"payload": payload if isinstance(payload, str) else json.dumps(payload)})


def signed(body: str | bytes, *, secret: str = SECRET, age: timedelta = timedelta(0)) -> dict[str, str]:
    timestamp = str(int(time.time() - age.total_seconds()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}


def post_signed(world: World, payload: object) -> TestResponse:
    body = form(payload)
    return world.post(body, signed(body))


# -- whom we believe -------------------------------------------------------------------------------


def test_an_unsigned_request_decides_nothing(world: World) -> None:
    assert world.post(form(block_actions()), {}).status_code == 401
    assert world.decisions.taken == []


@pytest.mark.parametrize("signature", ["v0=" + "0" * 64, "", "v0=", "garbage", "v0=\xe9\xe9"])
def test_a_bad_signature_is_turned_away(world: World, signature: str) -> None:
    body = form(block_actions())
    answer = world.post(body, {**signed(body), "X-Slack-Signature": signature})
    assert answer.status_code == 401
    assert world.decisions.taken == []


@pytest.mark.parametrize("age", [timedelta(seconds=302), timedelta(seconds=-302)])
def test_a_timestamp_five_minutes_off_is_turned_away(world: World, age: timedelta) -> None:
    body = form(block_actions())
    assert world.post(body, signed(body, age=age)).status_code == 401


@pytest.mark.parametrize("timestamp", ["abc", "", "NaN", "1e9", "-1", "9" * 400])
def test_a_garbage_timestamp_is_turned_away(world: World, timestamp: str) -> None:
    body = form(block_actions())
    answer = world.post(body, {**signed(body), "X-Slack-Request-Timestamp": timestamp})
    assert answer.status_code == 401


def test_a_changed_body_is_turned_away(world: World) -> None:
    headers = signed(form(block_actions()))
    assert world.post(form(block_actions(trigger_id="other")), headers).status_code == 401


def test_a_body_that_is_no_text_is_turned_away(world: World) -> None:
    assert world.post(b"payload=\xff\xfe", {**signed("payload=x")}).status_code == 401


def test_unsigned_garbage_is_turned_away_before_it_is_read(world: World) -> None:
    assert world.post(form("{not json"), {}).status_code == 401
    assert world.post("{not json", {}, content_type="application/json").status_code == 401


@pytest.mark.parametrize("payload", ["{not json", "[]", "1", "", "[" * 100_000])
def test_signed_garbage_is_unreadable(world: World, payload: str) -> None:
    assert post_signed(world, payload).status_code == 400


def test_signed_garbage_as_json_is_unreadable(world: World) -> None:
    assert world.post("{not json", signed("{not json"), content_type="application/json").status_code == 400


def test_an_oversized_body_is_not_read(world: World) -> None:
    body = "x" * (MAX_BODY_BYTES + 1)
    assert world.post(body, signed(body)).status_code == 413


def test_while_the_secret_is_replaced_both_are_good(world: World) -> None:
    for secret in (SECRET, OLD_SECRET):
        body = form(block_actions(trigger_id=secret))
        assert world.post(body, signed(body, secret=secret)).status_code == 200
    assert len(world.decisions.taken) == 2


def test_a_secret_that_is_neither_is_turned_away(world: World) -> None:
    body = form(block_actions())
    assert world.post(body, signed(body, secret="a-third-one")).status_code == 401


@pytest.mark.parametrize("secrets", [[], [""], [SECRET, ""]])
def test_without_a_secret_nothing_starts(world: World, secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="signing secret"):
        SlackInbound(
            decisions=world.decisions,
            client=web_client("x", base_url="http://127.0.0.1:1/api", timeout_seconds=1),
            signing_secrets=secrets,
            app_id="A",
            home_team_id="T",
            now=lambda: datetime.now(UTC),
        )


def test_bolts_own_oauth_is_not_switched_on_by_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    with pytest.raises(RuntimeError, match="SLACK_CLIENT_ID"):
        SlackInbound(
            decisions=world.decisions,
            client=web_client("x", base_url="http://127.0.0.1:1/api", timeout_seconds=1),
            signing_secrets=[SECRET],
            app_id="A",
            home_team_id="T",
            now=lambda: datetime.now(UTC),
        )


@pytest.mark.parametrize("payload", [block_actions, view_submission])
def test_a_payload_for_another_app_is_refused(world: World, payload: Any) -> None:
    for app_id in ("A0OTHER", None):
        assert post_signed(world, payload(api_app_id=app_id)).status_code == 403
    assert world.decisions.taken == []


FOREIGN: list[Json] = [
    {"team": {"id": cast.FOREIGN_SLACK_TEAM}},
    {"user": {"id": "U0MANAGER", "team_id": cast.FOREIGN_SLACK_TEAM}},
    {"user": {"id": "U0MANAGER"}},
    {"team": None},
]


@pytest.mark.parametrize("changes", FOREIGN)
def test_a_click_from_another_workspace_decides_nothing_and_is_told_so(world: World, changes: Json) -> None:
    assert post_signed(world, block_actions(**changes)).status_code == 200
    assert world.decisions.deliveries == set()
    assert world.whispers("manager") == ["Only people of our own workspace can decide. Nothing was done."]


@pytest.mark.parametrize("changes", FOREIGN)
def test_a_form_from_another_workspace_decides_nothing_and_is_told_so(world: World, changes: Json) -> None:
    answer = post_signed(world, view_submission(**changes)).get_json()
    assert answer["response_action"] == "update"
    assert "own workspace" in json.dumps(answer["view"])
    assert world.decisions.deliveries == set()


def test_a_form_opened_through_another_workspaces_installation_is_refused(world: World) -> None:
    payload = view_submission()
    payload["view"]["app_installed_team_id"] = cast.FOREIGN_SLACK_TEAM
    assert post_signed(world, payload).get_json()["response_action"] == "update"
    assert world.decisions.deliveries == set()


def test_somebody_of_another_company_in_the_channel_is_told_why_nothing_happens(world: World) -> None:
    assert world.click("foreign")["status"] == 200
    assert world.decisions.deliveries == set()
    assert len(world.whispers("foreign")) == 1


# -- approving -------------------------------------------------------------------------------------


def test_a_click_on_approve_is_decided_before_it_is_answered(world: World) -> None:
    assert world.click("manager")["status"] == 200
    assert world.decisions.taken == [("approve", "req_01K0SAMPLE", 3, MANAGER, "")]
    assert world.whispers("manager") == []


def test_the_audit_log_learns_where_the_click_came_from(world: World) -> None:
    world.click("manager")
    (source,) = world.decisions.sources
    (message,) = world.control("/_sandbox/messages?channel=approvals")
    assert source["channel"] == CHANNEL
    assert source["message_ts"] == message["ts"]
    assert (source["slack_team"], source["slack_user"]) == (cast.SLACK_TEAM_ID, "U0MANAGER")
    assert source["trigger"]


def test_who_may_not_is_told_alone(world: World) -> None:
    world.decisions.answer = Answer(done=False, text="You asked for this yourself <!channel>.")
    assert world.click("l1")["status"] == 200
    assert world.whispers("l1") == ["You asked for this yourself &lt;!channel&gt;."]
    assert world.whispers("manager") == []


def test_a_refusal_that_cannot_be_whispered_is_still_answered(world: World) -> None:
    world.decisions.answer = Answer(done=False, text="You may not.")
    world.documents.put("slack_error", "chat.postEphemeral", {"error": "user_not_in_channel", "times": 1})
    assert world.click("l1")["status"] == 200


def test_a_replayed_request_decides_nothing_new(world: World) -> None:
    body = form(block_actions())
    headers = signed(body)
    assert [world.post(body, headers).status_code for _ in range(2)] == [200, 200]
    assert len(world.decisions.taken) == 1


def test_a_double_click_is_two_deliveries(world: World) -> None:
    world.click("manager", times=2)
    assert len(world.decisions.deliveries) == 2


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "x",
        "[]",
        "{}",
        '{"id": 1, "v": 1}',
        '{"id": "r", "v": "1"}',
        '{"id": "r", "v": true}',
        "9" * 9,
    ],
)
def test_a_button_with_a_value_not_ours_decides_nothing(world: World, value: str | None) -> None:
    payload = block_actions()
    payload["actions"][0]["value"] = value
    assert post_signed(world, payload).status_code == 200
    assert world.decisions.deliveries == set()
    assert world.whispers("manager") == ["This card is out of date. Please look at the newest one."]


def test_an_unknown_action_is_not_found(world: World) -> None:
    payload = block_actions()
    payload["actions"][0]["action_id"] = "approve_everything"
    assert post_signed(world, payload).status_code == 404
    assert world.decisions.deliveries == set()


def test_an_unexpected_error_is_told_with_a_reference_and_never_as_success(world: World) -> None:
    world.decisions.error = RuntimeError("broken inside")
    assert world.click("manager")["status"] == 500
    (told,) = world.whispers("manager")
    assert "Reference: " in told
    assert "broken inside" not in told


# -- rejecting -------------------------------------------------------------------------------------


def test_reject_asks_for_a_reason_and_then_decides(world: World) -> None:
    assert world.click("manager", "reject")["status"] == 200
    assert world.decisions.taken == []
    assert "Refund $1,450.00" in json.dumps(world.views("manager"), ensure_ascii=False)
    assert world.submit("manager", "  Not covered by the contract. ")["view"] is None
    rejected = ("reject", "req_01K0SAMPLE", 3, MANAGER, "Not covered by the contract.")
    assert world.decisions.taken == [rejected]


def test_who_may_not_decide_gets_no_form(world: World) -> None:
    world.decisions.answer = Answer(done=False, text="This step is decided by: manager.")
    world.click("l1", "reject")
    assert world.views("l1") == []
    assert world.whispers("l1") == ["This step is decided by: manager."]


def test_a_form_that_cannot_be_opened_is_told(world: World) -> None:
    world.documents.put("slack_error", "views.open", {"error": "expired_trigger_id", "times": 1})
    assert world.click("manager", "reject")["status"] == 200
    assert "press Reject again" in world.whispers("manager")[0]


def test_a_form_that_may_have_opened_is_not_called_failed(world: World) -> None:
    world.documents.put("slack_error", "views.open", {"error": "internal_error", "times": 1})
    assert world.click("manager", "reject")["status"] == 200
    assert world.whispers("manager") == []


@pytest.mark.parametrize("reason", [None, "", "no", "         ", " no   ", "x" * 1001])
def test_a_reason_too_short_or_too_long_is_said_at_the_field(world: World, reason: str | None) -> None:
    answer = post_signed(world, view_submission(reason)).get_json()
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"reason"}
    assert world.decisions.deliveries == set()


def test_blanks_pass_slacks_own_check_and_not_ours(world: World) -> None:
    world.click("manager", "reject")
    assert "at least 5" in world.submit("manager", "          ")["view"]["errors"]["reason"]
    assert world.decisions.taken == []


def test_a_rejection_that_comes_too_late_says_so_in_the_form(world: World) -> None:
    world.click("manager", "reject")
    world.decisions.answer = Answer(done=False, text="This was already approved at 10:35 UTC.")
    view = world.submit("manager", "Not covered.")["view"]
    assert "already approved" in json.dumps(view)
    assert "submit" not in view["view"]


@pytest.mark.parametrize("metadata", ["", "x", "{}", '{"id": "r"}'])
def test_a_form_with_metadata_not_ours_decides_nothing(world: World, metadata: str) -> None:
    payload = view_submission()
    payload["view"]["private_metadata"] = metadata
    assert post_signed(world, payload).get_json()["response_action"] == "update"
    assert world.decisions.deliveries == set()


def test_an_unexpected_error_keeps_what_was_typed(world: World) -> None:
    world.click("manager", "reject")
    world.decisions.error = RuntimeError("broken inside")
    view = world.submit("manager", "A long and careful reason.")["view"]
    assert "Reference: " in view["errors"]["reason"]


# -- the rest --------------------------------------------------------------------------------------


def test_slacks_question_for_the_address_is_answered_only_when_signed(world: World) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"})
    assert world.post(body, {}, content_type="application/json").status_code == 401
    answer = world.post(body, signed(body), content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (200, {"challenge": "c"})


def test_no_body_and_no_reason_reaches_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_bolt", "slack_sdk"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    marker = "a-secret-the-person-typed"
    unknown = block_actions(message={"text": marker})
    unknown["actions"][0]["action_id"] = marker
    world.post(form(unknown), {})
    post_signed(world, unknown)
    post_signed(world, form("{" + marker))
    post_signed(world, view_submission(marker))
    assert world.decisions.taken[0][4] == marker
    assert caplog.records
    assert marker not in caplog.text
