"""The chain: what it finds, where, and what it says about it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sidebar_app.audit.canonical import NotCanonical
from sidebar_app.audit.chain import GENESIS, Broken, Flaw, History, Verified, append, entry_hash, verify
from sidebar_app.domain.audit import AuditRecord, Entry

AT = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)


def chained(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(count):
        record = AuditRecord(AT, "system", "Billing sidebar", "request.told", f"req_{number}")
        entries.append(append(entries[-1] if entries else None, record))
    return entries


def test_numbers_start_at_one_and_every_entry_names_the_one_before() -> None:
    first, second = chained(2)
    assert (first.seq, first.prev_hash) == (1, GENESIS.hex())
    assert (second.seq, second.prev_hash) == (2, first.hash)


def test_a_sound_log_is_verified_with_its_size_and_head() -> None:
    entries = chained(5)
    found = verify(entries)
    assert isinstance(found, Verified)
    assert (found.size, found.head) == (5, entries[-1].hash)


def test_an_empty_log_is_sound() -> None:
    found = verify([])
    assert isinstance(found, Verified)
    assert (found.size, found.head) == (0, "00" * 32)


def test_a_record_without_canonical_form_is_not_appended() -> None:
    with pytest.raises(NotCanonical):
        append(None, AuditRecord(AT, "system", "x", "request.told", "req", details={"a": 0.5}))


def test_an_edited_text_is_found_with_both_hashes() -> None:
    entries = chained(5)
    entries[2] = replace(entries[2], canonical=entries[2].canonical.replace("req_2", "req_9"))
    found = verify(entries)
    assert isinstance(found, Broken)
    assert (found.first_bad_seq, found.kind, found.expected) == (3, Flaw.EDITED, entries[2].hash)
    assert found.actual not in (found.expected, "")


def test_an_edited_entry_with_a_hash_made_to_fit_breaks_the_next_link() -> None:
    entries = chained(5)
    text = entries[2].canonical.replace("req_2", "req_9")
    forged = entry_hash(bytes.fromhex(entries[2].prev_hash), text.encode()).hex()
    entries[2] = replace(entries[2], canonical=text, hash=forged)
    assert verify(entries) == Broken(4, Flaw.BROKEN_LINK, forged, entries[3].prev_hash)


def test_a_dropped_entry_is_found_by_its_missing_number() -> None:
    entries = chained(5)
    assert verify(entries[:1] + entries[2:]) == Broken(2, Flaw.MISSING, "2", "3")
    assert verify(entries[1:]) == Broken(1, Flaw.MISSING, "1", "2")


def test_a_dropped_entry_is_found_although_the_rest_was_renumbered() -> None:
    entries = chained(5)
    rest = [replace(entry, seq=entry.seq - 1) for entry in entries[2:]]
    assert verify(entries[:1] + rest) == Broken(2, Flaw.BROKEN_LINK, entries[0].hash, entries[1].hash)


def test_a_repeated_entry_is_out_of_order() -> None:
    entries = chained(3)
    assert verify([*entries, entries[1]]) == Broken(4, Flaw.OUT_OF_ORDER, "4", "2")


def test_a_text_that_is_no_unicode_is_found_not_stumbled_over() -> None:
    entries = chained(2)
    entries[1] = replace(entries[1], canonical="\ud800")
    found = verify(entries)
    assert isinstance(found, Broken)
    assert found.kind is Flaw.EDITED


def test_a_history_goes_on_where_it_stopped() -> None:
    entries = chained(7)
    history = History()
    assert [history.add(entry) for entry in entries[:4]] == [None] * 4
    assert history.state() == verify(entries[:4])
    assert [history.add(entry) for entry in entries[4:]] == [None] * 3
    assert history.state() == verify(entries)


def test_a_history_does_not_take_in_what_breaks_it() -> None:
    entries = chained(3)
    history = History()
    history.add(entries[0])
    before = history.state()
    assert history.add(entries[2]) is not None
    assert history.state() == before
    assert history.add(entries[1]) is None


def test_the_previous_hash_has_to_be_one() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        entry_hash(b"short", b"{}")
