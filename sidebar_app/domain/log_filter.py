"""Which entries of the redaction log somebody asks about."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from sidebar_app.domain.redaction_log import Outcome, Place

THIS_MONTH, LAST_MONTH, LAST_30_DAYS, ALL, CUSTOM = (
    "this-month",
    "last-month",
    "last-30-days",
    "all",
    "custom",
)

# Fewer digits than any card: whatever is asked for may stand in an audit entry.
_TICKET = re.compile(r"#?([0-9]{1,11})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in UTC, `until` exclusive; None is open. `words` start a sentence: "In October 2026"."""

    words: str
    since: date | None = None
    until: date | None = None

    @classmethod
    def named(cls, name: str, *, today: date) -> Self:
        """this-month, last-month, last-30-days (today is the last of them) or all; ValueError otherwise."""
        first = today.replace(day=1)
        if name == THIS_MONTH:
            return cls(f"In {first:%B %Y}", first, _next_month(first))
        if name == LAST_MONTH:
            before = (first - timedelta(days=1)).replace(day=1)
            return cls(f"In {before:%B %Y}", before, first)
        if name == LAST_30_DAYS:
            return cls("In the last 30 days", today - timedelta(days=29), today + timedelta(days=1))
        if name == ALL:
            return cls("So far")
        raise ValueError(f"{name} is not a period.")

    @classmethod
    def between(cls, first: date | None, last: date | None) -> Self:
        """Both days included; ValueError when the first is after the last."""
        if first and last and first > last:
            raise ValueError("The first day is after the last one.")
        until = last + timedelta(days=1) if last else None
        if first and first.day == 1 and until == _next_month(first):
            return cls(f"In {first:%B %Y}", first, until)
        if first and last:
            words = f"On {_day(first)}" if first == last else f"From {_day(first)} to {_day(last)}"
        elif first:
            words = f"Since {_day(first)}"
        else:
            words = f"Until {_day(last)}" if last else "So far"
        return cls(words, first, until)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Every named thing must hold; the period is about when a number came in.

    `found_until` leaves out what was found later: it freezes a set that somebody has looked at.
    """

    period: Period = Period("So far")
    outcome: Outcome | None = None
    place: Place | None = None
    brand: str | None = None
    channel: str | None = None
    ticket_id: int | None = None
    signed: bool | None = None
    entry_id: str | None = None
    found_until: datetime | None = None

    @property
    def since(self) -> datetime | None:
        return _midnight(self.period.since)

    @property
    def until(self) -> datetime | None:
        return _midnight(self.period.until)

    @property
    def words(self) -> str:
        """ "In October 2026 (Visa, through email)"."""
        named = [
            self.outcome.value.replace("_", " ") if self.outcome else "",
            self.brand or "",
            f"through {self.channel or 'an unknown channel'}" if self.channel is not None else "",
            f"in a {self.place.value}" if self.place else "",
            f"ticket #{self.ticket_id}" if self.ticket_id else "",
            {True: "signed off", False: "not signed off", None: ""}[self.signed],
        ]
        more = ", ".join(filter(None, named))
        return f"{self.period.words} ({more})" if more else self.period.words


def ticket_number(text: str) -> int:
    """The ticket that "1010" or "#1010" names; ValueError otherwise, without the text."""
    found = _TICKET.fullmatch(text.strip())
    if not found:
        raise ValueError("Give the number of a ticket, e.g. 1010.")
    return int(found[1])


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
