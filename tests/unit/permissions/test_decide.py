"""What the policy answers, and in which words. Every cell and edge is in cases.toml; here is the rest."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sidebar_app.domain.decision import Context, CustomerMatch, Decision, Question, Step, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions import Policy, decide, load_policy
from sidebar_app.permissions.vocabulary import ACTION_WORDS


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def test_an_agents_refund_is_a_managers_decision(policy: Policy) -> None:
    assert decide(policy, Question("l1_agent", "refund", usd("1450"))) == Decision(
        Verdict.NEEDS_APPROVAL,
        ("refund-by-agent",),
        "Refunds by agents are a manager's decision.",
        "Ask for approval: a manager decides within 24 hours.",
        policy.version,
        (Step(Role.MANAGER),),
    )


def test_the_specialists_large_credit_needs_no_second_specialist(policy: Policy) -> None:
    assert decide(policy, Question("billing_specialist", "credit", usd("500.01"))).steps == (Step(Role.VP),)
    others = (Role.L1_AGENT, Role.L2_AGENT, Role.MANAGER)
    for role in others:
        steps = decide(policy, Question(role, "credit", usd("500.01"))).steps
        assert steps == (Step(Role.BILLING_SPECIALIST), Step(Role.VP))


def test_a_managers_own_refund_over_the_limit_goes_to_another_one(policy: Policy) -> None:
    decision = decide(policy, Question("manager", "refund", usd("1000.01")))
    assert decision.steps == (Step(Role.MANAGER),)
    assert decision.next_step == "Ask for approval: another manager decides within 24 hours."


def test_steps_of_all_matching_rules_are_united_in_order(policy: Policy) -> None:
    context = Context(multi_year_contract=True, recent_refund_count=3, customer_match=CustomerMatch.AMBIGUOUS)
    decision = decide(policy, Question("l2_agent", "refund", usd("24000"), context=context))
    assert decision.steps == (Step(Role.MANAGER), Step(Role.LEGAL), Step(Role.VP))
    assert decision.rules[0] == "refund-large"
    assert "Ask for approval: a manager, then legal, then a VP decide" in decision.next_step


def test_the_larger_quorum_of_two_rules_counts(policy_text: str) -> None:
    before, _, after = policy_text.partition('id = "customer-ambiguous"')
    text = (
        before
        + 'id = "customer-ambiguous"'
        + after.replace('{ role = "manager" }', '{ role = "manager", quorum = 2 }')
    )
    context = Context(customer_match=CustomerMatch.AMBIGUOUS)
    decision = decide(load_policy(text), Question("manager", "refund", usd("5000"), context=context))
    assert decision.steps == (Step(Role.MANAGER, 2),)
    assert decision.next_step == "Ask for approval: 2 other managers decide within 24 hours."


def test_a_split_credit_says_with_what_it_was_added_up(policy: Policy) -> None:
    split = Question("l2_agent", "credit", usd("60"), context=Context(recent_credit_total=usd("40")))
    assert decide(policy, split).reason == (
        "Credits from $100.00 on are a manager's decision. "
        "With $40.00 of credits in the last 30 days, this $60.00 counts as $100.00."
    )
    alone = replace(split, amount=usd("100"))
    assert "30 days" not in decide(policy, alone).reason


ODD: dict[str, Question] = {
    "a recent total in another currency": Question(
        "manager", "credit", usd("1"), context=Context(recent_credit_total=Money(1, "EUR"))
    ),
    "a match that is none": Question("manager", "refund", usd("1"), context=Context(customer_match="maybe")),  # type: ignore[arg-type]
    "a count that is none": Question("manager", "refund", usd("1"), context=Context(recent_refund_count="3")),  # type: ignore[arg-type]
    "a truth that is none": Question(
        "manager", "refund", usd("1"), context=Context(multi_year_contract=None)
    ),  # type: ignore[arg-type]
    "no context": Question("manager", "refund", usd("1"), context=None),  # type: ignore[arg-type]
    "an amount that is no money": Question("manager", "refund", 5),  # type: ignore[arg-type]
    "a role that is a list": Question(["manager"], "refund", usd("1")),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", ODD)
def test_an_error_while_deciding_is_a_deny(name: str, policy: Policy) -> None:
    decision = decide(policy, ODD[name])
    assert (decision.verdict, decision.rules) == (Verdict.DENY, ("policy-error",))
    assert decision.next_step


def test_no_policy_at_all_is_a_deny() -> None:
    broken: Any = None
    assert decide(broken, Question("manager", "view_billing")).rules == ("policy-error",)


@pytest.mark.parametrize("days", [True, 14.0, 0, -1])
def test_days_that_are_no_positive_whole_number_are_invalid(days: Any, policy: Policy) -> None:
    assert decide(policy, Question("manager", "extend_trial", days=days)).rules == ("measure-invalid",)


@pytest.mark.parametrize(
    "percent", [Decimal("NaN"), Decimal("Infinity"), Decimal("100.0001"), Decimal(0), 5.0]
)
def test_a_percentage_that_cannot_be_is_invalid(percent: Any, policy: Policy) -> None:
    assert decide(policy, Question("manager", "apply_discount", percent=percent)).rules == (
        "measure-invalid",
    )


@pytest.mark.parametrize("action", ACTION_WORDS)
@pytest.mark.parametrize("role", [*Role, "nobody", ""])
def test_a_role_that_never_asks_is_denied_everything(role: str, action: str, policy: Policy) -> None:
    decision = decide(policy, Question(role, action, usd("1"), Decimal(1), 1))
    assert (decision.rules == ("not-listed",)) is (role not in REQUESTING_ROLES)
    assert decision.reason
    assert decision.next_step


def test_a_name_from_outside_is_not_repeated(policy: Policy) -> None:
    for question in (Question("4242424242424242", "refund"), Question("manager", "4242424242424242")):
        decision = decide(policy, question)
        assert decision.rules == ("not-listed",)
        assert "4242" not in decision.reason + decision.next_step


def test_a_role_the_table_leaves_out_is_sent_to_one_it_names(policy_text: str) -> None:
    before, _, after = policy_text.partition('id = "force-cancel"')
    text = (
        before + 'id = "force-cancel"' + after.replace('"l1_agent", "l2_agent", "manager"', '"l2_agent"', 1)
    )
    decision = decide(load_policy(text), Question("l1_agent", "force_cancel"))
    assert decision.rules == ("not-listed",)
    assert decision.reason == "The policy does not let an L1 agent force a cancellation."
    assert decision.next_step == "Hand the ticket to a billing specialist."


def test_a_currency_without_a_rate_never_runs_at_once(policy: Policy) -> None:
    decision = decide(policy, Question("billing_specialist", "refund", Money(1, "XAF")))
    assert decision.rules == ("rate-missing", "refund-within-limit")
    assert decision.steps == (Step(Role.MANAGER),)
    assert decision.reason == "There is no reference rate for XAF, so a manager looks at amounts in XAF."
    large = decide(policy, Question("billing_specialist", "refund", Money(20_000, "XAF")))
    assert large.steps == (Step(Role.MANAGER), Step(Role.VP))


def test_rates_go_stale_on_the_day_after_their_last(policy: Policy) -> None:
    question = Question("manager", "refund", Money.parse("10", "EUR"))
    assert decide(policy, question, today=date(2027, 11, 2)).verdict is Verdict.ALLOW
    stale = decide(policy, question, today=date(2027, 11, 3))
    assert stale.rules == ("rate-stale", "refund-within-limit")
    assert stale.reason.startswith("The reference rates are out of date")
    assert (
        decide(policy, replace(question, amount=usd("10")), today=date(2099, 1, 1)).verdict is Verdict.ALLOW
    )


def test_what_needs_approval_anyway_is_not_asked_twice_for_want_of_a_rate(policy: Policy) -> None:
    decision = decide(policy, Question("l1_agent", "refund", Money(10, "XAF")))
    assert decision.rules == ("refund-by-agent",)


def test_an_included_end_of_a_percentage_belongs_to_its_band(policy_text: str) -> None:
    text = policy_text.replace('below = "15"', 'up_to = "15"').replace('from = "15"', 'over = "15"')
    text = text.replace("Discounts from {from} on", "Discounts over {over}").replace(
        "discounts below {below}", "discounts up to {up_to}"
    )
    changed = load_policy(text)
    assert (
        decide(changed, Question("manager", "apply_discount", percent=Decimal(15))).verdict is Verdict.ALLOW
    )
    just_over = Question("manager", "apply_discount", percent=Decimal("15.000000000001"))
    assert decide(changed, just_over).reason == "Discounts over 15% need a billing specialist and a VP."


def test_a_role_may_be_a_plain_text_or_the_enum(policy: Policy) -> None:
    assert decide(policy, Question("manager", "pause_subscription")) == decide(
        policy, Question(Role.MANAGER, "pause_subscription")
    )
