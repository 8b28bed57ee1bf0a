"""The console's page and its API: each part for its roles, looked up on the server each time."""

from dataclasses import replace

import pytest

from sidebar_app.domain.people import Role
from tests.unit.api.conftest import Api

PARTS = {"queue", "absence", "redactions", "audit", "people"}
SEES = {
    "manager": {"queue", "absence"},
    "specialist": {"queue", "absence"},
    "compliance": {"redactions", "audit"},
    "admin": {"queue", "redactions", "audit", "people"},
    "l1": set(),
}


def console_token(api: Api, who: str) -> str:
    page = api.client.post("/zendesk/console", data={"token": f"{who}:"})
    return str(page.text.split('name="panel-token" content="')[1].split('"')[0])


def test_the_page_brings_a_token_that_draws_its_parts_anew(api: Api) -> None:
    api.asks("l1")
    headers = {"Authorization": f"Bearer {console_token(api, 'manager')}"}
    drawn = api.client.get("/api/v1/console/parts/queue/html", headers=headers).get_json()
    assert "Refund $1,450.00" in drawn["html"]
    assert drawn["badge"] == "1"
    told = api.client.get("/api/v1/console/parts/queue", headers=headers).get_json()
    assert told["title"] == "Approvals"
    assert told["view"]["rows"][0][1] == {
        "text": "#1001",
        "url": "https://sandbox.zendesk.com/agent/tickets/1001",
        "tone": "",
    }


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("part", sorted(PARTS))
@pytest.mark.parametrize("form", ["", "/html"])
def test_a_part_is_told_to_its_roles_only(api: Api, who: str, part: str, form: str) -> None:
    answer = api.client.get(f"/api/v1/console/parts/{part}{form}", headers=api.in_console(who))
    assert answer.status_code == (200 if part in SEES[who] else 403)
    if part not in SEES[who]:
        assert answer.get_json(force=True)["type"] == "/problems/not-your-part"


def test_a_role_that_was_taken_away_shows_nothing_more(api: Api) -> None:
    headers = api.in_console("compliance")
    assert api.client.get("/api/v1/console/parts/audit", headers=headers).status_code == 200
    with api.world.store.transaction() as tx:
        person = tx.people.get("compliance")
        assert person
        tx.people.save(replace(person, active=False))
    assert api.client.get("/api/v1/console/parts/audit", headers=headers).status_code == 403


def test_a_role_that_was_given_shows_its_part(api: Api) -> None:
    with api.world.store.transaction() as tx:
        person = tx.people.by_zendesk(503)
        assert person
        tx.people.save(replace(person, roles=person.roles | {Role.COMPLIANCE}))
    page = api.client.post("/zendesk/console", data={"token": "manager:"}).text
    assert [f'data-part="{part}"' in page for part in ("queue", "redactions", "audit")] == [True] * 3
    assert 'role="tablist"' in page


def test_an_unknown_part_is_said_so(api: Api) -> None:
    answer = api.client.get("/api/v1/console/parts/secrets", headers=api.in_console("compliance"))
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (404, "/problems/no-such-part")


def test_after_half_an_hour_the_console_has_ended(api: Api) -> None:
    headers = api.in_console("compliance")
    api.world.clock.moves(minutes=30)
    answer = api.client.get("/api/v1/console/parts/audit", headers=headers)
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (401, "/problems/session-ended")
