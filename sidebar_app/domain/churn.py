"""How likely a customer is to leave: an indicator with its reasons, never a verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sidebar_app.domain.billing import Payment
from sidebar_app.domain.metrics import BillingFacts, failures, months_since, next_charge_at

_ATTEMPTS_LOOK_BACK = timedelta(days=30)
_DISPUTES_LOOK_BACK = timedelta(days=90)
_TRIAL_ENDS_WITHIN = timedelta(days=7)
_LOYAL_AFTER_MONTHS = 24
_MOST_POINTS = 100


class Signal(StrEnum):
    """What the score is made of."""

    OVERDUE = "overdue"
    FAILED_ATTEMPTS = "failed_attempts"
    CANCELING = "canceling"
    CARD_EXPIRES = "card_expires"
    TRIAL_WITHOUT_METHOD = "trial_without_method"
    DISPUTE_OR_REFUND = "dispute_or_refund"
    PAUSED = "paused"
    LOYAL = "loyal"


class Level(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Weights:
    """Points by signal, as data. Each failed attempt counts, up to `failed_attempts_at_most`."""

    points: dict[Signal, int] = field(
        default_factory=lambda: {
            Signal.OVERDUE: 30,
            Signal.FAILED_ATTEMPTS: 8,
            Signal.CANCELING: 40,
            Signal.CARD_EXPIRES: 10,
            Signal.TRIAL_WITHOUT_METHOD: 25,
            Signal.DISPUTE_OR_REFUND: 10,
            Signal.PAUSED: 20,
            Signal.LOYAL: -10,
        }
    )
    failed_attempts_at_most: int = 24
    medium_from: int = 25
    high_from: int = 50


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal that was seen, what it adds, and how often it was seen."""

    signal: Signal
    points: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class ChurnRisk:
    """`score` is 0 to 100; `complete` is False when a part the score stands on could not be read."""

    score: int
    level: Level
    reasons: tuple[Reason, ...]
    complete: bool


def churn_risk(facts: BillingFacts, *, now: datetime, weights: Weights = DEFAULT_WEIGHTS) -> ChurnRisk:
    """The sum of the points of every signal seen, heaviest reason first."""
    reasons = sorted(_reasons(facts, now, weights), key=lambda reason: -reason.points)
    score = min(max(sum(reason.points for reason in reasons), 0), _MOST_POINTS)
    parts = (facts.account, facts.subscriptions, facts.payments, facts.invoices)
    return ChurnRisk(score, _level(score, weights), tuple(reasons), all(part is not None for part in parts))


def _level(score: int, weights: Weights) -> Level:
    if score >= weights.high_from:
        return Level.HIGH
    return Level.MEDIUM if score >= weights.medium_from else Level.LOW


def _reasons(facts: BillingFacts, now: datetime, weights: Weights) -> Iterator[Reason]:
    if attempts := failures(facts.payments, now=now, within=_ATTEMPTS_LOOK_BACK) if facts.payments else 0:
        points = min(attempts * weights.points[Signal.FAILED_ATTEMPTS], weights.failed_attempts_at_most)
        yield Reason(Signal.FAILED_ATTEMPTS, points, attempts)
    for signal in _seen(facts, now):
        yield Reason(signal, weights.points[signal])


def _seen(facts: BillingFacts, now: datetime) -> Iterator[Signal]:
    statuses = {s.status for s in facts.running}
    if statuses & {"past_due", "unpaid"}:
        yield Signal.OVERDUE
    if any(s.cancel_at for s in facts.running):
        yield Signal.CANCELING
    if "paused" in statuses:
        yield Signal.PAUSED
    if _card_expires(facts, now):
        yield Signal.CARD_EXPIRES
    if _trial_without_method(facts, now):
        yield Signal.TRIAL_WITHOUT_METHOD
    if facts.payments and any(_went_back(p, now) for p in facts.payments.items):
        yield Signal.DISPUTE_OR_REFUND
    if facts.account and months_since(facts.account.since, now) > _LOYAL_AFTER_MONTHS:
        yield Signal.LOYAL


def _card_expires(facts: BillingFacts, now: datetime) -> bool:
    """Before the next charge; a card that has expired already counts while there is anything to charge."""
    method = facts.account.payment_method if facts.account else None
    at = next_charge_at(facts, now=now)
    return method is not None and at is not None and method.has_expired(at.date())


def _trial_without_method(facts: BillingFacts, now: datetime) -> bool:
    if facts.account is None or facts.account.payment_method is not None:
        return False
    ends = [s.trial_end for s in facts.running if s.status == "trialing" and s.trial_end]
    return any(end - now <= _TRIAL_ENDS_WITHIN for end in ends)


def _went_back(payment: Payment, now: datetime) -> bool:
    """Refunded or disputed in the last 90 days; of a dispute only the payment's own date is known."""
    if payment.disputed and now - payment.created_at <= _DISPUTES_LOOK_BACK:
        return True
    return any(
        refund.status not in ("failed", "canceled") and now - refund.created_at <= _DISPUTES_LOOK_BACK
        for refund in payment.refunds
    )
