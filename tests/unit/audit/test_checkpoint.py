"""Checkpoints find what the chain alone cannot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sidebar_app.audit.chain import Broken, Verified, append, verify
from sidebar_app.audit.checkpoint import (
    Checkpoint,
    Rewritten,
    Truncated,
    read,
    read_all,
    sign,
    verify_against,
)
from sidebar_app.audit.note import BadNote, SigningKey, new_key_pem
from sidebar_app.domain.audit import AuditRecord, Entry

AT = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
KEY = SigningKey.from_pem("audit.example", new_key_pem())


def chained(subjects: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    for subject in subjects:
        record = AuditRecord(AT, "system", "Billing sidebar", "request.told", subject)
        entries.append(append(entries[-1] if entries else None, record))
    return entries


ENTRIES = chained([f"req_{n}" for n in range(10)])


def _note(size: int, entries: list[Entry] = ENTRIES, *, key: SigningKey = KEY) -> str:
    state = verify(entries[:size])
    assert isinstance(state, Verified)
    return sign(state, key, at=AT + timedelta(minutes=size))


def _signed(*sizes: int) -> list[Checkpoint]:
    return read_all("".join(_note(size) for size in sizes), KEY.verifier)


def test_a_checkpoint_reads_back() -> None:
    (found,) = _signed(4)
    assert (found.origin, found.size, found.head) == ("audit.example", 4, ENTRIES[3].hash)
    assert found.at == AT + timedelta(minutes=4)


def test_the_text_is_origin_size_root_and_our_two_lines() -> None:
    origin, size, root, head, at, empty, signature, end = _note(4).split("\n")
    assert (origin, size, empty, end) == ("audit.example", "4", "", "")
    assert len(root) == 44
    assert head == f"head {ENTRIES[3].hash}"
    assert at == "at 2026-11-20T09:09:00Z"
    assert signature.startswith("— audit.example ")


def test_a_grown_log_agrees_with_all_its_checkpoints_in_any_order() -> None:
    assert verify_against(ENTRIES, _signed(7, 0, 3, 10, 3)) == verify(ENTRIES)


def test_a_log_without_checkpoints_is_verified_by_its_chain() -> None:
    assert verify_against(ENTRIES, []) == verify(ENTRIES)


@pytest.mark.parametrize("left", [0, 1, 8, 9])
def test_a_cut_off_tail_is_found(left: int) -> None:
    assert isinstance(verify(ENTRIES[:left]), Verified)  # the chain alone does not see it
    assert verify_against(ENTRIES[:left], _signed(10)) == Truncated(left, 10)


@pytest.mark.parametrize("changed", range(10))
def test_a_history_chained_anew_is_found_between_the_checkpoints_around_it(changed: int) -> None:
    forged = chained([f"req_{n}" if n != changed else "req_forged" for n in range(10)])
    assert isinstance(verify(forged), Verified)
    found = verify_against(forged, _signed(5, 10))
    assert isinstance(found, Rewritten)
    assert (found.last_good_size, found.signed_size) == ((0, 5) if changed < 5 else (5, 10))
    assert found.expected != found.actual


def test_a_log_that_was_cut_and_grew_again_is_found() -> None:
    regrown = chained([f"req_{n}" for n in range(6)] + ["other"] * 6)
    assert isinstance(verify_against(regrown, _signed(4, 8)), Rewritten)


def test_a_broken_chain_is_told_first() -> None:
    edited = [*ENTRIES[:2], replace(ENTRIES[2], canonical="{}"), *ENTRIES[3:]]
    found = verify_against(edited, _signed(10))
    assert isinstance(found, Broken)
    assert found.first_bad_seq == 3


def test_a_checkpoint_of_another_key_is_refused() -> None:
    other = SigningKey.from_pem("audit.example", new_key_pem())
    with pytest.raises(BadNote):
        read(_note(4, key=other), KEY.verifier)


def test_a_note_of_ours_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(BadNote, match="not a checkpoint"):
        read(KEY.sign("audit.example\n4\n"), KEY.verifier)
    foreign = _signed(4)[0].text().replace("audit.example", "other.example")
    with pytest.raises(BadNote, match="not a checkpoint"):
        read(KEY.sign(foreign), KEY.verifier)


def test_a_checkpoint_at_no_time_is_refused() -> None:
    with pytest.raises(BadNote, match="time"):
        read(KEY.sign(_signed(4)[0].text().replace("2026-11", "2026-13")), KEY.verifier)


def test_any_flipped_character_of_a_checkpoint_is_refused() -> None:
    note = _note(4)
    for place in range(len(note)):
        flipped = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
        with pytest.raises(BadNote):
            read(flipped, KEY.verifier)


def test_a_half_written_last_checkpoint_is_refused() -> None:
    whole = _note(4) + _note(7)
    for missing in (1, 20, 90, 150):
        with pytest.raises(BadNote):
            read_all(whole[:-missing], KEY.verifier)


def test_an_empty_file_holds_no_checkpoint() -> None:
    assert read_all("", KEY.verifier) == []
