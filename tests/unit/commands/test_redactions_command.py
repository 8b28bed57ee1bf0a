"""`sidebar-app redactions …` on a real database."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sidebar_app.__main__ import main
from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry
from tests.fakes.world import World

NOW = datetime.now(UTC)
OCTOBER = datetime(2025, 10, 14, 9, 30, tzinfo=UTC)
ENTRY = RedactionEntry(
    "red_1", 1010, 5, "Visa", "0011", "cards-1", Outcome.REDACTED, NOW, channel="email", written_at=OCTOBER
)
BY = ("--by", "compliance", "--comment", "looked at 4111111111111111")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    url = f"sqlite:///{tmp_path}/cli.db"
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("DATABASE_URL", url)
    made = World(url)
    with made.store.transaction() as tx:
        tx.redactions.add(ENTRY)
        tx.redactions.add(replace(ENTRY, id="red_2", outcome=Outcome.REVIEW, ticket_id=998, brand="JCB"))
        tx.redactions.add(
            replace(
                ENTRY, id="red_3", written_at=NOW, place=Place.FIELD, place_name="=HYPERLINK(1)", channel=""
            )
        )
    yield made
    made.close()


def runs(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, ["redactions", *arguments], input=answer)


def events(world: World) -> list[tuple[str, str]]:
    with world.store.reading() as tx:
        told = [json.loads(entry.canonical) for entry in tx.audit.entries()]
    return [(entry["event"], entry["actor"]) for entry in told]


def test_last_october_is_answered_in_sentences(world: World) -> None:
    told = runs("summary", "--since", "2025-10-01", "--until", "2025-10-31")
    assert told.exit_code == 0, told.output
    assert (
        "In October 2025, 2 card numbers came in through 2 tickets: 1 is gone, 1 waits for review (ticket #998)."
        in told.output
    )
    assert "channel  email" in told.output
    as_json = json.loads(runs("summary", "--period", "all", "--format", "json").output)
    assert as_json["outcomes"]["redacted"] == 2
    assert {row["name"] for row in as_json["channels"]} == {"email", "unknown"}


def test_the_list_is_filtered_and_limited(world: World) -> None:
    told = runs("list", "--brand", "Visa", "--limit", "1").output
    assert "1 of 2 entries." in told
    assert "Visa ···· 0011" in told
    unknown = json.loads(runs("list", "--channel", "unknown", "--format", "json").output)
    assert [row["entry"] for row in unknown] == ["red_3"]
    lines = runs("list", "--unsigned", "--ticket", "998", "--format", "jsonl").output.splitlines()
    assert [json.loads(line)["entry"] for line in lines] == ["red_2"]
    assert "Nothing in the log fits" in runs("list", "--place", "attachment").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--outcome", "lost"),
        ("list", "--since", "1.10.2025"),
        ("list", "--since", "2025-10-02", "--until", "2025-10-01"),
        ("list", "--period", "all", "--since", "2025-10-02"),
        ("list", "--limit", "0"),
        ("list", "--ticket", "4111111111111111"),
        ("sign-off", "red_1", "--by", "compliance"),
        ("sign-off", "red_1", "--unsigned", "--yes", *BY),
        ("sign-off", "red_1", "--comment", "x"),
        ("sign-off", "red_1", "--by", "manager", "--comment", "x"),
        ("sign-off", "red_1", "--by", "nobody", "--comment", "x", "--yes"),
        ("export", "--by", "l1"),
        ("allow", *BY),
        ("allow", *BY, "--shape", "90011#########", "--label", "order"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_happens(world: World, arguments: tuple[str, ...]) -> None:
    told = runs(*arguments)
    assert told.exit_code == 2
    assert "Error: " in told.output
    assert events(world) == []


def test_an_export_is_whole_harmless_and_recorded(world: World, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    told = runs("export", "--by", "compliance@support.example", "--output", str(file))
    assert told.exit_code == 0, told.output
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert {row["entry"] for row in rows} == {"red_1", "red_2", "red_3"}
    named = next(row for row in rows if row["entry"] == "red_3")
    assert (named["place_name"], named["last4"]) == ("'=HYPERLINK(1)", "0011")
    assert events(world) == [("redaction_log.exported", "compliance")]


def test_everything_that_fits_is_signed_off_after_a_yes(world: World) -> None:
    filters = ("--since", "2025-10-01", "--until", "2025-10-31")
    assert runs("sign-off", *filters, *BY, answer="n\n").exit_code == 1
    assert events(world) == []
    told = runs("sign-off", *filters, *BY, answer="y\n")
    assert "2 entries: 1 redacted, 1 review" in told.output
    assert "2 signed off." in told.output
    assert events(world) == [("card_number.signed_off", "compliance")]
    signed = json.loads(runs("list", "--signed", "--format", "json").output)
    assert {row["entry"] for row in signed} == {"red_1", "red_2"}
    assert "4111111111111111" not in json.dumps(signed)


def test_one_entry_is_signed_off_and_an_unknown_one_is_not(world: World) -> None:
    assert "1 signed off." in runs("sign-off", "red_1", *BY, "--yes").output
    unknown = runs("sign-off", "red_9", *BY, "--yes")
    assert unknown.exit_code == 1
    assert "nothing to sign off" in unknown.output


def test_numbers_are_allowed_listed_and_masked_again(world: World) -> None:
    refused = runs("allow", "--shape", "4111############", *BY)
    assert refused.exit_code == 1
    assert "Visa" in refused.output
    assert runs("allow", "--label", "card", *BY).exit_code == 1
    assert runs("allow", "--label", "order", "--entry", "red_9", *BY).exit_code == 1
    made = runs("allow", "--shape", "90011#########", "--entry", "red_2", *BY)
    assert made.exit_code == 0, made.output
    allowed = made.output.split(":")[0]
    assert "90011#########" in runs("allowed").output
    assert runs("disallow", allowed, "--by", "compliance").exit_code == 0
    assert runs("disallow", allowed, "--by", "compliance").exit_code == 1
    assert "Nothing is allowed" in runs("allowed").output
    assert "removed by" in runs("allowed", "--all").output
    assert json.loads(runs("allowed", "--all", "--format", "json").output)[0]["value"] == "90011#########"
    assert [event for event, _ in events(world)] == ["allowlist.added", "allowlist.removed"]


def test_a_database_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/x.db")
    told = runs("summary")
    assert told.exit_code == 1
    assert "The database cannot be used" in told.output


def test_the_period_of_the_last_days_ends_today(world: World) -> None:
    assert NOW - timedelta(days=1) < NOW
    assert "In the last 30 days, 1 card number" in runs("summary", "--period", "last-30-days").output
