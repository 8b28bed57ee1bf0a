"""Times and numbers as people say them, short. Everything is UTC, as the facts are."""

from datetime import date, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_JUST_NOW = timedelta(seconds=5)
# Within this distance a day and a month name one day only.
_SAME_YEAR_FEELS = timedelta(days=300)


def day(at: date, now: datetime) -> str:
    """ "28 Jan", with the year when it is far away."""
    plain = at.date() if isinstance(at, datetime) else at
    far = abs(plain - now.date()) > _SAME_YEAR_FEELS
    return full_day(plain) if far else f"{plain.day} {plain:%b}"


def full_day(at: date) -> str:
    """ "15 Mar 2024"."""
    return f"{at.day} {at:%b %Y}"


def moment(at: datetime) -> str:
    """ "15 Mar 2024 09:05", in UTC."""
    return f"{full_day(at)} {at:%H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """ "just now", "12 s ago", "2 h ago", "2 days ago", then "on 5 Mar"."""
    if (now - at).days > 30:
        return f"on {day(at, now)}"
    if now - at < _JUST_NOW:
        return "just now"
    return f"{_span(now - at)} ago"


def left(at: datetime, now: datetime) -> str:
    """ "in 22 h", "in 3 days", rounded: a deadline of a day is "in 24 h" at first; "now" once it is past."""
    length = at - now
    if length <= timedelta(0):
        return "now"
    unit = next((u for u in (_HOUR, _MINUTE) if length.total_seconds() >= u), 1)
    unit = _DAY if length.total_seconds() >= 2 * _DAY else unit
    return f"in {_span(length + timedelta(seconds=unit / 2))}"


def _span(length: timedelta) -> str:
    seconds = max(int(length.total_seconds()), 0)
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    return f"{seconds // _DAY} days"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 seat", "2 seats"; `many` where an s is not enough."""
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def months(number: int) -> str:
    """ "22 months", "1 month", "less than a month"."""
    return count(number, "month") if number else "less than a month"
