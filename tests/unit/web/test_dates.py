"""Short words for times."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sidebar_app.web.view.dates import ago, count, day, full_day, left, months

NOW = datetime(2026, 1, 10, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ({"seconds": 0}, "just now"),
        ({"seconds": -3}, "just now"),
        ({"seconds": 12}, "12 s ago"),
        ({"seconds": 119}, "1 min ago"),
        ({"hours": 2}, "2 h ago"),
        ({"hours": 47}, "47 h ago"),
        ({"days": 2}, "2 days ago"),
        ({"days": 30}, "30 days ago"),
        ({"days": 31}, "on 10 Dec"),
        ({"days": 400}, "on 6 Dec 2024"),
    ],
)
def test_the_past_is_told_by_its_distance(length: dict[str, int], said: str) -> None:
    assert ago(NOW - timedelta(**length), NOW) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ({"hours": 23, "minutes": 59, "seconds": 59}, "in 24 h"),
        ({"hours": 22}, "in 22 h"),
        ({"minutes": 59, "seconds": 50}, "in 1 h"),
        ({"minutes": 5, "seconds": 10}, "in 5 min"),
        ({"seconds": 9}, "in 9 s"),
        ({"days": 3}, "in 3 days"),
        ({"days": 2, "hours": 23}, "in 3 days"),
        ({"seconds": 0}, "now"),
        ({"hours": -1}, "now"),
    ],
)
def test_the_future_is_rounded(length: dict[str, int], said: str) -> None:
    assert left(NOW + timedelta(**length), NOW) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (date(2026, 1, 28), "28 Jan"),
        (date(2025, 12, 1), "1 Dec"),
        (date(2025, 3, 1), "1 Mar 2025"),
        (date(2026, 10, 30), "30 Oct"),
        (date(2027, 1, 1), "1 Jan 2027"),
    ],
)
def test_a_day_names_its_year_when_it_is_far_away(at: date, said: str) -> None:
    assert day(at, NOW) == said


def test_singular_and_plural_are_right() -> None:
    assert [count(n, "seat") for n in (0, 1, 2)] == ["0 seats", "1 seat", "2 seats"]
    assert count(2, "entry", "entries") == "2 entries"
    assert [months(n) for n in (0, 1, 22)] == ["less than a month", "1 month", "22 months"]
    assert full_day(date(2024, 3, 15)) == "15 Mar 2024"
