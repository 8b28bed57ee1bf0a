"""Looking through the redaction log, signing it off, and allowed numbers: on real SQLite and real PostgreSQL."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.tables import metadata
from sidebar_app.domain.log_filter import LogFilter, Period
from sidebar_app.domain.redaction_log import (
    Allowance,
    AllowedAs,
    Outcome,
    Place,
    RedactionEntry,
    SignOff,
    Source,
)
from tests.fakes.time import START as NOW

FIRST = RedactionEntry(
    "red_000", 1010, 5, "Visa", "1111", "d1", Outcome.REDACTED, NOW, channel="email", written_at=NOW
)
SIGNED = SignOff("sig_1", "compliance", "Compliance", NOW, "looked at")
SHAPE = Allowance(
    "alw_1", AllowedAs.SHAPE, "90011####", "order numbers", "compliance", "Compliance", NOW, "red_001"
)


def put(store: SqlStore, *entries: RedactionEntry) -> None:
    with store.transaction() as tx:
        for entry in entries:
            tx.redactions.add(entry)


def an_entry(number: int, **changes: object) -> RedactionEntry:
    return replace(FIRST, id=f"red_{number:03}", **changes)  # type: ignore[arg-type]


def found(store: SqlStore, **wanted: object) -> list[str]:
    with store.reading() as tx:
        return [
            logged.entry.id
            for logged in tx.redaction_log.page(LogFilter(**wanted), offset=0, limit=99)  # type: ignore[arg-type]
        ]


def signs(store: SqlStore, made: SignOff, *entries: tuple[str, Outcome]) -> None:
    with store.transaction() as tx:
        tx.redaction_log.sign_off(made, list(entries))


def test_a_number_counts_for_the_day_it_came_in(store: SqlStore) -> None:
    october = NOW - timedelta(days=40)
    put(
        store,
        an_entry(1, written_at=october, source=Source.BACKSCAN),
        an_entry(2, written_at=None),
        an_entry(3, written_at=NOW - timedelta(days=1)),
    )
    day = october.date()
    assert found(store, period=Period.between(day, day)) == ["red_001"]
    assert found(store, period=Period.between(NOW.date(), NOW.date())) == ["red_002"]
    assert found(store) == ["red_002", "red_003", "red_001"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"outcome": Outcome.REVIEW},
        {"place": Place.SUBJECT},
        {"brand": "Maestro"},
        {"channel": ""},
        {"ticket_id": 998},
        {"signed": True},
        {"entry_id": "red_002"},
        {"found_until": NOW - timedelta(hours=1)},
        {"outcome": Outcome.REVIEW, "place": Place.SUBJECT, "period": Period("", date(2000, 1, 1))},
    ],
)
def test_each_filter_leaves_what_it_names(store: SqlStore, wanted: dict[str, object]) -> None:
    put(store, an_entry(1), an_entry(3))
    put(
        store,
        an_entry(
            2,
            outcome=Outcome.REVIEW,
            place=Place.SUBJECT,
            brand="Maestro",
            channel="",
            ticket_id=998,
            at=NOW - timedelta(hours=2),
        ),
    )
    signs(store, SIGNED, ("red_002", Outcome.REVIEW))
    assert found(store, **wanted) == ["red_002"]


def test_pages_and_the_whole_are_in_the_same_order(store: SqlStore) -> None:
    many = [an_entry(n, written_at=NOW - timedelta(hours=n % 7)) for n in range(25)]
    put(store, *many)
    with store.reading() as tx:
        log = tx.redaction_log
        paged = [
            logged.entry
            for offset in range(0, 30, 10)
            for logged in log.page(LogFilter(), offset=offset, limit=10)
        ]
        whole: list[RedactionEntry] = []
        while more := log.following(LogFilter(), whole[-1] if whole else None, limit=4):
            whole += [logged.entry for logged in more]
    assert whole == paged
    assert whole == sorted(many, key=lambda e: (e.came_in, e.id), reverse=True)


def test_a_summary_counts_what_the_filter_leaves(store: SqlStore) -> None:
    put(
        store,
        an_entry(1),
        an_entry(2, ticket_id=7, channel="web"),
        an_entry(3, ticket_id=7, outcome=Outcome.REMAINING),
        an_entry(4, ticket_id=8, outcome=Outcome.REVIEW),
        an_entry(5, ticket_id=9, outcome=Outcome.NOT_SCANNED, brand="", place=Place.ATTACHMENT),
    )
    signs(store, SIGNED, ("red_001", Outcome.REDACTED), ("red_004", Outcome.REVIEW))
    with store.reading() as tx:
        whole = tx.redaction_log.summary(LogFilter())
        web = tx.redaction_log.summary(LogFilter(channel="web"))
        waiting = tx.redaction_log.waiting()
    assert whole.by_outcome() == {
        Outcome.REDACTED: 2,
        Outcome.REMAINING: 1,
        Outcome.REVIEW: 1,
        Outcome.NOT_SCANNED: 1,
        Outcome.FOUND: 0,
        Outcome.SCANNED: 0,
    }
    assert (whole.tickets, web.tickets, web.total) == (3, 1, 1)
    assert whole.open_tickets == {Outcome.REMAINING: (7,), Outcome.REVIEW: (), Outcome.NOT_SCANNED: (9,)}
    assert whole.count(lambda group: group.signed) == 2
    assert waiting == 2  # the remaining one, and the one that was not scanned


def test_what_there_is_to_filter_by(store: SqlStore) -> None:
    put(store, an_entry(1), an_entry(2, brand="", channel=""), an_entry(3, brand="JCB"))
    with store.reading() as tx:
        choices = tx.redaction_log.choices()
    assert (choices.brands, choices.channels) == (("JCB", "Visa"), ("", "email"))


def test_a_later_sign_off_supersedes_and_the_first_one_stays(store: SqlStore) -> None:
    put(store, an_entry(1))
    later = replace(SIGNED, id="sig_0", at=NOW + timedelta(days=1), comment="looked again")
    signs(store, SIGNED, ("red_001", Outcome.REDACTED))
    signs(store, later, ("red_001", Outcome.REDACTED))
    with store.reading() as tx:
        (logged,) = tx.redaction_log.page(LogFilter(), offset=0, limit=9)
    assert logged.signed == later
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM redaction_sign_offs").scalar() == 2


def test_a_sign_off_of_another_outcome_does_not_count(store: SqlStore) -> None:
    """What was signed as remaining and is gone now wants to be looked at again."""
    put(store, an_entry(1))
    signs(store, SIGNED, ("red_001", Outcome.REMAINING))
    assert found(store, signed=True) == []
    with store.reading() as tx:
        assert tx.redaction_log.page(LogFilter(), offset=0, limit=9)[0].signed is None


def test_a_set_that_was_looked_at_can_be_named_again(store: SqlStore) -> None:
    put(store, an_entry(2), an_entry(1, outcome=Outcome.REVIEW))
    put(store, an_entry(3, at=NOW + timedelta(seconds=1)))
    with store.reading() as tx:
        assert tx.redaction_log.outcomes(LogFilter(found_until=NOW)) == [
            ("red_001", Outcome.REVIEW),
            ("red_002", Outcome.REDACTED),
        ]


def test_an_allowance_counts_until_it_is_removed_and_stays_to_be_read(store: SqlStore) -> None:
    put(store, an_entry(1, outcome=Outcome.REVIEW))
    with store.transaction() as tx:
        tx.allowances.add(SHAPE)
        tx.allowances.add(replace(SHAPE, id="alw_2", kind=AllowedAs.LABEL, value="order", entry_id=""))
    with store.reading() as tx:
        assert [a.id for a in tx.allowances.active()] == ["alw_1", "alw_2"]
        assert tx.redaction_log.page(LogFilter(), offset=0, limit=9)[0].allowed == SHAPE
        assert tx.redaction_log.waiting() == 0
    with store.transaction() as tx:
        assert tx.allowances.remove("alw_1", by=("admin", "Admin"), at=NOW)
        assert not tx.allowances.remove("alw_1", by=("other", "Other"), at=NOW)
        assert not tx.allowances.remove("alw_9", by=("other", "Other"), at=NOW)
    with store.reading() as tx:
        assert [a.id for a in tx.allowances.active()] == ["alw_2"]
        assert tx.allowances.get("alw_1") == replace(
            SHAPE, removed_by="admin", removed_by_name="Admin", removed_at=NOW
        )
        assert {a.id for a in tx.allowances.all()} == {"alw_1", "alw_2"}
        assert tx.redaction_log.waiting() == 1


def test_no_column_has_room_for_a_number_or_a_hash_of_it_beside_the_last_four() -> None:
    """PCI DSS 3.5.1: truncated and hashed versions of one number must not stand together."""
    table = metadata.tables["redactions"]
    assert "last4" in table.columns
    suspicious = ("hash", "digest", "hmac", "pan", "number", "token", "fingerprint", "bin", "first6")
    assert [name for name in _words(table.columns.keys()) if name in suspicious] == []
    digests = [(t.name, c.name) for t in metadata.tables.values() for c in t.columns if "digest" in c.name]
    assert digests == []  # a keyed digest is a value of `card_allowances`, where no last four stand
    assert "last4" not in metadata.tables["card_allowances"].columns


def _words(names: Iterable[str]) -> list[str]:
    return [word for name in names for word in name.split("_")]
