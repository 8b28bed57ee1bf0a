"""The filter of the redaction log, as the browser writes it into an address."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sidebar_app.actions import InvalidParams
from sidebar_app.domain import log_filter
from sidebar_app.domain.log_filter import LogFilter, Period, ticket_number
from sidebar_app.domain.redaction_log import Outcome, Place
from sidebar_app.redaction import mask_free_text

FIELDS = ("period", "from", "to", "outcome", "place", "brand", "channel", "ticket", "signed")
DEFAULT_PERIOD = log_filter.LAST_30_DAYS
# "" is "any", so a channel that nobody named needs a word of its own.
UNKNOWN_CHANNEL = "unknown"
_SIGNED = {"yes": True, "no": False}

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)


def typed(query: Mapping[str, str]) -> dict[str, str]:
    """The fields as somebody filled them in, masked like any text; "" where nothing was."""
    return {name: mask_free_text(query.get(name, "").strip()) for name in FIELDS}


def read(query: Mapping[str, str], *, today: date) -> LogFilter:
    """Raises InvalidParams with sentences by field."""
    told = typed(query)
    errors: dict[str, list[str]] = {}

    def take(name: str, reader: Callable[[str], T], sentence: str) -> T | None:
        try:
            return reader(told[name]) if told[name] else None
        except (KeyError, ValueError):
            errors[name] = [sentence]
            return None

    wanted = LogFilter(
        period=_period(told, today, errors),
        outcome=take("outcome", Outcome, "Choose one of the outcomes."),
        place=take("place", Place, "Choose one of the places."),
        brand=told["brand"][:32] or None,
        channel=take("channel", _channel, ""),
        ticket_id=take("ticket", ticket_number, "Give the number of a ticket, e.g. 1010."),
        signed=take("signed", _SIGNED.__getitem__, "Choose yes or no."),
    )
    if errors:
        raise InvalidParams(errors)
    return wanted


def write(wanted: LogFilter) -> dict[str, str]:
    """The filter with its days written out, so that it means the same tomorrow."""
    since, until = wanted.period.since, wanted.period.until
    told = {
        "period": log_filter.CUSTOM,
        "from": since.isoformat() if since else "",
        "to": (until - timedelta(days=1)).isoformat() if until else "",
        "outcome": wanted.outcome or "",
        "place": wanted.place or "",
        "brand": wanted.brand or "",
        "channel": UNKNOWN_CHANNEL if wanted.channel == "" else wanted.channel or "",
        "ticket": str(wanted.ticket_id or ""),
        "signed": {True: "yes", False: "no", None: ""}[wanted.signed],
    }
    return {name: value for name, value in told.items() if value}


def frozen(query: Mapping[str, str], *, entry_id: str | None, found_until: datetime) -> LogFilter:
    """What somebody looked at: one entry, or what was found until then of a filter. Raises InvalidParams."""
    if entry_id:
        return LogFilter(entry_id=entry_id, found_until=found_until)
    unknown = set(query) - set(FIELDS)
    if unknown:
        raise InvalidParams({"filter": [f"There is no filter {', '.join(sorted(unknown))}."]})
    return replace(read(query, today=found_until.date()), found_until=found_until)


def page_number(query: Mapping[str, str]) -> int:
    """From 1; whatever cannot be read is the first page."""
    asked = query.get("page", "")
    return max(int(asked), 1) if re.fullmatch(r"[0-9]{1,6}", asked, re.ASCII) else 1


def _period(told: Mapping[str, str], today: date, errors: dict[str, list[str]]) -> Period:
    name = told["period"] or DEFAULT_PERIOD
    try:
        if name != log_filter.CUSTOM:
            return Period.named(name, today=today)
    except ValueError:
        errors["period"] = ["Choose one of the periods."]
        return Period("")
    days: dict[str, date | None] = {"from": None, "to": None}
    for end in days:
        try:
            days[end] = date.fromisoformat(told[end]) if told[end] else None
        except ValueError:
            errors[end] = ["Write the day as 2026-10-31."]
    try:
        return Period.between(days["from"], days["to"])
    except (ValueError, OverflowError):
        errors["to"] = ["The first day must not be after the last one."]
        return Period("")


def _channel(text: str) -> str:
    return "" if text == UNKNOWN_CHANNEL else text[:32]
