"""Why, and what would make it otherwise."""

from datetime import date
from decimal import Decimal

import pytest

from sidebar_app.domain.decision import Context, CustomerMatch, Question
from sidebar_app.domain.money import Money
from sidebar_app.permissions import Policy
from sidebar_app.permissions.explain import as_text, explain


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


WAYS = {
    "$19.99 less would need no approval: up to $99.99 runs at once.": Question(
        "l2_agent", "credit", usd("119.98")
    ),
    "$0.02 less would need no approval: up to $39.99 runs at once.": Question(
        "l2_agent", "credit", usd("40.01"), context=Context(recent_credit_total=usd("60"))
    ),
    "¥1 less would need no approval: up to ¥149,253 runs at once.": Question(
        "manager", "refund", Money(149_254, "JPY")
    ),
    "1 day less would need no approval: up to 14 run at once.": Question("manager", "extend_trial", days=15),
    "6 days less would need no approval: up to 14 run at once.": Question(
        "l1_agent", "extend_trial", days=20
    ),
    "A discount < 15 % would need no approval.": Question("manager", "apply_discount", percent=Decimal(20)),
    "A manager or a billing specialist could do this at once.": Question("l1_agent", "refund", usd("10")),
    "A billing specialist could ask for this.": Question("l1_agent", "force_cancel"),
    "With the customer's own request in the ticket, it would need a manager.": Question(
        "l1_agent", "cancel_subscription"
    ),
    "With the customer's own request in the ticket, it would run at once.": Question(
        "manager", "cancel_subscription"
    ),
    "Once it is certain which billing customer this is, it would run at once.": Question(
        "manager", "credit", usd("10"), context=Context(customer_match=CustomerMatch.AMBIGUOUS)
    ),
    "With fewer refunds in the last 30 days, it would run at once.": Question(
        "manager", "refund", usd("10"), context=Context(recent_refund_count=3)
    ),
    "Without the multi-year contract, it would need a manager.": Question(
        "l1_agent", "refund", usd("10"), context=Context(multi_year_contract=True)
    ),
    "Without the credits of the last 30 days, it would run at once.": Question(
        "manager", "credit", usd("10"), context=Context(recent_credit_total=usd("495"))
    ),
    "With a fresh reference rate for its currency in the policy, this would run at once.": Question(
        "manager", "refund", Money(10, "XAF")
    ),
    "Up to $1,000.00 runs at once.": Question("manager", "refund", usd("10")),
    "Up to 7 days run at once.": Question("manager", "grace_period", days=3),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_would_change_the_answer_is_said(way: str, policy: Policy) -> None:
    assert way in explain(policy, WAYS[way]).ways


def test_nothing_is_promised_that_would_not_hold(policy: Policy) -> None:
    context = Context(customer_match=CustomerMatch.AMBIGUOUS)
    ways = explain(policy, Question("l2_agent", "credit", usd("119.98"), context=context)).ways
    assert not any("less" in way or "at once" in way for way in ways)
    assert explain(policy, Question("l1_agent", "cancel_subscription")).ways == (
        "With the customer's own request in the ticket, it would need a manager.",
    )


def test_less_is_no_way_out_when_the_limit_is_used_up(policy: Policy) -> None:
    context = Context(recent_credit_total=usd("100"))
    ways = explain(policy, Question("l2_agent", "credit", usd("10"), context=context)).ways
    assert not any("less would" in way for way in ways)
    assert "Without the credits of the last 30 days, it would run at once." in ways


def test_matching_rules_are_told_apart_from_the_stricter_ones_and_from_the_idle(policy: Policy) -> None:
    context = Context(multi_year_contract=True)
    found = explain(policy, Question("manager", "refund", usd("999"), context=context))
    assert [(rule.id, rule.decides) for rule in found.matched] == [
        ("refund-within-limit", False),
        ("refund-multi-year", True),
    ]
    assert {rule.id: rule.applies_when for rule in found.idle} == {
        "refund-over-limit": "measure > 1,000",
        "refund-large": "measure > 10,000",
        "refund-pattern": "recent_refund_count ≥ 3",
        "customer-ambiguous": "customer_match = ambiguous",
    }


@pytest.mark.parametrize(
    "question",
    [
        Question("manager", "refund"),
        Question("manager", "refund", usd("0")),
        Question("manager", "refund", Money(1, "XXX")),
        Question("manager", "extend_trial", days=-1),
        Question("vp", "refund", usd("1")),
        Question("manager", "unknown"),
        Question("manager", "refund", usd("1"), context=Context(customer_match="?")),  # type: ignore[arg-type]
    ],
)
def test_a_question_without_an_answer_is_explained_by_its_refusal(question: Question, policy: Policy) -> None:
    found = explain(policy, question)
    assert found.matched == ()
    assert found.decision.rules[0] in as_text(found)


def test_the_text_holds_everything(policy: Policy) -> None:
    question = Question("l2_agent", "credit", Money.parse("100", "EUR"))
    text = as_text(explain(policy, question, today=date(2026, 11, 20)))
    assert text.startswith("needs_approval: Credits from $100.00 on are a manager's decision.\n")
    for words in (
        "Next: Ask for approval",
        "credit-by-l2",
        "credit-small: needs measure < 100",
        policy.version,
        "€86.95",
    ):
        assert words in text
