"""Whatever is done to a chained log, it is found, at its place."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sidebar_app.audit.canonical import canonical, parse
from sidebar_app.audit.chain import Broken, Flaw, Verified, append, entry_hash, verify
from sidebar_app.domain.audit import AuditRecord, Entry

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=6
)
records = st.builds(
    AuditRecord,
    at=st.datetimes(timezones=st.just(UTC)),
    actor=texts,
    actor_name=texts,
    event=st.from_regex(r"[a-z_]{1,8}(\.[a-z_]{1,8}){0,2}", fullmatch=True),
    subject=texts,
    ticket_id=st.none() | st.integers(0, 2**63 - 1),
    details=st.dictionaries(texts, values, max_size=3),
)

# The chain covers texts, whatever they say: small records are enough, and many more of them can be tried.
small_records = st.builds(
    AuditRecord,
    at=st.just(datetime(2026, 11, 20, tzinfo=UTC)),
    actor=st.sampled_from(["l1", "manager", "system"]),
    actor_name=st.just("Somebody"),
    event=st.sampled_from(["request.submitted", "request.approved"]),
    subject=st.sampled_from(["req_1", "req_2", "ü"]),
    details=st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2),
)


@st.composite
def logs(draw: st.DrawFn, least: int = 1) -> list[Entry]:
    entries: list[Entry] = []
    for record in draw(st.lists(small_records, min_size=least, max_size=8)):
        entries.append(append(entries[-1] if entries else None, record))
    return entries


@st.composite
def logs_and_place(draw: st.DrawFn, least: int = 1) -> tuple[list[Entry], int]:
    entries = draw(logs(least=least))
    return entries, draw(st.integers(0, len(entries) - 1))


def _flaw(entries: list[Entry]) -> tuple[int, Flaw]:
    found = verify(entries)
    assert isinstance(found, Broken)
    return found.first_bad_seq, found.kind


@given(records)
def test_every_record_reads_back_from_its_text(record: AuditRecord) -> None:
    text = canonical(record)
    assert text.isascii()
    assert parse(text) == record


@given(records, records)
def test_two_records_have_one_text_only_when_they_are_equal(one: AuditRecord, other: AuditRecord) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)


@given(logs())
def test_what_was_appended_verifies(entries: list[Entry]) -> None:
    found = verify(entries)
    assert isinstance(found, Verified)
    assert (found.size, found.head) == (len(entries), entries[-1].hash)


@given(logs_and_place(), st.sampled_from(["canonical", "hash", "prev_hash"]), st.data())
def test_any_changed_character_is_found_at_its_entry(
    log: tuple[list[Entry], int], column: str, data: st.DataObject
) -> None:
    entries, place = log
    text = getattr(entries[place], column)
    where = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda c: c != text[where]))
    entries[place] = replace(entries[place], **{column: text[:where] + other + text[where + 1 :]})
    assert _flaw(entries)[0] == place + 1


@given(logs_and_place(), st.integers())
def test_any_changed_number_is_found_at_its_entry(log: tuple[list[Entry], int], seq: int) -> None:
    entries, place = log
    if seq == place + 1:
        seq = -seq
    entries[place] = replace(entries[place], seq=seq)
    assert _flaw(entries)[0] == place + 1


@given(logs_and_place(least=2))
def test_a_dropped_entry_is_found_at_its_place(log: tuple[list[Entry], int]) -> None:
    entries, place = log
    rest = entries[:place] + entries[place + 1 :]
    if place == len(entries) - 1:
        assert isinstance(verify(rest), Verified)  # a cut-off tail: the work of checkpoints
        return
    assert _flaw(rest) == (place + 1, Flaw.MISSING)
    renumbered = [replace(entry, seq=number) for number, entry in enumerate(rest, start=1)]
    assert _flaw(renumbered) == (place + 1, Flaw.BROKEN_LINK)


@given(logs(least=2), st.data())
def test_two_swapped_entries_are_found_at_the_first(entries: list[Entry], data: st.DataObject) -> None:
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True))
    )
    entries[one], entries[other] = entries[other], entries[one]
    assert _flaw(entries)[0] == one + 1
    renumbered = [replace(entry, seq=number) for number, entry in enumerate(entries, start=1)]
    assert _flaw(renumbered)[0] == one + 1


@given(logs_and_place(), small_records)
def test_an_inserted_entry_is_found_even_when_it_was_chained_with_care(
    log: tuple[list[Entry], int], record: AuditRecord
) -> None:
    entries, place = log
    forged = append(entries[place - 1] if place else None, record)
    inserted = [*entries[:place], forged, *entries[place:]]
    renumbered = [replace(entry, seq=number) for number, entry in enumerate(inserted, start=1)]
    # A well-chained insertion is a fork: the first true entry after it is where the two histories part.
    expected = {place + 2} if forged.hash != entries[place].hash else {place + 2, place + 3}
    assert _flaw(inserted)[0] in expected
    assert _flaw(renumbered)[0] in expected


@given(logs_and_place(least=2), small_records)
def test_an_entry_rewritten_with_a_fitting_hash_breaks_the_next_link(
    log: tuple[list[Entry], int], record: AuditRecord
) -> None:
    entries, place = log
    text, old = canonical(record), entries[place]
    if text == old.canonical or place == len(entries) - 1:
        return
    forged = entry_hash(bytes.fromhex(old.prev_hash), text.encode()).hex()
    entries[place] = replace(old, canonical=text, hash=forged)
    assert _flaw(entries) == (place + 2, Flaw.BROKEN_LINK)
