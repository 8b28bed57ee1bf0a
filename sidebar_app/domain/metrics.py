"""Figures computed from billing facts. Money is per currency, and exact until it is rounded once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from sidebar_app.domain.billing import (
    Account,
    Credits,
    Facts,
    Invoice,
    Invoices,
    Payment,
    Payments,
    Subscription,
    SubscriptionItem,
    Subscriptions,
    Upcoming,
)
from sidebar_app.domain.money import Money

T = TypeVar("T")

# How often an interval comes in a month. Week and day: 52 weeks and 365 days make a year.
_PER_MONTH = {
    "month": Fraction(1),
    "year": Fraction(1, 12),
    "week": Fraction(52, 12),
    "day": Fraction(365, 12),
}
# Trials, unpaid, paused and ended subscriptions earn nothing:
# https://support.stripe.com/questions/calculating-monthly-recurring-revenue-(mrr)-in-billing
_EARNING = ("active", "past_due")
RUNNING = ("active", "trialing", "past_due", "unpaid", "paused")
_FAILURES_LOOK_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class BillingFacts:
    """Everything that could be read about one customer; None for a part that could not."""

    account: Account | None = None
    subscriptions: Subscriptions | None = None
    invoices: Invoices | None = None
    payments: Payments | None = None
    upcoming: Upcoming | None = None
    credits: Credits | None = None

    @classmethod
    def of(cls, facts: Iterable[Facts]) -> "BillingFacts":
        found: dict[type, Facts] = {type(part): part for part in facts}
        return cls(
            account=_one(found, Account),
            subscriptions=_one(found, Subscriptions),
            invoices=_one(found, Invoices),
            payments=_one(found, Payments),
            upcoming=_one(found, Upcoming),
            credits=_one(found, Credits),
        )

    @property
    def running(self) -> tuple[Subscription, ...]:
        """The subscriptions that have not ended; empty also when they could not be read."""
        items = self.subscriptions.items if self.subscriptions else ()
        return tuple(s for s in items if s.status in RUNNING)

    @property
    def open_invoices(self) -> tuple[Invoice, ...]:
        """What is still to be paid, oldest first."""
        items = self.invoices.items if self.invoices else ()
        found = [i for i in items if i.status == "open" and i.remaining.minor > 0]
        return tuple(sorted(found, key=lambda invoice: invoice.created_at))


def _one(found: Mapping[type, Facts], kind: type[T]) -> T | None:
    value = found.get(kind)
    return value if isinstance(value, kind) else None


def mrr(subscriptions: Subscriptions) -> tuple[Money, ...]:
    """Monthly recurring revenue by currency: active and past due, without trials, metered items and tax."""
    return _rounded(_monthly(subscriptions))


def arr(subscriptions: Subscriptions) -> tuple[Money, ...]:
    """Twelve times the unrounded MRR, so that a yearly price of 1,000.00 stays 1,000.00."""
    return _rounded({currency: 12 * value for currency, value in _monthly(subscriptions).items()})


def monthly_price(item: SubscriptionItem) -> Fraction:
    """What a licensed item costs in a month, in minor units; zero for a metered one."""
    factor = _PER_MONTH.get(item.interval, Fraction(0)) / max(item.interval_count, 1)
    return item.price.minor * (item.quantity or 0) * factor


def _monthly(subscriptions: Subscriptions) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for subscription in subscriptions.items:
        if subscription.status in _EARNING:
            for item in subscription.items:
                found[item.price.currency] += monthly_price(item)
    return found


def _rounded(amounts: Mapping[str, Fraction]) -> tuple[Money, ...]:
    """Half a minor unit rounds up; currencies worth nothing are left out."""
    whole = {currency: int(value + Fraction(1, 2)) for currency, value in sorted(amounts.items())}
    return tuple(Money(minor, currency) for currency, minor in whole.items() if minor)


@dataclass(frozen=True, slots=True)
class Revenue:
    """Realised revenue by currency; `at_least` when more may have been earned than could be counted."""

    amounts: tuple[Money, ...]
    at_least: bool


def realized_revenue(payments: Payments) -> Revenue:
    """What was collected and kept: succeeded payments less refunds. Disputed ones do not count while
    nobody says they were won, so the figure is then a lower bound."""
    kept: dict[str, int] = defaultdict(int)
    doubtful = False
    for payment in payments.items:
        if payment.status != "succeeded":
            continue
        if payment.disputed:
            doubtful = True
            continue
        kept[payment.amount.currency] += payment.amount.minor - payment.refunded.minor
    amounts = tuple(Money(minor, currency) for currency, minor in sorted(kept.items()))
    return Revenue(amounts, at_least=doubtful or not payments.complete)


def months_since(since: datetime, now: datetime) -> int:
    """Full calendar months; an anniversary on the 31st falls on the last day of a shorter month."""
    months = (now.year - since.year) * 12 + now.month - since.month
    last_day = _last_day(now)
    anniversary = min(since.day, last_day)
    reached = (now.day, now.time()) >= (anniversary, since.timetz().replace(tzinfo=None))
    return max(months if reached else months - 1, 0)


def _last_day(at: datetime) -> int:
    first = at.replace(day=1)
    return (first + timedelta(days=31)).replace(day=1).toordinal() - first.toordinal()


def failures(payments: Payments, *, now: datetime, within: timedelta = _FAILURES_LOOK_BACK) -> int:
    """Attempts that failed, in the last 12 months unless told otherwise."""
    return sum(p.status == "failed" and now - p.created_at <= within for p in payments.items)


def outstanding(facts: BillingFacts) -> tuple[Money, ...]:
    """What open invoices still ask for, by currency; empty when nothing is open."""
    asked: dict[str, int] = defaultdict(int)
    for invoice in facts.open_invoices:
        asked[invoice.remaining.currency] += invoice.remaining.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(asked.items()))


@dataclass(frozen=True, slots=True)
class Seats:
    """`used` is None when the backend counts seats sold only."""

    used: int | None
    total: int

    @property
    def percent(self) -> int | None:
        """Rounded; over 100 when more are used than were sold."""
        if self.used is None or self.total <= 0:
            return None
        return (self.used * 200 + self.total) // (self.total * 2)


def seats(subscriptions: Iterable[Subscription]) -> Seats | None:
    """Seats of all subscriptions that count them together."""
    counted = [s for s in subscriptions if s.seats_total]
    if not counted:
        return None
    used = [s.seats_used for s in counted if s.seats_used is not None]
    return Seats(sum(used) if len(used) == len(counted) else None, sum(s.seats_total or 0 for s in counted))


class Standing(StrEnum):
    """How the customer stands with their payments, worst first."""

    FAILED = "failed"
    OVERDUE = "overdue"
    OWING = "owing"
    PAUSED = "paused"
    TRIAL = "trial"
    PAID_UP = "paid_up"
    NO_SUBSCRIPTION = "no_subscription"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """The headline: `since` is when the failed attempt was made, the oldest open invoice was due or
    written, or the trial ends."""

    standing: Standing
    since: datetime | None = None


def payment_status(facts: BillingFacts, *, now: datetime) -> PaymentStatus:
    """UNKNOWN when invoices or payments, which it stands on, could not be read."""
    if facts.invoices is None or facts.payments is None:
        return PaymentStatus(Standing.UNKNOWN)
    if facts.open_invoices:
        return _owing(facts, now)
    running = facts.running
    statuses = {s.status for s in running}
    if statuses & {"past_due", "unpaid"}:
        return PaymentStatus(Standing.OVERDUE)
    if statuses and statuses <= {"trialing"}:
        return PaymentStatus(Standing.TRIAL, min((s.trial_end for s in running if s.trial_end), default=None))
    if statuses and statuses <= {"paused"}:
        return PaymentStatus(Standing.PAUSED)
    if not running and facts.subscriptions is not None:
        return PaymentStatus(Standing.NO_SUBSCRIPTION)
    return PaymentStatus(Standing.PAID_UP)


def _owing(facts: BillingFacts, now: datetime) -> PaymentStatus:
    latest = last_attempt(facts)
    if latest and latest.status == "failed":
        return PaymentStatus(Standing.FAILED, latest.created_at)
    oldest = facts.open_invoices[0]
    due = oldest.due_at or oldest.created_at
    is_late = due < now and (oldest.due_at is not None or oldest.attempts > 0)
    return PaymentStatus(Standing.OVERDUE if is_late else Standing.OWING, due)


def last_attempt(facts: BillingFacts) -> Payment | None:
    """The newest payment, whatever came of it."""
    items = facts.payments.items if facts.payments else ()
    return max(items, key=lambda payment: payment.created_at, default=None)


def next_charge_at(facts: BillingFacts, *, now: datetime) -> datetime | None:
    """When money is asked for next: the next try of an open invoice, else the next invoice or renewal."""
    tries = [i.next_attempt_at for i in facts.open_invoices if i.next_attempt_at]
    coming = [u.at for u in facts.upcoming.items] if facts.upcoming else []
    renewals = [s.period_end for s in facts.running if s.period_end and not s.cancel_at]
    return min((at for at in tries or coming or renewals if at >= now), default=None)
