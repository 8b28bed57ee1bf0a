"""The redaction log in the console, as compliance reads it."""

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
