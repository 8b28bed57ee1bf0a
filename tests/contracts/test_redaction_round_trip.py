"""The whole way with the real zenpy: the sandbox Zendesk sends webhooks, we clean, and our own changes come back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, request
from sqlalchemy import text

from sidebar_app.adapters.helpdesk.zendesk import (
    StaticToken,
    ZendeskConnection,
    ZendeskHelpdesk,
    ZendeskWebhooks,
)
from sidebar_app.adapters.system import SystemClock
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry
from sidebar_app.ports.helpdesk import HelpdeskEvent
from sidebar_app.sandbox import cast, zendesk
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from tests.fakes.world import World

PAN = "4111111111111111"
TICKET = 1002


@dataclass
class Desk:
    """Our service with its real adapter, and the helpdesk it works with."""

    world: World
    url: str
    faults: Faults
    app: Flask
    heard: list[HelpdeskEvent]

    def sandbox(self, method: str, path: str, body: dict[str, Any]) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def settles(self) -> None:
        """Webhooks come in and tasks are done until neither brings anything new."""
        heard = -1
        while heard != len(self.heard):
            heard = len(self.heard)
            assert self.app.extensions["webhooks"].idle(timeout=20)
            self.world.works(rounds=20)
            assert self.app.extensions["webhooks"].idle(timeout=20)

    def texts(self) -> str:
        ticket = self.world.helpdesk.ticket_text(TICKET)
        comments = self.world.helpdesk.comments(TICKET)
        return json.dumps([ticket.subject, ticket.description, *(f.value for f in ticket.fields)]) + str(
            [comment.html for comment in comments]
        )

    def scans(self) -> int:
        """How many tasks were there to scan the ticket, all of them done."""
        with self.world.store.reading() as tx:
            assert "redact" not in tx.tasks.backlog(self.world.clock.now())
        with self.world.store.engine.connect() as connection:
            wanted = text("SELECT count(*) FROM tasks WHERE topic = 'redact' AND subject = :ticket")
            return int(connection.scalar(wanted, {"ticket": str(TICKET)}) or 0)

    def log(self) -> list[RedactionEntry]:
        with self.world.store.reading() as tx:
            return tx.redactions.latest()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    documents, faults, heard = Documents(), Faults(), list[HelpdeskEvent]()
    zendesk.seed(documents, SystemClock().now())
    us = Flask("us")
    hooks = ZendeskWebhooks((cast.ZENDESK_WEBHOOK_SECRET,), now=SystemClock().now)

    @us.post("/webhooks/zendesk")
    def receive() -> tuple[str, int]:
        event = hooks.event(dict(request.headers), request.get_data())
        heard.append(event)
        world.services.receive.from_helpdesk(event)
        return "", 204

    with Server(us) as here:
        app = zendesk.create_app(
            documents,
            faults,
            app_url=here.url,
            webhook_url=f"{here.url}/webhooks/zendesk",
            export_lag_seconds=0,
        )
        with Server(app) as server:
            connection = ZendeskConnection(server.url, StaticToken(cast.ZENDESK_OAUTH_TOKEN))
            helpdesk = ZendeskHelpdesk(connection)
            url = f"sqlite:///{tmp_path}/world.db"
            world = World(url, helpdesk=helpdesk, at=SystemClock().now())
            world.services.catch_up.run()
            yield Desk(world, server.url, faults, app, heard)
            app.extensions["webhooks"].close()
            world.close()
            helpdesk.close()
    documents.close()


def test_what_we_change_comes_back_as_a_webhook_and_nothing_loops(desk: Desk) -> None:
    field = desk.sandbox("POST", "fields", {"title": "Card on file"})["id"]
    values = [{"id": field, "value": PAN}]
    desk.sandbox("PATCH", f"tickets/{TICKET}", {"subject": f"Card {PAN}", "custom_fields": values})
    desk.sandbox("POST", "comments", {"ticket": TICKET, "as": "customer", "text": f"It is {PAN}."})
    desk.settles()
    assert PAN not in desk.texts()
    assert [e.outcome for e in desk.log()] == [Outcome.REDACTED] * 3
    ours = [event for event in desk.heard if event.actor_id == 500]
    assert {event.type for event in ours} == {"ticket_changed", "other"}
    assert desk.scans() == 1


def test_a_lost_webhook_is_made_up_for_and_our_own_change_is_looked_at_once_more(desk: Desk) -> None:
    desk.world.services.catch_up.run()  # everything that was seeded
    desk.world.works(rounds=50)
    before = desk.scans()
    desk.faults.arm(Fault("lose", method="WEBHOOK", path="comment_added", times=1))
    desk.sandbox("POST", "comments", {"ticket": TICKET, "as": "customer", "text": f"It is {PAN}."})
    desk.settles()
    assert desk.scans() == before
    for _ in range(4):
        desk.world.services.catch_up.run()
        desk.settles()
        desk.world.clock.moves(minutes=1)
    assert PAN not in desk.texts()
    assert len([e for e in desk.log() if e.ticket_id == TICKET]) == 1
    assert desk.scans() <= before + 2


def test_both_sides_of_a_merge_are_cleaned(desk: Desk) -> None:
    desk.faults.arm(Fault("lose", method="WEBHOOK", path="comment_added", times=1))
    desk.sandbox("POST", "comments", {"ticket": 1003, "as": "customer", "text": f"It is {PAN}."})
    desk.sandbox("POST", "merge", {"ticket": 1003, "into": TICKET, "as": "l1"})
    desk.settles()
    assert {e.ticket_id for e in desk.log()} == {1003, TICKET}
    left = desk.world.helpdesk.comments(1003) + desk.world.helpdesk.comments(TICKET)
    assert PAN not in str([comment.html for comment in left])
