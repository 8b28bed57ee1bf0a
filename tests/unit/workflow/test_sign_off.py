import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.actions import InvalidParams
from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow.sign_off import LogChanged
from tests.fakes.time import START as NOW
from tests.fakes.world import World

BY = ("compliance", "Compliance")
EVERYTHING = LogFilter()
ENTRY = RedactionEntry("red_1", 1010, 5, "Visa", "1111", "d1", Outcome.REDACTED, NOW, written_at=NOW)


def put(world: World, *entries: RedactionEntry) -> None:
    with world.store.transaction() as tx:
        for entry in entries:
            tx.redactions.add(entry)


def signs(world: World, wanted: LogFilter = EVERYTHING, *, comment: str = "looked at", **seen: int) -> int:
    told = {Outcome(name): number for name, number in seen.items()}
    return world.services.sign_offs.sign(wanted, seen=told, by=BY, comment=comment)


def audited(world: World) -> list[dict[str, Any]]:
    with world.store.reading() as tx:
        told = [json.loads(entry.canonical) for entry in tx.audit.entries()]
    return [entry for entry in told if entry["event"] == "card_number.signed_off"]


def signed(world: World) -> list[str]:
    with world.store.reading() as tx:
        return [entry_id for entry_id, _ in tx.redaction_log.outcomes(LogFilter(signed=True))]


def test_one_entry_is_signed_with_name_and_masked_comment_and_audited(world: World) -> None:
    put(world, ENTRY, replace(ENTRY, id="red_2"))
    assert signs(world, LogFilter(entry_id="red_1"), comment="was 4111111111111111 indeed", redacted=1) == 1
    assert signed(world) == ["red_1"]
    (told,) = audited(world)
    assert (told["subject"], told["actor"], told["actor_name"]) == ("red_1", *BY)
    assert told["details"]["comment"] == mask_free_text("was 4111111111111111 indeed")
    assert "41111111" not in json.dumps(told)
    assert world.chain_holds()


def test_all_of_a_filter_are_signed_as_they_were_seen(world: World) -> None:
    put(
        world,
        ENTRY,
        replace(ENTRY, id="red_2", outcome=Outcome.REVIEW),
        replace(ENTRY, id="red_3", ticket_id=7),
    )
    assert signs(world, LogFilter(ticket_id=1010), redacted=1, review=1) == 2
    assert signed(world) == ["red_1", "red_2"]
    (told,) = audited(world)
    assert told["details"]["outcomes"] == {"redacted": 1, "review": 1}
    assert told["details"]["filter"] == "So far (ticket #1010)"
    assert len(told["details"]["entries_sha256"]) == 64


def test_an_entry_that_was_found_since_is_not_signed_unseen(world: World) -> None:
    put(world, ENTRY, replace(ENTRY, id="red_2", at=NOW + timedelta(seconds=1)))
    assert signs(world, LogFilter(found_until=NOW), redacted=1) == 1
    assert signed(world) == ["red_1"]


@pytest.mark.parametrize(
    "seen",
    [{"redacted": 1}, {"redacted": 3}, {"redacted": 1, "review": 1}, {}, {"remaining": 2}],
)
def test_another_number_or_outcome_than_was_seen_signs_nothing(world: World, seen: dict[str, int]) -> None:
    put(world, ENTRY, replace(ENTRY, id="red_2"))
    with pytest.raises(LogChanged, match="changed since you looked"):
        signs(world, **seen)
    assert signed(world) == []
    assert audited(world) == []


def test_nothing_is_signed_off_where_nothing_is(world: World) -> None:
    with pytest.raises(LogChanged, match="nothing to sign"):
        signs(world, LogFilter(entry_id="red_9"), redacted=1)


@pytest.mark.parametrize("comment", ["", "   ", "x" * 2001])
def test_a_sign_off_needs_a_comment(world: World, comment: str) -> None:
    put(world, ENTRY)
    with pytest.raises(InvalidParams) as refused:
        signs(world, comment=comment, redacted=1)
    assert list(refused.value.errors) == ["comment"]
    assert signed(world) == []
