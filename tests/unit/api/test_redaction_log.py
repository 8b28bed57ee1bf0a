"""The redaction log in the console, as compliance reads it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from tests.fakes.time import START as NOW
from tests.unit.api.conftest import Api

PART = "/api/v1/console/parts/redactions"


def an_entry(number: int, **changes: Any) -> RedactionEntry:
    entry = RedactionEntry(
        f"red_{number:03}", 1010, 5, "Visa", "1111", "cards-1", Outcome.REDACTED, NOW, channel="email", written_at=NOW
    )  # fmt: skip
    return replace(entry, **changes)


def put(api: Api, *entries: RedactionEntry) -> None:
    with api.world.store.transaction() as tx:
        for entry in entries:
            tx.redactions.add(entry)


def view(api: Api, query: str = "", who: str = "compliance") -> dict[str, Any]:
    answer = api.client.get(f"{PART}?{query}", headers=api.in_console(who))
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["view"])


def said(shown: dict[str, Any]) -> str:
    return " ".join("".join(piece["text"] for piece in sentence) for sentence in shown["sentences"])


def test_last_month_is_answered_in_a_sentence_with_links(api: Api) -> None:
    """A back-scan of this month found it; it came in last month."""
    last_month = NOW.replace(day=1) - timedelta(days=3)
    put(
        api,
        an_entry(1),
        an_entry(2, written_at=last_month, source=Source.BACKSCAN, outcome=Outcome.REMAINING, ticket_id=998),
        an_entry(3, written_at=last_month, source=Source.BACKSCAN),
    )
    shown = view(api, "period=last-month")
    assert (
        f"In {last_month:%B %Y}, 2 card numbers came in through 2 tickets: 1 is gone, 1 remains (ticket #998)."
        in said(shown)
    )
    assert {"text": "#998", "url": "https://sandbox.zendesk.com/agent/tickets/998", "tone": ""} in shown[
        "sentences"
    ][0]
    assert [row["id"] for row in shown["rows"]] == ["red_003", "red_002"]
    assert "by a back-scan" in shown["rows"][0]["found"]
    assert "1 card number" in said(view(api, "period=this-month"))


def test_the_form_says_what_was_asked_for(api: Api) -> None:
    put(api, an_entry(1), an_entry(2, channel="", brand="JCB"))
    shown = view(api, "period=custom&from=2026-01-01&to=2026-12-31&brand=JCB&channel=unknown")
    assert {f["name"]: f["value"] for f in shown["fields"]} == {
        "period": "custom", "from": "2026-01-01", "to": "2026-12-31", "outcome": "", "brand": "JCB",
        "channel": "unknown", "place": "", "signed": "", "ticket": "",
    }  # fmt: skip
    assert shown["total"] == 1
    assert "(JCB, through an unknown channel)" in said(shown)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=yesterday", "period"),
        ("period=custom&from=1.10.2026", "from"),
        ("period=custom&from=2026-10-02&to=2026-10-01", "to"),
        ("period=custom&to=9999-12-31", "to"),
        ("outcome=lost", "outcome"),
        ("place=everywhere", "place"),
        ("ticket=abc", "ticket"),
        ("ticket=99999999999999999999", "ticket"),
        ("signed=maybe", "signed"),
    ],
)
def test_a_filter_that_cannot_be_read_is_named(api: Api, query: str, field: str) -> None:
    answer = api.client.get(f"{PART}/html?{query}", headers=api.in_console("compliance"))
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == [field]


def test_thousands_of_entries_come_page_by_page(api: Api) -> None:
    put(api, *(an_entry(n, written_at=NOW - timedelta(minutes=n)) for n in range(120)))
    first = view(api)
    assert (len(first["rows"]), first["showing"]) == (50, "1 to 50 of 120")
    assert (first["previous"], first["next"]) == ("", "page=2")
    last = view(api, "page=3")
    assert (len(last["rows"]), last["showing"], last["next"]) == (20, "101 to 120 of 120", "")
    assert last["previous"] == "page=2"
    assert view(api, "page=99")["showing"] == "101 to 120 of 120"
    assert view(api, "page=-1")["showing"] == "1 to 50 of 120"


def test_an_entry_tells_where_and_what_remains(api: Api) -> None:
    put(
        api,
        an_entry(
            1, comment_id=0, place=Place.FIELD, place_id="77", place_name="Order no.", outcome=Outcome.REVIEW,
            remains="Nothing was changed.",
        ),
    )  # fmt: skip
    (row,) = view(api)["rows"]
    assert (row["what"], row["place"], row["remains"]) == (
        "Visa ···· 1111",
        "Field “Order no.”",
        "Nothing was changed.",
    )
    assert row["outcome"] == {"text": "waits for review", "url": "", "tone": "warn"}
    assert row["detector"] == "cards-1"


def test_text_of_a_field_stays_text(api: Api) -> None:
    put(api, an_entry(1, place=Place.FIELD, place_name="<img src=x onerror=alert(1)>", channel="<b>"))
    html = api.client.get(f"{PART}/html", headers=api.in_console("compliance")).get_json()["html"]
    assert "<img" not in html
    assert "<b>" not in html


def test_the_badge_counts_what_waits_for_compliance(api: Api) -> None:
    put(api, an_entry(1), an_entry(2, outcome=Outcome.REVIEW), an_entry(3, outcome=Outcome.NOT_SCANNED))
    drawn = api.client.get(f"{PART}/html", headers=api.in_console("compliance")).get_json()
    assert drawn["badge"] == "2"


def signs(api: Api, who: str = "compliance", **changes: Any) -> Any:
    told = {
        "filter": {},
        "found_until": NOW.isoformat(),
        "seen": {"redacted": 1},
        "comment": "looked at",
        **changes,
    }
    return api.client.post("/api/v1/console/redactions/sign-off", json=told, headers=api.in_console(who))


def allows(api: Api, who: str = "compliance", **changes: Any) -> Any:
    told = {"kind": "label", "value": "Bestellnummer", "comment": "our orders", **changes}
    return api.client.post("/api/v1/console/allowlist", json=told, headers=api.in_console(who))


def events(api: Api) -> list[tuple[str, str]]:
    with api.world.store.reading() as tx:
        told = [json.loads(entry.canonical) for entry in tx.audit.entries()]
    return [(entry["event"], entry["actor"]) for entry in told]


def test_what_is_shown_can_be_signed_off_as_it_is_shown(api: Api) -> None:
    put(api, an_entry(1), an_entry(2, outcome=Outcome.REVIEW), an_entry(3, channel="web"))
    shown = view(api, "channel=email")
    answer = signs(api, **shown["frozen"])
    assert answer.get_json()["said"] == "2 entries are signed off."
    assert [row["signed"] for row in view(api)["rows"]] == [
        "",
        "compliance, 10 Mar 2026 12:00",
        "compliance, 10 Mar 2026 12:00",
    ]
    assert events(api) == [("card_number.signed_off", "compliance")]
    assert signs(api, **view(api, "channel=email&signed=no")["frozen"]).status_code == 412


def test_one_row_can_be_signed_off_by_itself(api: Api) -> None:
    put(api, an_entry(1), an_entry(2))
    row = view(api)["rows"][0]
    assert signs(api, **row["frozen"]).get_json()["signed"] == 1
    assert [bool(r["signed"]) for r in view(api)["rows"]] == [True, False]


def test_what_came_in_since_is_told_and_nothing_is_signed_off(api: Api) -> None:
    put(api, an_entry(1))
    frozen = view(api)["frozen"]
    put(api, an_entry(2))
    answer = signs(api, **frozen)
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (412, "/problems/log-changed")
    assert "2 entries now, 1 then" in answer.get_json(force=True)["detail"]
    assert events(api) == []


@pytest.mark.parametrize("who", ["manager", "l1", "specialist"])
def test_other_roles_change_nothing(api: Api, who: str) -> None:
    put(api, an_entry(1))
    made = allows(api).get_json()["id"]
    told = api.client.post(f"/api/v1/console/allowlist/{made}/remove", json={}, headers=api.in_console(who))
    for answer in (signs(api, who), allows(api, who, value="order no"), told):
        assert (answer.status_code, answer.get_json(force=True)["type"]) == (403, "/problems/not-your-part")
    assert events(api) == [("allowlist.added", "compliance")]


def test_acting_asks_for_the_role_anew(api: Api) -> None:
    """Whoever is suspended in the helpdesk may still look for some minutes; they sign nothing off."""
    put(api, an_entry(1))
    headers = api.in_console("compliance")
    assert api.client.get(PART, headers=headers).status_code == 200
    profile = api.world.helpdesk.agents[508]
    api.world.helpdesk.agents[508] = replace(profile, active=False)
    assert signs(api).status_code == 403
    assert events(api) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"comment": " "}, "comment"),
        ({"seen": {"lost": 1}}, "seen"),
        ({"seen": {"redacted": "1"}}, "seen"),
        ({"filter": {"person": "x"}}, "filter"),
        ({"filter": {"outcome": "lost"}}, "outcome"),
        ({"found_until": "yesterday"}, "found_until"),
        ({"found_until": "2026-03-10T12:00:00"}, "found_until"),
        ({"by": "somebody"}, "by"),
        ({"name": "Somebody"}, "name"),
    ],
)
def test_a_sign_off_that_cannot_be_read_is_named(api: Api, changes: dict[str, Any], field: str) -> None:
    put(api, an_entry(1))
    answer = signs(api, **changes)
    assert answer.status_code == 422
    assert field in answer.get_json(force=True)["errors"]
    assert events(api) == []


def test_a_report_of_no_card_feeds_the_allowlist_and_shows_in_the_log(api: Api) -> None:
    put(api, an_entry(1, outcome=Outcome.REVIEW))
    assert allows(api, entry="red_001").status_code == 200
    (row,) = view(api)["rows"]
    assert row["allowed"] == "No card, says compliance: our orders"
    assert "1 turned out to be no card" in said(view(api))
    listed = api.client.get(
        "/api/v1/console/parts/allowlist", headers=api.in_console("compliance")
    ).get_json()
    (allowed,) = listed["view"]["rows"]
    assert (allowed["value"], allowed["entry"], allowed["removed"]) == ("bestellnummer", "red_001", "")
    path = f"/api/v1/console/allowlist/{allowed['id']}/remove"
    assert api.client.post(path, json={}, headers=api.in_console("compliance")).status_code == 200
    again = api.client.post(path, json={}, headers=api.in_console("compliance"))
    assert (again.status_code, again.get_json(force=True)["type"]) == (404, "/problems/no-such-allowance")
    assert [event for event, _ in events(api)] == ["allowlist.added", "allowlist.removed"]


def test_a_shape_of_real_cards_needs_a_tick(api: Api) -> None:
    refused = allows(api, kind="shape", value="4111############")
    assert refused.status_code == 422
    assert "Visa" in refused.get_json(force=True)["errors"]["sure"][0]
    assert allows(api, kind="shape", value="4111############", sure="yes").status_code == 200


def test_without_a_key_the_single_number_is_neither_offered_nor_kept(api: Api) -> None:
    put(api, an_entry(1, outcome=Outcome.REVIEW))
    assert view(api)["rows"][0]["can_keep_number"] is False
    answer = allows(api, kind="number", entry="red_001")
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (409, "/problems/not-readable")


def test_the_filtered_log_is_given_out_as_a_file_and_that_is_recorded(api: Api) -> None:
    put(api, an_entry(1, last4="0011"), an_entry(2, channel="web"))
    path = "/api/v1/console/redactions/export?format=csv&channel=email"
    answer = api.client.get(path, headers=api.in_console("compliance"))
    assert answer.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == "attachment; filename=redaction-log-2026-03-10.csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [line.split(",")[0] for line in answer.text.splitlines()] == ["entry", "red_001"]
    lines = api.client.get(
        path.replace("csv", "jsonl"), headers=api.in_console("compliance")
    ).text.splitlines()
    assert [json.loads(line)["last4"] for line in lines] == ["0011"]
    assert events(api) == [("redaction_log.exported", "compliance")] * 2


@pytest.mark.parametrize("who", ["manager", "l1"])
def test_nobody_else_gets_the_file(api: Api, who: str) -> None:
    answer = api.client.get("/api/v1/console/redactions/export", headers=api.in_console(who))
    assert answer.status_code == 403
    assert events(api) == []


def test_a_number_typed_into_a_filter_stands_nowhere(api: Api) -> None:
    put(api, an_entry(1))
    number = "4111111111111111"
    for name in ("brand", "channel"):
        query = f"{name}={number}"
        assert number not in said(view(api, query))
        api.client.get(f"/api/v1/console/redactions/export?{query}", headers=api.in_console("compliance"))
    with api.world.store.reading() as tx:
        assert not any(number in entry.canonical for entry in tx.audit.entries())


@pytest.mark.parametrize("query", ["format=xlsx", "outcome=lost"])
def test_a_file_that_cannot_be_made_is_said_so(api: Api, query: str) -> None:
    answer = api.client.get(
        f"/api/v1/console/redactions/export?{query}", headers=api.in_console("compliance")
    )
    assert answer.status_code == 422
    assert events(api) == []
