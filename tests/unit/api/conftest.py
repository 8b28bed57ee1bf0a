import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from sidebar_app.domain.billing import Section
from sidebar_app.ports.billing import BillingEvent, InvalidDelivery
from sidebar_app.ports.helpdesk import HelpdeskEvent, InvalidVisit, Visit
from sidebar_app.web.app import create_app
from sidebar_app.web.parts import Parts
from sidebar_app.web.tokens import Pass, Tokens
from tests.fakes.world import AGENTS, ROOT, SEEN, World


class FakeVisits:
    """Believes tokens such as "l1:1001", "l1:" (no ticket named)."""

    def verify(self, token: str, *, query: Mapping[str, str], location: str, now: datetime) -> Visit:
        who, separator, ticket = token.partition(":")
        if not separator:
            raise InvalidVisit("missing", "There is no token.")
        return Visit(AGENTS[who], int(ticket) if ticket else None, location)


def helpdesk_event(headers: Mapping[str, str], body: bytes) -> HelpdeskEvent:
    if headers.get("X-Signature") != "good":
        raise InvalidDelivery("The delivery is not signed.")
    told = json.loads(body)
    return HelpdeskEvent(told["id"], told["type"], told["ticket"], told.get("comment"))


def billing_event(headers: Mapping[str, str], body: bytes) -> BillingEvent:
    if headers.get("X-Signature") != "good":
        raise InvalidDelivery("The delivery is not signed.")
    return BillingEvent(json.loads(body)["id"], "cus_1", frozenset(Section))


@dataclass
class Api:
    """A person at the panel of a ticket."""

    world: World
    client: FlaskClient
    tokens: Tokens

    def token(self, who: str, ticket: int | None = 1001) -> str:
        return self.tokens.issue(Pass(AGENTS[who], ticket, "ticket_sidebar"), now=self.world.clock.now())

    def headers(self, who: str, key: str = "", ticket: int | None = 1001) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token(who, ticket)}"}
        return {**headers, "Idempotency-Key": key} if key else headers

    def in_console(self, who: str) -> dict[str, str]:
        """The headers of somebody who opened the console."""
        token = self.tokens.issue(Pass(AGENTS[who], None, "nav_bar"), now=self.world.clock.now())
        return {"Authorization": f"Bearer {token}"}

    def asks(self, who: str, *, key: str = "key-1", **changes: Any) -> Any:
        return self.client.post("/api/v1/requests", json=body(**changes), headers=self.headers(who, key))


def body(**changes: Any) -> dict[str, Any]:
    params = {"payment": "pay_1", "amount": "1450.00", "reason": "service_outage", "note": "promised"}
    told = {"ticket": 1001, "action": "refund", "params": params, "seen": dict(SEEN)}
    return {**told, **changes}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[tuple[Flask, World]]:
    world = World(f"sqlite:///{tmp_path}/api.db")
    services = world.services
    parts = Parts(
        clock=world.clock,
        store=world.store,
        tokens=Tokens("s" * 32),
        visits=FakeVisits(),
        directory=services.directory,
        look_up=services.look_up,
        submit=services.submit,
        withdraw=services.withdraw,
        receive=services.receive,
        sign_offs=services.sign_offs,
        log_export=services.log_export,
        allowing=services.allowing,
        delegate=services.delegate,
        link=services.link,
        helpdesk_event=helpdesk_event,
        billing_event=billing_event,
        chat_inbound=lambda request: Response("", 200),
        ticket_url=world.helpdesk.ticket_url,
        checks={"database": world.store.ping},
        frame_ancestors=("https://sandbox.zendesk.com",),
        sdk_url="https://static.example/sdk.js",
        widgets=ROOT / "widgets",
    )
    yield create_app(parts), world
    world.close()


@pytest.fixture
def api(app: tuple[Flask, World]) -> Api:
    flask, world = app
    return Api(world, flask.test_client(), Tokens("s" * 32))
