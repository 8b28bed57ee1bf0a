import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry
from sidebar_app.workflow.log_export import COLUMNS, LogExport, Row, csv_lines, json_lines
from tests.fakes.time import START as NOW
from tests.fakes.world import World

ENTRY = RedactionEntry("red_001", 1010, 5, "Visa", "0011", "d1", Outcome.REDACTED, NOW, written_at=NOW)
BY = ("compliance", "Compliance")


def put(world: World, *entries: RedactionEntry) -> None:
    with world.store.transaction() as tx:
        for entry in entries:
            tx.redactions.add(entry)


def takes(world: World, wanted: LogFilter) -> Iterator[Row]:
    export: LogExport = world.services.log_export
    return export.take(wanted, form="csv", by=BY)


def test_a_file_is_recorded_before_anything_is_given_out(world: World) -> None:
    put(world, ENTRY, replace(ENTRY, id="red_002", ticket_id=7))
    takes(world, LogFilter(ticket_id=7))
    with world.store.reading() as tx:
        (told,) = [json.loads(entry.canonical) for entry in tx.audit.entries()]
    assert (told["event"], told["actor"], told["details"]) == (
        "redaction_log.exported",
        "compliance",
        {"entries": 1, "filter": "So far (ticket #7)", "format": "csv"},
    )


def test_what_is_found_while_it_is_read_is_not_in_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebar_app.workflow.log_export._PIECE", 2)
    put(world, *(replace(ENTRY, id=f"red_{n:03}") for n in range(5)))
    rows = takes(world, LogFilter())
    first = next(rows)
    put(world, replace(ENTRY, id="red_000a", at=NOW + timedelta(seconds=1)))
    assert [row["entry"] for row in (first, *rows)] == ["red_004", "red_003", "red_002", "red_001", "red_000"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1", "\n@x"])
def test_a_spreadsheet_runs_nothing(world: World, text: str) -> None:
    put(world, replace(ENTRY, remains=text))
    (row,) = csv.DictReader(io.StringIO("".join(csv_lines(takes(world, LogFilter()))), newline=""))
    assert row["remains"] == f"'{text}"


def test_both_forms_say_the_same(world: World) -> None:
    put(world, replace(ENTRY, remains='Sie sagte: "Größe",\nund ging.'))
    text = "".join(csv_lines(takes(world, LogFilter())))
    assert text.startswith(",".join(COLUMNS) + "\r\n")
    (as_csv,) = csv.DictReader(io.StringIO(text, newline=""))
    (as_json,) = [json.loads(line) for line in json_lines(takes(world, LogFilter()))]
    assert as_csv == {name: str(value) for name, value in as_json.items()}
    assert as_json["came_in"] == "2026-03-10T12:00:00+00:00"
