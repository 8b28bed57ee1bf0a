"""The canonical form: one text per record, and no text for what has none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest

from sidebar_app.audit.canonical import NotCanonical, canonical, parse
from sidebar_app.domain.audit import AuditRecord

RECORD = AuditRecord(
    at=datetime(2026, 11, 20, 9, 5, tzinfo=UTC),
    actor="manager",
    actor_name="Manager",
    event="request.approved",
    subject="req_1",
    ticket_id=1001,
    details={"b": [1, None, True], "a": {"z": "ü", "y": -3}},
)


def test_keys_are_sorted_and_everything_outside_ascii_is_escaped() -> None:
    assert canonical(RECORD) == (
        r'{"actor":"manager","actor_name":"Manager","at":"2026-11-20T09:05:00.000000Z",'
        r'"details":{"a":{"y":-3,"z":"\u00fc"},"b":[1,null,true]},"event":"request.approved",'
        r'"subject":"req_1","ticket_id":1001,"v":1}'
    )


def test_the_order_and_kind_of_containers_do_not_matter() -> None:
    other = MappingProxyType({"a": {"y": -3, "z": "ü"}, "b": (1, None, True)})
    assert canonical(replace(RECORD, details=other)) == canonical(RECORD)


def test_the_text_reads_back_as_the_record() -> None:
    assert parse(canonical(RECORD)) == RECORD
    without_ticket = replace(RECORD, ticket_id=None, details={})
    assert parse(canonical(without_ticket)) == without_ticket


def test_text_is_recorded_as_it_came_not_normalised() -> None:
    composed, decomposed = replace(RECORD, subject="\u00fc"), replace(RECORD, subject="u\u0308")
    assert canonical(composed) != canonical(decomposed)


def test_line_breaks_and_control_characters_cannot_start_a_new_line() -> None:
    text = canonical(replace(RECORD, subject="a\r\nb\x00\u2028\u202e"))
    assert text.isascii()
    assert text.isprintable()


def test_a_word_of_an_enumeration_is_recorded_as_its_text() -> None:
    class State(StrEnum):
        DONE = "done"

    assert '"state":"done"' in canonical(replace(RECORD, details={"state": State.DONE}))


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "details",
    [
        {"a": 1.0},
        {"a": [0.1]},
        {"a": float("nan")},
        {"a": b"bytes"},
        {"a": {1, 2}},
        {"a": datetime(2026, 1, 1, tzinfo=UTC)},
        {"a": object()},
        {1: "a"},
        {"a": {None: 1}},
        {"a": "\ud800"},
        {"\udfff": 1},
        {"a": 2**63},
        {"a": -(2**63) - 1},
        {"a": _nested(40)},
        [1],
    ],
    ids=str,
)
def test_what_has_no_canonical_form_is_refused(details: Any) -> None:
    with pytest.raises(NotCanonical):
        parse(canonical(replace(RECORD, details=details)))


def test_the_refusal_names_the_place_and_not_the_value() -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical(replace(RECORD, details={"a": [{"b": 4242.5}]}))
    assert str(caught.value) == "details.a[0].b: float has no canonical form"


@pytest.mark.parametrize(
    "changes",
    [
        {"at": datetime(2026, 11, 20, 9, 5)},  # noqa: DTZ001
        {"at": datetime(2026, 11, 20, 9, 5, tzinfo=timezone(timedelta(hours=1)))},
        {"event": "Request approved"},
        {"event": ""},
        {"event": "request."},
        {"event": "request.approved\n"},
        {"actor": None},
        {"actor_name": 7},
        {"subject": "\udc80"},
        {"ticket_id": "1001"},
        {"ticket_id": True},
        {"ticket_id": 2**70},
    ],
    ids=str,
)
def test_a_field_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        canonical(replace(RECORD, **changes))


GOOD = canonical(RECORD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        GOOD + " ",
        GOOD.replace('"v":1', '"v":2'),
        GOOD.replace('"v":1', '"v":1.0'),
        GOOD.replace('"v":1', '"v":1,"w":1'),
        GOOD.replace(',"subject":"req_1"', ""),
        GOOD.replace(r"\u00fc", "ü"),
        GOOD.replace('"y":-3', '"y":-3,"y":-3'),
        GOOD.replace("-3", "-3.0"),
        GOOD.replace("-3", "NaN"),
        GOOD.replace(".000000Z", "Z"),
        GOOD.replace(".000000Z", ".000000+00:00"),
        GOOD.replace('"2026-11-20T09:05:00.000000Z"', "5"),
        GOOD.replace('"request.approved"', "[]"),
        "[" * 100_000,
    ],
)
def test_a_text_in_any_other_form_is_not_read(text: str) -> None:
    with pytest.raises(NotCanonical):
        parse(text)
