"""The churn indicator names every reason it counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.billing import Account, Payments, Refund, Subscription, Subscriptions
from sidebar_app.domain.churn import Level, Reason, Signal, Weights, churn_risk
from sidebar_app.domain.metrics import BillingFacts
from tests.fakes.contexts import EXPIRED, NOW, VISA, acme_facts, ago, bright_facts, payment, usd


def account(**more: Any) -> Account:
    given = {"since": ago(days=100), "payment_method": VISA, **more}
    return Account("cus_1", "A", "a@a.example", **given)


def subscription(status: str = "active", **more: Any) -> Subscriptions:
    given = {"period_end": NOW + timedelta(days=20), **more}
    return Subscriptions((Subscription("sub_1", status, ago(days=100), (), **given),))


def facts(**more: Any) -> BillingFacts:
    calm = replace(
        BillingFacts.of(acme_facts().values()), account=account(), subscriptions=subscription(), upcoming=None
    )
    return replace(calm, **more)


def seen(known: BillingFacts) -> dict[Signal, int]:
    return {reason.signal: reason.points for reason in churn_risk(known, now=NOW).reasons}


def test_a_calm_customer_is_low_without_reasons() -> None:
    risk = churn_risk(facts(), now=NOW)
    assert (risk.score, risk.level, risk.reasons, risk.complete) == (0, Level.LOW, (), True)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"subscriptions": subscription("past_due")}, {Signal.OVERDUE: 30}),
        ({"subscriptions": subscription("unpaid")}, {Signal.OVERDUE: 30}),
        ({"subscriptions": subscription("paused")}, {Signal.PAUSED: 20}),
        ({"subscriptions": subscription(cancel_at=NOW + timedelta(days=9), period_end=None)}, {Signal.CANCELING: 40}),
        ({"account": account(payment_method=EXPIRED)}, {Signal.CARD_EXPIRES: 10}),
        ({"account": account(since=ago(days=1000))}, {Signal.LOYAL: -10}),
    ],
)  # fmt: skip
def test_each_signal_counts_its_points(more: dict[str, Any], expected: dict[Signal, int]) -> None:
    assert seen(facts(**more)) == expected


@pytest.mark.parametrize(("attempts", "points"), [(1, 8), (3, 24), (7, 24)])
def test_failed_attempts_count_up_to_a_limit(attempts: int, points: int) -> None:
    tried = [payment(str(k), usd("1"), ago(days=k), status="failed") for k in range(attempts)]
    old = payment("old", usd("1"), ago(days=31), status="failed")
    risk = churn_risk(facts(payments=Payments((*tried, old))), now=NOW)
    assert risk.reasons == (Reason(Signal.FAILED_ATTEMPTS, points, attempts),)


@pytest.mark.parametrize(
    ("ends_in", "method", "is_seen"), [(7, None, True), (8, None, False), (3, VISA, False)]
)
def test_a_trial_counts_when_it_ends_soon_without_a_payment_method(
    ends_in: int, method: Any, *, is_seen: bool
) -> None:
    trial = subscription("trialing", trial_end=NOW + timedelta(days=ends_in))
    known = facts(subscriptions=trial, account=account(payment_method=method))
    assert (Signal.TRIAL_WITHOUT_METHOD in seen(known)) is is_seen


@pytest.mark.parametrize(
    ("status", "days", "is_seen"), [("succeeded", 89, True), ("succeeded", 91, False), ("failed", 1, False)]
)
def test_a_refund_counts_for_ninety_days(status: str, days: int, *, is_seen: bool) -> None:
    back = Refund("re_1", usd("1"), status, ago(days=days))
    paid = payment("a", usd("5"), ago(days=200), refunded=usd("1"), refunds=(back,))
    assert (Signal.DISPUTE_OR_REFUND in seen(facts(payments=Payments((paid,))))) is is_seen


def test_the_customer_in_trouble_is_high_and_the_heaviest_reason_stands_first() -> None:
    risk = churn_risk(BillingFacts.of(bright_facts().values()), now=NOW)
    assert risk.level is Level.HIGH
    assert [r.signal for r in risk.reasons] == [
        Signal.OVERDUE, Signal.FAILED_ATTEMPTS, Signal.CARD_EXPIRES,
    ]  # fmt: skip
    assert risk.score == 30 + 16 + 10


def test_the_score_stays_between_zero_and_a_hundred() -> None:
    heavy = Weights(points=dict.fromkeys(Signal, 90))
    bad = BillingFacts.of(bright_facts().values())
    assert churn_risk(bad, now=NOW, weights=heavy).score == 100
    assert churn_risk(facts(account=account(since=ago(days=1000))), now=NOW).score == 0


def test_levels_come_from_the_weights() -> None:
    strict = Weights(medium_from=5, high_from=10)
    assert (
        churn_risk(facts(account=account(payment_method=EXPIRED)), now=NOW, weights=strict).level
        is Level.HIGH
    )


def test_says_when_a_part_was_missing() -> None:
    assert not churn_risk(facts(payments=None), now=NOW).complete
