"""What support was asked for in the last two months: the same stories in every preview, dated relative to today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sidebar_app.domain.billing import CustomerRef
from sidebar_app.domain.money import Money

DAYS = 60
_QUIET_DAYS = 4  # the youngest story began so long ago, and so all of them have ended
_TICKETS = range(801, 1000, 2)
_STORIES = 80  # few enough that a start hardly takes longer
_SEED = 20
_OPENS, _CLOSES = 8, 18
_WORDS = ("Harbor", "Summit", "Cedar", "Granite", "Meadow", "Falcon", "Copper", "Willow", "Juniper", "Quartz")
_TRADES = ("Logistics", "Foods", "Design", "Robotics")
# Currency, how often, and about how many of its smallest units make a dollar.
_CURRENCIES = (("USD", 14, 100), ("EUR", 3, 87), ("GBP", 1, 76), ("JPY", 1, 149), ("KWD", 1, 308))
# Who asks, how often, and about how many dollars a refund or a credit of theirs is worth.
_AGENTS = (("l1", 5, 60, 30), ("l2", 6, 140, 55), ("manager", 2, 700, 200), ("specialist", 1, 1500, 350))
_NOTES = {
    "service_outage": ("Down for most of a day, see the status page.", "Promised by phone after the outage."),
    "billing_error": ("Seats were counted twice.", "The old price was charged after the downgrade."),
    "duplicate": ("Charged twice, first attempt came through late.",),
    "requested_by_customer": ("Cancelled two days after the renewal.", "Asked to undo the upgrade."),
    "goodwill": ("Long wait for an answer.", "Third ticket about the same thing.", ""),
    "other": ("",),
}
_REFUND_REASONS = ("service_outage", "billing_error", "duplicate", "requested_by_customer", "other")
_CREDIT_REASONS = ("service_outage", "goodwill", "goodwill", "billing_error")


@dataclass(frozen=True, slots=True)
class Story:
    """One request. `ending`: approved · rejected · expired · withdrawn, where somebody has to decide at all.
    `is_refused`: the billing backend says no in the end."""

    at: datetime
    ticket: int
    customer: CustomerRef
    who: str
    action: str
    amount: Money
    reason: str
    note: str
    ending: str
    is_refused: bool
    is_bound: bool
    is_known: bool


def stories(now: datetime) -> Iterator[Story]:
    """Oldest first."""
    chance = Random(_SEED)  # noqa: S311 -- a picture, not a secret
    customers = [_customer(chance, name) for name in _names()]
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    moments = sorted(_moment(chance, first) for _ in range(_STORIES))
    for at, ticket in zip(moments, _TICKETS, strict=False):
        yield _story(chance, at, ticket, *chance.choice(customers))


def _names() -> list[str]:
    return [f"{word} {trade}" for trade in _TRADES for word in _WORDS]


def _customer(chance: Random, name: str) -> tuple[CustomerRef, str, int]:
    slug = name.lower().replace(" ", "-")
    (currency, _, units) = chance.choices(_CURRENCIES, [often for _, often, _ in _CURRENCIES])[0]
    return CustomerRef(f"cus_past_{slug}", name, f"billing@{slug}.example"), currency, units


def _moment(chance: Random, first: datetime) -> datetime:
    """In office hours, and seldom at the weekend."""
    day = first + timedelta(days=chance.randrange(DAYS - _QUIET_DAYS))
    if day.weekday() > 4 and chance.random() < 0.8:
        day -= timedelta(days=2)
    day = max(day, first)
    return day + timedelta(hours=_OPENS, seconds=chance.randrange((_CLOSES - _OPENS) * 3600))


def _story(
    chance: Random, at: datetime, ticket: int, customer: CustomerRef, currency: str, units: int
) -> Story:
    who, _, refund, credit = chance.choices(_AGENTS, [often for _, often, _, _ in _AGENTS])[0]
    action = chance.choice(("refund", "refund", "credit"))
    reason = chance.choice(_REFUND_REASONS if action == "refund" else _CREDIT_REASONS)
    dollars = chance.lognormvariate(0, 0.9) * (refund if action == "refund" else credit)
    return Story(
        at=at,
        ticket=ticket,
        customer=customer,
        who=who,
        action=action,
        amount=Money(max(1, round(dollars) * units), currency),
        reason=reason,
        note=chance.choice(_NOTES[reason]),
        ending=chance.choices(("approved", "rejected", "expired", "withdrawn"), (86, 7, 4, 3))[0],
        is_refused=chance.random() < 0.03,
        is_bound=chance.random() < 0.05,
        is_known=chance.random() < 0.6,
    )
