"""What every chat must do, run with the real slack_sdk against the sandbox Slack."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sidebar_app.adapters.chat.slack import SlackChat, web_client
from sidebar_app.adapters.chat.slack.client import NEEDED_SCOPES
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import SlackIdentity
from sidebar_app.ports.chat import Chat, ChatRefused, ChatUnavailable, ChatUncertain, MessageRef
from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.slack import create_app, seed
from sidebar_app.sandbox.slack.seed import BOT_SCOPES
from tests.contracts.slack_samples import approval, card, credit_card_note

HOME = cast.SLACK_TEAM_ID


@dataclass
class World:
    url: str
    documents: Documents
    faults: Faults

    def channel(self, name: str) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/_sandbox/messages?channel={name}", timeout=5) as answer:
            messages: list[dict[str, Any]] = json.load(answer)
        return messages

    def fail(self, method: str, error: str) -> None:
        self.documents.put("slack_error", method, {"error": error, "times": 1})

    def change(self, kind: str, id: str, **flags: object) -> None:
        self.documents.put(kind, id, {**(self.documents.get(kind, id) or {}), **flags})


@pytest.fixture(scope="module")
def running_world() -> Iterator[World]:
    documents, faults = Documents(), Faults()
    with Server(create_app(documents, faults, interactivity_url=None)) as server:
        yield World(server.url, documents, faults)
    documents.close()


@pytest.fixture
def world(running_world: World) -> World:
    running_world.documents.clear()
    running_world.faults.clear()
    seed(running_world.documents)
    return running_world


def slack_at(url: str, *, token: str = cast.SLACK_BOT_TOKEN, timeout_seconds: float = 5) -> SlackChat:
    client = web_client(token, base_url=f"{url}/api", timeout_seconds=timeout_seconds)
    return SlackChat(
        client=client,
        quick_client=client,
        home_team_id=HOME,
        approvals_channel=cast.SLACK_APPROVALS_CHANNEL,
        security_channel=cast.SLACK_SECURITY_CHANNEL,
    )


@pytest.fixture
def slack(world: World) -> SlackChat:
    return slack_at(world.url)


@pytest.fixture
def chat(slack: SlackChat) -> Chat:
    return slack


def test_a_card_is_posted_once_and_can_be_redrawn(chat: Chat, world: World) -> None:
    ref = chat.post_card(card())
    chat.update_card(ref, card(State.SUCCEEDED, approval(), reference="re_1"))
    (message,) = world.channel("approvals")
    assert (message["ts"], ref.channel) == (ref.ts, cast.SLACK_APPROVALS_CHANNEL)
    assert message["text"].startswith("Approved and done.")
    assert "actions" not in {block["type"] for block in message["blocks"]}


def test_a_card_that_is_gone_cannot_be_redrawn(chat: Chat) -> None:
    with pytest.raises(ChatRefused, match="message_not_found"):
        chat.update_card(MessageRef(cast.SLACK_APPROVALS_CHANNEL, "1.000001"), card())


def test_a_warning_reaches_the_security_channel_dead_and_without_numbers(chat: Chat, world: World) -> None:
    chat.warn_security(credit_card_note())
    (message,) = world.channel("security")
    assert "4111" not in message["text"]
    assert "jane@" not in message["text"]
    assert "<" not in message["text"]


@pytest.mark.parametrize(
    ("user", "team", "active"),
    [
        ("U0MANAGER", HOME, True),
        ("U0GUEST", HOME, False),
        ("U0FORMER", HOME, False),
        ("U0BILLINGBOT", HOME, False),
        ("U0NOBODY", HOME, False),
        ("U0MANAGER", cast.FOREIGN_SLACK_TEAM, False),
        (cast.FOREIGN_SLACK_USER, cast.FOREIGN_SLACK_TEAM, False),
        (cast.FOREIGN_SLACK_USER, HOME, False),
    ],
)
def test_only_full_members_of_our_workspace_are_active(
    chat: Chat, user: str, team: str, active: bool
) -> None:
    assert chat.is_active_member(SlackIdentity(team_id=team, user_id=user)) is active


@pytest.mark.parametrize("flag", ["deleted", "is_ultra_restricted", "is_stranger", "is_invited_user"])
def test_a_member_who_is_no_longer_one_is_not_active(chat: Chat, world: World, flag: str) -> None:
    manager = SlackIdentity(team_id=HOME, user_id="U0MANAGER")
    world.change("slack_user", "U0MANAGER", **{flag: True})
    assert not chat.is_active_member(manager)


def test_an_unanswered_membership_question_is_an_error_and_never_a_yes(chat: Chat, world: World) -> None:
    manager = SlackIdentity(team_id=HOME, user_id="U0MANAGER")
    world.faults.arm(Fault(kind="drop_before", path="users.info"))
    with pytest.raises(ChatUnavailable):
        chat.is_active_member(manager)
    world.fail("users.info", "missing_scope")
    with pytest.raises(ChatRefused, match="missing_scope"):
        chat.is_active_member(manager)


# -- who is who -----------------------------------------------------------------------------------


def test_the_address_of_a_member_is_known_and_leads_back_to_them(chat: Chat) -> None:
    manager = SlackIdentity(team_id=HOME, user_id="U0MANAGER")
    assert chat.email_of(manager) == "manager@support.example"
    assert chat.member_of("manager@support.example") == manager
    assert chat.member_of("Manager@SUPPORT.example") == manager
    assert chat.member_of("nobody@support.example") is None


@pytest.mark.parametrize(
    ("user", "team", "email"),
    [
        ("U0GUEST", HOME, "guest@guests.example"),
        ("U0FORMER", HOME, "former@support.example"),
        ("U0BILLINGBOT", HOME, "bot@support.example"),
        ("U0NOBODY", HOME, "nobody@support.example"),
        (cast.FOREIGN_SLACK_USER, cast.FOREIGN_SLACK_TEAM, "partner@foreign.example"),
        (cast.FOREIGN_SLACK_USER, HOME, "partner@foreign.example"),
    ],
)
def test_who_is_no_member_has_no_address_and_is_not_found_by_one(
    chat: Chat, user: str, team: str, email: str
) -> None:
    assert chat.email_of(SlackIdentity(team_id=team, user_id=user)) == ""
    assert chat.member_of(email) is None


def test_an_address_that_slack_has_not_confirmed_proves_nothing(chat: Chat, world: World) -> None:
    manager = SlackIdentity(team_id=HOME, user_id="U0MANAGER")
    world.change("slack_user", "U0MANAGER", is_email_confirmed=False)
    assert chat.email_of(manager) == ""
    assert chat.member_of("manager@support.example") is None


def test_a_question_about_an_address_that_is_not_answered_is_an_error(chat: Chat, world: World) -> None:
    world.faults.arm(Fault(kind="status", path="users.lookupByEmail", value=429, retry_after=30))
    with pytest.raises(ChatUnavailable) as limited:
        chat.member_of("manager@support.example")
    assert limited.value.retry_after_seconds == 30
    world.fail("users.lookupByEmail", "missing_scope")
    with pytest.raises(ChatRefused, match="missing_scope"):
        chat.member_of("manager@support.example")


# -- trouble: may it be repeated? -----------------------------------------------------------------


def test_a_rate_limit_may_be_repeated_after_the_time_slack_names(chat: Chat, world: World) -> None:
    world.faults.arm(Fault(kind="status", path="chat.postMessage", value=429, retry_after=30))
    with pytest.raises(ChatUnavailable) as limited:
        chat.post_card(card())
    assert limited.value.retry_after_seconds == 30
    assert world.channel("approvals") == []


def test_a_lost_answer_is_uncertain_and_the_post_is_not_sent_twice(chat: Chat, world: World) -> None:
    world.faults.arm(Fault(kind="drop_after", path="chat.postMessage"))
    with pytest.raises(ChatUncertain):
        chat.post_card(card())
    assert len(world.channel("approvals")) == 1


def test_an_answer_that_comes_too_late_is_uncertain(world: World) -> None:
    world.faults.arm(Fault(kind="latency", path="chat.postMessage", value=600))
    with pytest.raises(ChatUncertain):
        slack_at(world.url, timeout_seconds=0.2).post_card(card())


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
def test_an_error_that_may_have_done_something_is_uncertain(chat: Chat, world: World, error: str) -> None:
    world.fail("chat.postMessage", error)
    with pytest.raises(ChatUncertain, match=error):
        chat.post_card(card())


def test_a_server_error_after_the_work_is_uncertain(chat: Chat, world: World) -> None:
    world.faults.arm(Fault(kind="status_after", path="chat.update", value=500))
    ref = chat.post_card(card())
    with pytest.raises(ChatUncertain):
        chat.update_card(ref, card(State.EXPIRED))


def test_a_busy_slack_has_certainly_done_nothing(chat: Chat, world: World) -> None:
    world.fail("chat.postMessage", "service_unavailable")
    with pytest.raises(ChatUnavailable):
        chat.post_card(card())


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "is_archived", "not_in_channel"])
def test_what_slack_will_never_take_names_its_code(chat: Chat, world: World, error: str) -> None:
    world.fail("chat.postMessage", error)
    with pytest.raises(ChatRefused, match=error):
        chat.post_card(card())


def test_nobody_listening_means_certainly_not_delivered() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ChatUnavailable):
        slack_at(f"http://127.0.0.1:{port}").update_card(MessageRef("C1", "1.2"), card())


def test_a_wrong_token_is_refused(world: World) -> None:
    with pytest.raises(ChatRefused, match="invalid_auth"):
        slack_at(world.url, token="xoxb-wrong").post_card(card())


# -- the right place -------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
def test_nothing_is_posted_where_another_company_reads(slack: SlackChat, world: World, flag: str) -> None:
    world.change("slack_channel", cast.SLACK_APPROVALS_CHANNEL, **{flag: True})
    with pytest.raises(ChatRefused, match="another company"):
        slack.post_card(card())
    assert world.channel("approvals") == []
    assert slack.check() == [f"Channel {cast.SLACK_APPROVALS_CHANNEL} is shared with another company."]


def test_a_channel_shared_inside_our_own_organisation_is_fine(slack: SlackChat, world: World) -> None:
    world.change("slack_channel", cast.SLACK_APPROVALS_CHANNEL, is_shared=True)
    assert slack.post_card(card())
    assert slack.check() == []


def test_the_check_names_a_foreign_workspace_and_a_channel_that_is_not_there(world: World) -> None:
    client = web_client(cast.SLACK_BOT_TOKEN, base_url=f"{world.url}/api", timeout_seconds=5)
    elsewhere = SlackChat(
        client=client,
        quick_client=client,
        home_team_id="T0OTHER",
        approvals_channel="C0NOWHERE",
        security_channel=cast.SLACK_SECURITY_CHANNEL,
    )
    workspace, channel = elsewhere.check()
    assert cast.SLACK_TEAM_ID in workspace
    assert "channel_not_found" in channel


def test_a_proxy_of_the_environment_is_left_aside_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert web_client("x", base_url="http://127.0.0.1:1/api", timeout_seconds=1).proxy is None
    outside = web_client("x", base_url="https://slack.com/api", timeout_seconds=1)
    assert outside.proxy == "http://proxy.example:3128"
    assert outside.retry_handlers == []


def test_the_manifest_asks_for_the_scopes_that_are_used_and_no_others(slack: SlackChat) -> None:
    manifest = json.loads((Path(__file__).parents[2] / "docs" / "slack-app-manifest.json").read_text())
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == NEEDED_SCOPES == set(BOT_SCOPES)
    assert slack.check() == []
    assert manifest["settings"]["interactivity"]["request_url"].endswith("/slack/events")
