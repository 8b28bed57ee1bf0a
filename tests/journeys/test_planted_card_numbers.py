"""A card number is pushed through every door of the product; afterwards it stands nowhere.

Each door gets a number of its own, so that a leak names its door.
"""

import base64
import hashlib
import hmac
import json
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.zendesk.webhooks import signed_headers
from tests.fakes import files
from tests.fakes.cards import leaks, planted
from tests.fakes.sentry import Inbox
from tests.journeys.conftest import Panel, Workspace, eventually, running

Answers = list[bytes]
Door = Callable[[Workspace, str], Answers]


def spaced(card: str) -> str:
    return " ".join(card[i : i + 4] for i in range(0, 16, 4))


# -- tickets ---------------------------------------------------------------------------------------------------


def comment(workspace: Workspace, card: str) -> Answers:
    return [
        _comments(workspace, {"ticket": 1002, "as": "customer", "text": f"my card is {spaced(card)}, thanks"})
    ]


def comment_in_html(workspace: Workspace, card: str) -> Answers:
    html = f"<p>card <b>{card[:6]}</b>&nbsp;{card[6:12]}<br>{card[12:]}</p>"
    return [_comments(workspace, {"ticket": 1002, "as": "customer", "html": html})]


def internal_note(workspace: Workspace, card: str) -> Answers:
    return [_comments(workspace, {"ticket": 1002, "as": "l1", "text": f"he said {card}", "public": False})]


def new_ticket(workspace: Workspace, card: str) -> Answers:
    told = {
        "requester_id": _requester(workspace),
        "subject": f"Refund to {card}",
        "text": f"please use {card}",
    }
    answer = requests.post(f"{workspace.zendesk}/_sandbox/tickets", json=told, timeout=10)
    return _open_panels(workspace, answer.json()["id"])


def files_of_a_customer(workspace: Workspace, card: str) -> Answers:
    """In a text, in a sheet in an archive, in the name of a file that cannot be read, and in that of one that can."""
    book = files.zipped({f"{card}.csv": f"Name,Card\nA,{card}\n"})
    named = {
        "a.txt": spaced(card).encode(), "b.zip": book, f"{card}.pdf": files.pdf(card, locked=True), f"{card}.txt": b"x",
    }  # fmt: skip
    attached = [
        {"file_name": name, "content_type": card, "base64": base64.b64encode(content).decode()}
        for name, content in named.items()
    ]
    told = {"ticket": 1006, "as": "customer", "text": "files", "attachments": attached}
    requests.post(f"{workspace.zendesk}/_sandbox/comments", json=told, timeout=10).raise_for_status()
    eventually(
        lambda: {a["file_name"] for a in workspace.comments(1006)[1]["attachments"]} == {"redacted.txt"},
        within_seconds=30,
    )
    return _open_panels(workspace, 1006)


def a_chat(workspace: Workspace, card: str) -> Answers:
    """In what customer and agent say, and in the name of a file."""
    told = {
        "requester_id": _requester(workspace),
        "subject": "Chat",
        "text": "Conversation",
        "channel": "chat",
    }
    ticket = requests.post(f"{workspace.zendesk}/_sandbox/tickets", json=told, timeout=10).json()["id"]
    said = [
        {"as": "customer", "text": f"it is <b>{spaced(card)}"},
        {"as": "l1", "text": f"{card}?"},
        {"as": "customer", "file": f"{card}.png"},
    ]
    chat = {"ticket": ticket, "messages": said, "ended": True}
    requests.post(f"{workspace.zendesk}/_sandbox/chats", json=chat, timeout=10).raise_for_status()
    eventually(lambda: workspace.transcript(ticket).count("▇" * 4) >= 4)
    return _open_panels(workspace, ticket)


def name_of_a_requester(workspace: Workspace, card: str) -> Answers:
    user = _requester(workspace)
    changed = {"user": {"name": f"Card {card}"}}
    requests.put(
        f"{workspace.zendesk}/api/v2/users/{user}.json", json=changed, timeout=10,
        headers={"Authorization": f"Bearer {cast.ZENDESK_OAUTH_TOKEN}"},
    )  # fmt: skip
    return _open_panels(workspace, 1012)


def name_of_an_agent(workspace: Workspace, card: str) -> Answers:
    requests.patch(f"{workspace.zendesk}/_sandbox/users/l2", json={"name": f"L2 {card}"}, timeout=10)
    return _open_panels(workspace, 1011, agent="l2")


def name_of_a_billing_customer(workspace: Workspace, card: str) -> Answers:
    found = requests.get(
        f"{workspace.stripe}/v1/customers", params={"limit": 100}, auth=(cast.STRIPE_API_KEY, ""), timeout=10
    ).json()["data"]
    customer = next(c for c in found if "acme" in c["email"])
    requests.post(
        f"{workspace.stripe}/v1/customers/{customer['id']}", data={"name": f"Acme {card}"},
        auth=(cast.STRIPE_API_KEY, ""), timeout=10,
    )  # fmt: skip
    time.sleep(0.5)  # the webhook
    return _open_panels(workspace, 1001)


# -- the panel's API -------------------------------------------------------------------------------------------


def note_of_a_request(workspace: Workspace, card: str) -> Answers:
    return [_asks(workspace.panel("l1", 1004), f"n-{hash(card)}", note=f"card {spaced(card)}").content]


def every_param(workspace: Workspace, card: str) -> Answers:
    panel = workspace.panel("l1", 1004)
    names = ("amount", "reason", "payment", card)
    return [_asks(panel, f"p-{place}", **{name: card}).content for place, name in enumerate(names)]


def the_body_around_the_params(workspace: Workspace, card: str) -> Answers:
    panel = workspace.panel("l1", 1004)
    good: dict[str, Any] = {"ticket": 1004, "action": "credit", "params": {}, "seen": {}}
    bodies = [
        good | {"action": card}, good | {"ticket": int(card)}, good | {card: card}, good | {"seen": {card: card}},
        good | {"seen": {"customer": card}}, good | {"params": card},
    ]  # fmt: skip
    found = [panel.call(m, p, "k", json=b) for b in bodies for m, p in _WRITES]
    found.append(panel.call("POST", "/requests", "k", data=f"{{{card}"))
    return [answer.content for answer in found]


_WRITES = (("POST", "/requests"), ("POST", "/requests/preview"))


def idempotency_key(workspace: Workspace, card: str) -> Answers:
    panel = workspace.panel("l1", 1004)
    return [_asks(panel, card).content, _asks(panel, f"key-{spaced(card)}".replace(" ", "-")).content]


def addresses_and_headers(workspace: Workspace, card: str) -> Answers:
    panel = workspace.panel("l1", 1004)
    paths = (f"/requests/{card}", f"/requests/{card}/withdraw", f"/tickets/{card}/billing", f"/{card}")
    found = [panel.call("GET", path).content for path in paths]
    found += [panel.call("GET", f"/tickets/1004/billing?customer={card}&q={quote(spaced(card))}").content]
    headers = {"Authorization": f"Bearer {card}", "User-Agent": card, "Referer": f"https://x.example/{card}"}
    for path in (f"/{card}", "/api/v1/tickets/1004/billing", f"/static/{card}", f"/webhooks/tmf/{card}"):
        found.append(requests.get(workspace.base + path, headers=headers, timeout=10).content)
    return found


def malformed_http(workspace: Workspace, card: str) -> Answers:
    port = int(workspace.base.rsplit(":", 1)[1])
    sent = (f"GET /{card} HTTP/9.9\r\n\r\n", f"{card}\r\n\r\n", f"GET / HTTP/1.1\r\nbad {card}\r\n\r\n")
    return [_raw(port, text.encode()) for text in sent]


def visits(workspace: Workspace, card: str) -> Answers:
    found = []
    for path in ("sidebar", "console"):
        for query, form in (
            ({"origin": card}, {"token": card}),
            ({"app_guid": card}, {"token": f"a.{card}.b"}),
        ):
            url = f"{workspace.base}/zendesk/{path}"
            found.append(requests.post(url, params=query, data=form, timeout=10).content)
    return found


# -- Slack -----------------------------------------------------------------------------------------------------


def reason_of_a_rejection(workspace: Workspace, card: str) -> Answers:
    panel = workspace.panel("l1", 1008)
    asked = panel.refunds("100.00", key="planted-reject").json()["id"]
    workspace.clicks("manager", workspace.card(asked), "Reject")
    view = eventually(lambda: _views(workspace, "manager"))[0]["view"]
    values = {"reason": f"customer paid with {spaced(card)}"}
    told = {"as": "manager", "view_id": view["id"], "values": values}
    answer = requests.post(f"{workspace.slack}/_sandbox/submit", json=told, timeout=20)
    panel.becomes(asked, "rejected")
    _forget_what_was_typed(workspace, view["id"])
    return [panel.call("GET", f"/requests/{asked}").content, answer.json()["body"].encode()]


def forged_and_odd_interactions(workspace: Workspace, card: str) -> Answers:
    payload = {
        "type": "block_actions", "api_app_id": cast.SLACK_APP_ID, "team": {"id": cast.SLACK_TEAM_ID},
        "user": {"id": card, "team_id": cast.SLACK_TEAM_ID, "name": card}, "trigger_id": card,
        "container": {"channel_id": card, "message_ts": card}, "channel": {"id": cast.SLACK_APPROVALS_CHANNEL},
        "actions": [{"action_id": "approve", "value": json.dumps({"id": card, "v": 1}), "action_ts": card}],
    }  # fmt: skip
    bodies = [
        urlencode({"payload": json.dumps(payload)}),
        urlencode({"payload": json.dumps(payload | {"type": card})}),
        urlencode({"command": "/billing", "text": card, "api_app_id": cast.SLACK_APP_ID, "team_id": cast.SLACK_TEAM_ID,
                   "user_id": "U0L1"}),
        urlencode({"payload": f"{{{card}"}),
    ]  # fmt: skip
    return [_slack(workspace, body, signed=signed) for body in bodies for signed in (True, False)]


# -- the console -----------------------------------------------------------------------------------------------


def what_compliance_writes(workspace: Workspace, card: str) -> Answers:
    """Comments, labels, shapes, filters and ids, in the console and at the command line."""
    page = workspace.opens("compliance", 1010, "nav_bar").text
    token = page.split('name="panel-token" content="')[1].split('"')[0]

    def call(method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, f"{workspace.base}/api/v1/console{path}", headers=headers, timeout=20, **more
        )

    def shown() -> Any:
        found = call("GET", "/parts/redactions?period=all").json()["view"]
        return found if found["rows"] else None

    signed = {**eventually(shown)["rows"][0]["frozen"], "comment": f"was {spaced(card)}"}
    answers = [
        call("POST", "/redactions/sign-off", json=signed),
        call("POST", "/redactions/sign-off", json=signed | {"entry": card, "filter": {"brand": card, card: card}}),
        *(
            call("POST", "/allowlist", json={"kind": kind, "value": value, "comment": f"ours: {card}", **more})
            for kind, value in (("label", f"order {card}"), ("label", "ourorder"), ("shape", card), ("number", card))
            for more in ({}, {"entry": card}, {"sure": "yes"}, {card: card})
        ),
        call("POST", f"/allowlist/{card}/remove", json={}),
        call("GET", f"/parts/{card}/html"),
        *(
            call("GET", f"{path}{name}={quote(text)}")
            for path in ("/parts/redactions?", "/parts/redactions/html?", "/redactions/export?")
            for name in ("brand", "channel", "ticket", "period", "outcome", "place", "from&period=custom&to", card)
            for text in (card, spaced(card))
        ),
        *(call("GET", f"/parts/{part}") for part in ("redactions", "allowlist", "audit")),
    ]  # fmt: skip
    by = ("--by", "compliance", "--comment", f"told {card}")
    typed = [
        ("sign-off", "--period", "all", "--yes", *by),
        ("sign-off", card, "--yes", *by),
        ("allow", "--label", "vouchercode", *by),
        ("allow", "--shape", card, *by),
        ("export", "--by", "compliance", "--brand", card),
        ("list", "--channel", card),
        ("export", "--by", "compliance", "--ticket", card),
        ("allowed", "--all"),
    ]
    found = [workspace.command("redactions", *arguments) for arguments in typed]
    assert {answer.status_code for answer in answers} >= {200, 404, 422}
    assert found[0].returncode == 0, found[0].stderr
    return [*(answer.content for answer in answers), *((f.stdout + f.stderr).encode() for f in found)]


# -- webhooks --------------------------------------------------------------------------------------------------


def helpdesk_webhook(workspace: Workspace, card: str) -> Answers:
    told = {
        "id": f"delivery-{len(card)}", "type": "zen:event-type:ticket.comment_added", "subject": "zen:ticket:1002",
        "detail": {"id": "1002", "subject": card, "description": card, "tags": [card]},
        "event": {"comment": {"id": "1", "body": f"my card {card}", "author": {"name": card}}},
    }  # fmt: skip
    bodies = [
        told,
        told | {"id": f"other-{card[:4]}", "type": card},
        told | {"detail": card, "subject": card},
        [card],
    ]
    found = []
    for body in (json.dumps(body).encode() for body in bodies):
        good = signed_headers(cast.ZENDESK_WEBHOOK_SECRET, body, datetime.now(UTC))
        for headers in (good, good | {"X-Zendesk-Webhook-Signature": card}, {}):
            found.append(
                requests.post(f"{workspace.base}/webhooks/zendesk", data=body, headers=headers, timeout=10)
            )
    return [answer.content for answer in found]


def billing_webhook(workspace: Workspace, card: str) -> Answers:
    event = {
        "id": "evt_planted", "object": "event", "type": "customer.updated", "api_version": "2025-01-01",
        "data": {"object": {"id": "cus_planted", "object": "customer", "name": card, "description": card}},
    }  # fmt: skip
    found = []
    for body in (json.dumps(event), json.dumps(event | {"type": card}), card):
        at = str(int(time.time()))
        digest = hmac.new(
            cast.STRIPE_WEBHOOK_SECRET.encode(), f"{at}.{body}".encode(), hashlib.sha256
        ).hexdigest()
        for signature in (f"t={at},v1={digest}", f"t={at},v1={card}", card):
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            url = f"{workspace.base}/webhooks/stripe"
            found.append(requests.post(url, data=body, headers=headers, timeout=10).content)
    return found


# -- commands --------------------------------------------------------------------------------------------------


def commands(workspace: Workspace, card: str) -> Answers:
    """What a person types at a prompt may come back to them only masked."""
    said = []
    for arguments in (("policy", "decide"), ("redact",), ("redact", "--json")):
        done = workspace.command(*arguments, input=f'{{"id":"a","text":"{card}","{card}":1}}\n')
        said.append((done.stdout + done.stderr).encode())
    return said


DOORS: tuple[Door, ...] = (
    comment, comment_in_html, internal_note, new_ticket, files_of_a_customer, name_of_a_requester, name_of_an_agent,
    name_of_a_billing_customer, note_of_a_request, every_param, the_body_around_the_params, idempotency_key,
    addresses_and_headers, malformed_http, visits, reason_of_a_rejection, forged_and_odd_interactions,
    helpdesk_webhook, billing_webhook, commands, what_compliance_writes, a_chat,
)  # fmt: skip


@pytest.fixture(scope="module")
def inbox() -> Iterator[Inbox]:
    with closing(Inbox()) as made:
        yield made


def test_a_number_pushed_through_any_door_stands_nowhere(inbox: Inbox) -> None:
    with running(SENTRY_DSN=inbox.dsn) as workspace:
        cards = {door.__name__: planted(number) for number, door in enumerate(DOORS)}
        answers = {door.__name__: door(workspace, cards[door.__name__]) for door in DOORS}
        _unexpected_error(workspace, inbox, planted(99))
        cards["an error that nobody expected"] = planted(99)
        _until_all_is_done(workspace)
        told = {
            "Slack": b"".join(json.dumps(workspace.messages(c)).encode() for c in ("approvals", "security")),
            "whispers": b"".join(workspace.whispers(c.name).encode() for c in cast.COLLEAGUES),
            "mailbox": requests.get(f"{workspace.mail}/api/messages", timeout=10).content,
            "Sentry": b"\n".join(inbox.kept),
            "metrics": requests.get(f"{workspace.base}/metrics", timeout=10).content,
            "audit export": workspace.command("audit", "export").stdout.encode(),
            **_files(workspace),
        }
    assert told["Sentry"], "nothing was reported, so nothing was checked"
    assert b"9172" not in told["Sentry"].replace(b"*", b"")
    found = [
        f"{door}: in {place}: {around!r}"
        for door, card in cards.items()
        for place, kept in (told | {"our answer": b"\n".join(answers.get(door, []))}).items()
        for around in leaks(card, kept)[:1]
    ]
    assert not found, "\n".join(found)


def _until_all_is_done(workspace: Workspace) -> None:
    """No task is waiting, so nothing more will be written."""

    def open_tasks() -> int:
        with closing(sqlite3.connect(workspace.folder / "billing.db")) as database:
            query = "SELECT count(*) FROM tasks WHERE finished_at IS NULL AND attempts = 0"
            return int(database.execute(query).fetchone()[0])

    eventually(lambda: open_tasks() == 0, within_seconds=60)


def _unexpected_error(workspace: Workspace, inbox: Inbox, card: str) -> None:
    """Breaks the mirror under the service, so that an error nobody expected is reported with its address."""
    _open_panels(workspace, 1005)
    _in_database(workspace, "UPDATE billing_mirror SET facts = '{'")
    query = {"origin": workspace.zendesk, "app_guid": "g1", "card": card}
    form = {"token": workspace.token("l1", 1005), "card": card}
    url = f"{workspace.base}/zendesk/sidebar"
    answer = requests.post(url, params=query, data=form, headers={"X-Card": card}, timeout=20)
    assert answer.status_code == 500
    eventually(lambda: b"unexpected error, reference" in b"".join(inbox.kept))
    _in_database(workspace, "DELETE FROM billing_mirror")


def _in_database(workspace: Workspace, statement: str) -> None:
    with closing(sqlite3.connect(workspace.folder / "billing.db", timeout=10)) as database, database:
        database.execute(statement)


def _files(workspace: Workspace) -> dict[str, bytes]:
    """Every file of ours, and what the mail sandbox keeps; the other sandboxes are other people's servers."""
    ours = [p for p in workspace.folder.parent.rglob("*") if p.is_file() and "sandbox" not in p.parts]
    assert {p.name for p in ours} >= {"billing.db", "up.log", "run.env"}
    assert any("valkey" in p.parts for p in ours)
    return {str(path.relative_to(workspace.folder.parent)): path.read_bytes() for path in ours}


# -- hands -----------------------------------------------------------------------------------------------------


def _comments(workspace: Workspace, told: dict[str, Any]) -> bytes:
    answer = requests.post(f"{workspace.zendesk}/_sandbox/comments", json=told, timeout=10)
    answer.raise_for_status()
    said = answer.json()["id"]
    eventually(
        lambda: any(c["id"] == said and "▇" in c["html_body"] for c in workspace.comments(told["ticket"]))
    )
    return json.dumps(workspace.comments(told["ticket"])).encode()


def _requester(workspace: Workspace) -> int:
    return int(cast.story(1012).requester_id)


def _open_panels(workspace: Workspace, ticket: int, agent: str = "l1") -> Answers:
    page = workspace.opens(agent, ticket)
    assert page.status_code == 200, page.text
    token = re.search(r'name="panel-token" content="([^"]+)"', page.text)
    assert token
    headers = {"Authorization": f"Bearer {token[1]}"}
    view = requests.get(f"{workspace.base}/api/v1/tickets/{ticket}/billing", headers=headers, timeout=20)
    return [page.content, view.content]


def _asks(panel: Panel, key: str, **params: str) -> requests.Response:
    view = panel.view()
    good = {"amount": "1.00", "currency": "USD", "reason": "goodwill", "note": ""}
    seen = {"customer": view["customer"], "credit": "0.00", "currency": "USD"}
    body = {"ticket": panel.ticket, "action": "credit", "params": good | params, "seen": seen}
    return panel.call("POST", "/requests", key, json=body)


def _raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def _views(workspace: Workspace, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(
        f"{workspace.slack}/_sandbox/views", params={"as": who}, timeout=10
    ).json()
    return found


def _forget_what_was_typed(workspace: Workspace, view_id: str) -> None:
    requests.post(f"{workspace.slack}/_sandbox/close", json={"as": "manager", "view_id": view_id}, timeout=10)


def _slack(workspace: Workspace, body: str, *, signed: bool) -> bytes:
    at = str(int(time.time()))
    digest = hmac.new(
        cast.SLACK_SIGNING_SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256
    ).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}" if signed else f"v0={'0' * 64}",
    }
    return requests.post(f"{workspace.base}/slack/events", data=body, headers=headers, timeout=20).content
