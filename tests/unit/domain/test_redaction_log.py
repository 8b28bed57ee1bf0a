"""Periods, and the sentences that answer "which card data came in, and is it gone?"."""

from datetime import UTC, date, datetime

import pytest

from sidebar_app.domain.log_filter import LogFilter, Period
from sidebar_app.domain.log_summary import Group, LogSummary
from sidebar_app.domain.redaction_log import Outcome, Place

TODAY = date(2026, 11, 27)
GONE, REMAINING, REVIEW, CLOSED = (
    Outcome.REDACTED,
    Outcome.REMAINING,
    Outcome.REVIEW,
    Outcome.NOT_SCANNED,
)


@pytest.mark.parametrize(
    ("name", "words", "since", "until"),
    [
        ("this-month", "In November 2026", date(2026, 11, 1), date(2026, 12, 1)),
        ("last-month", "In October 2026", date(2026, 10, 1), date(2026, 11, 1)),
        ("last-30-days", "In the last 30 days", date(2026, 10, 29), date(2026, 11, 28)),
        ("all", "So far", None, None),
    ],
)
def test_a_named_period(name: str, words: str, since: date | None, until: date | None) -> None:
    assert Period.named(name, today=TODAY) == Period(words, since, until)


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2026, 1, 31), date(2026, 12, 31), date(2028, 2, 29)]
)
def test_months_meet_at_the_ends_of_a_year(today: date) -> None:
    this, last = (Period.named(name, today=today) for name in ("this-month", "last-month"))
    assert last.until == this.since
    assert this.since
    assert this.until
    assert this.since <= today < this.until


def test_days_are_counted_whole_and_in_utc() -> None:
    wanted = LogFilter(Period.between(date(2026, 10, 3), date(2026, 10, 17)))
    assert wanted.words == "From 3 October 2026 to 17 October 2026"
    assert (wanted.since, wanted.until) == (
        datetime(2026, 10, 3, tzinfo=UTC),
        datetime(2026, 10, 18, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "In October 2026"),
        (date(2026, 10, 3), date(2026, 10, 3), "On 3 October 2026"),
        (date(2026, 10, 3), None, "Since 3 October 2026"),
        (None, date(2026, 10, 3), "Until 3 October 2026"),
        (None, None, "So far"),
    ],
)
def test_a_period_says_itself(first: date | None, last: date | None, words: str) -> None:
    assert Period.between(first, last).words == words


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="first day"):
        Period.between(date(2026, 10, 4), date(2026, 10, 3))
    with pytest.raises(ValueError, match="not a period"):
        Period.named("yesterday", today=TODAY)


def test_a_filter_says_everything_that_narrows_it() -> None:
    wanted = LogFilter(
        Period("In October 2026"), REMAINING, Place.SUBJECT, "Visa", "email", 1010, signed=False
    )
    assert wanted.words == (
        "In October 2026 (remaining, Visa, through email, in a subject, ticket #1010, not signed off)"
    )
    assert "an unknown channel" in LogFilter(channel="").words


def group(outcome: Outcome, entries: int, **more: object) -> Group:
    given = {"place": Place.COMMENT, "channel": "email", "brand": "Visa", "signed": False, "reported": False}
    return Group(outcome, entries=entries, **{**given, **more})  # type: ignore[arg-type]


def told(*groups: Group, tickets: int = 9, **open_tickets: tuple[int, ...]) -> str:
    named = {Outcome(name): found for name, found in open_tickets.items()}
    return " ".join(LogSummary(groups, tickets, named).sentences("In October 2026"))


def test_the_question_of_the_compliance_officer_is_answered() -> None:
    sentences = told(
        group(GONE, 12),
        group(REMAINING, 1),
        group(REVIEW, 1),
        group(CLOSED, 2, place=Place.ATTACHMENT, brand=""),
        remaining=(1004,),
        review=(998,),
        not_scanned=(1002, 1003),
    )
    assert sentences == (
        "In October 2026, 14 card numbers came in through 9 tickets: 12 are gone, 1 remains (ticket #1004), "
        "1 waits for review (ticket #998). 2 attachments could not be scanned (tickets #1002, #1003): nobody knows "
        "whether a card is in there. Nothing of it is signed off yet."
    )


def test_nothing_is_said_plainly() -> None:
    assert told(tickets=0) == "In October 2026, no card number came in."


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ([group(GONE, 1)], "1 card number came in through 1 ticket. It is gone: only the last four digits"),
        ([group(GONE, 1200)], "1,200 card numbers came in through 1 ticket. All are gone"),
        ([group(REVIEW, 1, signed=True)], "none is gone, 1 was reviewed and left as it is."),
        ([group(REVIEW, 2, reported=True)], "none is gone, 2 turned out to be no cards."),
        ([group(REMAINING, 1, reported=True)], "none is gone, 1 turned out to be no card."),
        ([group(GONE, 1, reported=True)], "none is gone, 1 turned out to be no card."),
        ([group(Outcome.FOUND, 1)], "none is gone, 1 is being removed."),
        (
            [group(GONE, 1), group(Outcome.SCANNED, 1, brand="")],
            "1 card number came in through 1 ticket. It is gone",
        ),
        ([group(GONE, 3, signed=True)], "Everything is signed off."),
        ([group(GONE, 3, signed=True), group(GONE, 1)], "1 of 4 entries not signed off yet."),
        ([group(CLOSED, 1, brand="")], "no card number came in. 1 text could not be scanned"),
    ],
)
def test_each_fate_has_its_words(groups: list[Group], sentence: str) -> None:
    assert sentence in told(*groups, tickets=1)


def test_many_tickets_are_not_all_named() -> None:
    assert "(tickets #1, #2, #3, #4, #5 and others)" in told(
        group(REMAINING, 9), remaining=tuple(range(1, 7))
    )


def test_tallies_count_numbers_not_what_could_not_be_read() -> None:
    summary = LogSummary(
        (group(GONE, 2), group(REVIEW, 1, channel=""), group(GONE, 4, channel="web"), group(CLOSED, 7)),
        1,
        {},
    )
    assert [(t.name, t.total, t.gone, t.review) for t in summary.by_channel()] == [
        ("web", 4, 4, 0),
        ("email", 2, 2, 0),
        ("unknown", 1, 0, 1),
    ]
    assert [(t.name, t.total) for t in summary.by_brand()] == [("Visa", 7)]
