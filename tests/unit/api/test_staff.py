"""Out of office and Slack accounts in the console: each for its roles, by what was seen, in the log by name."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.people import SlackIdentity
from tests.fakes.time import START
from tests.unit.api.conftest import Api

AWAY = {"to": "vp", "from": "2026-03-10", "until": "2026-03-12"}
NEW = SlackIdentity("T0SANDBOX", "U0NEW")
SEEN = {"person": "legal", "team": "T0SANDBOX", "user": "U0NEW"}


def post(api: Api, who: str, path: str, told: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    answer = api.client.post(f"/api/v1/console/{path}", json=told or {}, headers=api.in_console(who))
    return answer.status_code, answer.get_json(force=True)


def view(api: Api, who: str, part: str) -> dict[str, Any]:
    answer = api.client.get(f"/api/v1/console/parts/{part}", headers=api.in_console(who))
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["view"])


def last_entry(api: Api) -> dict[str, Any]:
    with api.world.store.reading() as tx:
        return dict(json.loads(tx.audit.latest(limit=1)[0].canonical))


def change(api: Api, person_id: str, **changes: Any) -> None:
    with api.world.store.transaction() as tx:
        person = tx.people.get(person_id)
        assert person
        tx.people.save(replace(person, **changes))


# -- out of office -----------------------------------------------------------------------------------


def test_only_who_could_stand_in_is_offered(api: Api) -> None:
    assert [who for who, _ in view(api, "specialist", "absence")["choices"]] == ["legal", "vp"]
    choices = view(api, "manager", "absence")["choices"]
    assert choices[0] == ["manager2", "Second manager (manager)"]  # peers first


def test_an_absence_is_saved_shown_and_ended(api: Api) -> None:
    status, told = post(api, "manager", "absence", AWAY)
    assert (status, told["said"]) == (200, "Saved: until 13 Mar 2026 00:00 UTC they decide in your place.")
    assert (last_entry(api)["event"], last_entry(api)["actor"]) == ("people.delegated", "manager")
    shown = view(api, "manager", "absence")
    assert shown["badge"] == "away"
    assert shown["away"] == [
        {
            "id": told["id"],
            "text": "VP decides in your place from 10 Mar 2026 12:00 to 13 Mar 2026 00:00 UTC.",
        }
    ]
    request = api.world.asks("l1", "refund", amount="1.00")
    assert api.world.clicks("approve", "vp", request).done
    assert post(api, "manager", f"absence/{told['id']}/end")[0] == 200
    assert view(api, "manager", "absence")["away"] == []
    assert last_entry(api)["event"] == "people.delegation_ended"


def test_who_stands_in_reads_it_too(api: Api) -> None:
    post(api, "manager", "absence", {**AWAY, "to": "specialist"})
    assert view(api, "specialist", "absence")["stands_in"] == [
        "You decide in the place of Manager from 10 Mar 2026 12:00 to 13 Mar 2026 00:00 UTC."
    ]


@pytest.mark.parametrize(
    ("told", "status", "slug", "words"),
    [
        ({"to": "l2"}, 409, "cannot-delegate", "no role"),
        ({"to": "manager"}, 409, "cannot-delegate", "themselves"),
        ({"to": "nobody"}, 404, "no-such-person", "'nobody'"),
        ({"until": "2026-03-09"}, 409, "cannot-delegate", "over already"),
        ({"from": "2026-04-02", "until": "2026-04-01"}, 409, "cannot-delegate", "ends before it begins"),
        ({"until": "9999-12-31"}, 422, "invalid-request", "until"),
        ({"until": "tomorrow"}, 422, "invalid-request", "until"),
        ({"until": None}, 422, "invalid-request", "until"),
        ({"person": "vp"}, 422, "invalid-request", "person"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    api: Api, told: dict[str, Any], status: int, slug: str, words: str
) -> None:
    got, problem = post(api, "manager", "absence", {**AWAY, **told})
    assert (got, problem["type"]) == (status, f"/problems/{slug}")
    assert words in json.dumps(problem)
    assert view(api, "manager", "absence")["away"] == []


def test_a_second_absence_in_the_same_time_is_refused(api: Api) -> None:
    assert post(api, "manager", "absence", AWAY)[0] == 200
    assert (
        "away in that time already" in post(api, "manager", "absence", {**AWAY, "to": "legal"})[1]["detail"]
    )


def test_nobody_ends_the_absence_of_somebody_else(api: Api) -> None:
    made = post(api, "manager", "absence", AWAY)[1]["id"]
    status, problem = post(api, "specialist", f"absence/{made}/end")
    assert (status, problem["type"]) == (404, "/problems/no-such-delegation")
    assert view(api, "manager", "absence")["away"]


@pytest.mark.parametrize("who", ["l1", "l2", "compliance", "admin"])
def test_who_approves_nothing_lends_nothing(api: Api, who: str) -> None:
    assert post(api, who, "absence", AWAY)[0] == 403
    assert post(api, who, "absence/x/end")[0] == 403


def test_a_suspended_manager_lends_nothing_although_the_console_is_open(api: Api) -> None:
    headers = api.in_console("manager")
    api.world.services.personnel.suspend("manager", by=("operator:x", "X"))
    assert api.client.post("/api/v1/console/absence", json=AWAY, headers=headers).status_code == 403


def test_an_approver_of_the_helpdesk_alone_is_told_that_there_is_nothing_to_lend(api: Api) -> None:
    change(api, "specialist", roles=frozenset())
    shown = view(api, "specialist", "absence")
    assert (shown["choices"], "nothing in Slack" in shown["why_not"]) == ([], True)


# -- people ------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(api: Api) -> Api:
    change(api, "legal", slack=None)
    api.world.chat.emails[NEW] = "legal@support.example"
    assert api.world.services.link.propose_for(NEW)
    return api


def test_a_proposed_account_is_shown_and_confirmed(proposed: Api) -> None:
    shown = view(proposed, "admin", "people")
    assert shown["badge"] == "1"
    (row,) = shown["proposals"]
    assert (row["person"], row["user"], row["roles"], row["proposed"]) == (
        "legal", "U0NEW", "legal", "10 Mar 2026 12:00, by a click",
    )  # fmt: skip
    assert post(proposed, "admin", "people/confirm", SEEN)[0] == 200
    assert (last_entry(proposed)["event"], last_entry(proposed)["actor"]) == (
        "people.link_confirmed",
        "admin",
    )
    with proposed.world.store.reading() as tx:
        assert tx.people.by_slack(NEW).id == "legal"  # type: ignore[union-attr]
    assert view(proposed, "admin", "people")["proposals"] == []
    assert post(proposed, "admin", "people/confirm", SEEN)[1]["type"] == "/problems/cannot-link"


def test_a_proposed_account_is_refused(proposed: Api) -> None:
    assert post(proposed, "admin", "people/unlink", SEEN)[0] == 200
    assert last_entry(proposed)["event"] == "people.link_removed"
    with proposed.world.store.reading() as tx:
        assert tx.people.by_slack(NEW) is None
        assert tx.links.all() == []


def test_another_account_than_the_one_that_was_seen_is_not_answered(proposed: Api) -> None:
    for answer in ("confirm", "unlink"):
        status, problem = post(proposed, "admin", f"people/{answer}", {**SEEN, "user": "U0OTHER"})
        assert (status, problem["type"]) == (409, "/problems/cannot-link")
    assert len(view(proposed, "admin", "people")["proposals"]) == 1


def test_an_administrator_does_not_confirm_themselves(api: Api) -> None:
    change(api, "admin", slack=None)
    api.world.chat.emails[NEW] = "admin@support.example"
    api.world.services.link.propose_for(NEW)
    status, problem = post(api, "admin", "people/confirm", {**SEEN, "person": "admin"})
    assert (status, "Nobody links themselves" in problem["detail"]) == (409, True)


def test_when_slack_does_not_answer_nothing_is_confirmed(proposed: Api) -> None:
    proposed.world.chat.down = True
    status, problem = post(proposed, "admin", "people/confirm", SEEN)
    assert (status, problem["type"]) == (503, "/problems/chat-unavailable")
    assert len(view(proposed, "admin", "people")["proposals"]) == 1


def test_an_administrator_sees_and_ends_who_stands_in_for_whom(api: Api) -> None:
    made = api.world.services.delegate.begin(
        "manager",
        to="vp",
        starts_at=START + timedelta(days=1),
        ends_at=START + timedelta(days=2),
        by=("x", "X"),
    )
    (row,) = view(api, "admin", "people")["delegations"]
    assert (row["away"], row["stands_in"], row["now"]) == ("Manager", "VP", False)
    assert post(api, "admin", f"delegations/{made.id}/end")[0] == 200
    assert view(api, "admin", "people")["delegations"] == []
    assert post(api, "admin", f"delegations/{made.id}/end")[1]["type"] == "/problems/no-such-delegation"


@pytest.mark.parametrize("who", ["l1", "manager", "specialist", "compliance"])
def test_only_administrators_answer_for_people(proposed: Api, who: str) -> None:
    for path in ("people/confirm", "people/unlink", "delegations/x/end"):
        assert post(proposed, who, path, SEEN)[0] == 403
    assert len(view(proposed, "admin", "people")["proposals"]) == 1
