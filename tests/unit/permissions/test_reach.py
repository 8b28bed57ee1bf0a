"""What a button can promise before an amount is typed."""

from datetime import date

import pytest

from sidebar_app.domain.decision import Context, CustomerMatch, Question, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.permissions import Policy, decide, reach

PLAIN = Context()


def test_the_largest_amount_at_once_is_one_cent_below_an_edge_that_is_not_included(policy: Policy) -> None:
    found = reach(policy, role="l2_agent", action="credit", currency="USD", context=PLAIN)
    assert found.smallest.verdict is Verdict.ALLOW
    assert found.at_once_up_to == Money.parse("99.99", "USD")


def test_an_included_edge_is_reached(policy: Policy) -> None:
    assert reach(
        policy, role="manager", action="refund", currency="USD", context=PLAIN
    ).at_once_up_to == Money.parse("1000", "USD")


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize("action", ["credit", "refund"])
def test_the_promise_holds_to_the_last_unit(action: str, currency: str, policy: Policy) -> None:
    limit = reach(policy, role="manager", action=action, currency=currency, context=PLAIN).at_once_up_to
    assert limit is not None
    more = Money(limit.minor + 1, currency)
    assert decide(policy, Question("manager", action, limit)).verdict is Verdict.ALLOW
    assert decide(policy, Question("manager", action, more)).verdict is Verdict.NEEDS_APPROVAL


def test_recent_credits_shorten_the_reach(policy: Policy) -> None:
    context = Context(recent_credit_total=Money.parse("60", "USD"))
    found = reach(policy, role="l2_agent", action="credit", currency="USD", context=context)
    assert found.at_once_up_to == Money.parse("39.99", "USD")
    used_up = Context(recent_credit_total=Money.parse("99.99", "USD"))
    found = reach(policy, role="l2_agent", action="credit", currency="USD", context=used_up)
    assert (found.smallest.verdict, found.at_once_up_to) == (Verdict.NEEDS_APPROVAL, None)


def test_what_needs_approval_from_the_first_cent_promises_nothing(policy: Policy) -> None:
    found = reach(policy, role="l1_agent", action="refund", currency="USD", context=PLAIN)
    assert (found.smallest.verdict, found.at_once_up_to) == (Verdict.NEEDS_APPROVAL, None)
    ambiguous = Context(customer_match=CustomerMatch.AMBIGUOUS)
    assert (
        reach(policy, role="manager", action="refund", currency="USD", context=ambiguous).at_once_up_to
        is None
    )


def test_without_a_good_rate_nothing_runs_at_once(policy: Policy) -> None:
    missing = reach(policy, role="manager", action="refund", currency="XAF", context=PLAIN)
    assert (missing.smallest.rules[0], missing.at_once_up_to) == ("rate-missing", None)
    stale = reach(
        policy, role="manager", action="refund", currency="EUR", context=PLAIN, today=date(2030, 1, 1)
    )
    assert (stale.smallest.rules[0], stale.at_once_up_to) == ("rate-stale", None)


def test_days_have_a_reach_of_their_own(policy: Policy) -> None:
    found = reach(policy, role="l1_agent", action="grace_period", currency="USD", context=PLAIN)
    assert (found.at_once_up_to, found.at_once_up_to_days) == (None, 7)


@pytest.mark.parametrize(
    ("role", "action", "verdict"),
    [
        ("l1_agent", "payment_link", Verdict.ALLOW),
        ("manager", "apply_discount", Verdict.ALLOW),
        ("l1_agent", "force_cancel", Verdict.DENY),
        ("vp", "refund", Verdict.DENY),
        ("manager", "nothing_known", Verdict.DENY),
    ],
)
def test_an_action_without_an_amount_has_only_an_answer(
    role: str, action: str, verdict: Verdict, policy: Policy
) -> None:
    found = reach(policy, role=role, action=action, currency="USD", context=PLAIN)
    assert (found.smallest.verdict, found.at_once_up_to, found.at_once_up_to_days) == (verdict, None, None)


def test_an_unknown_currency_is_refused(policy: Policy) -> None:
    found = reach(policy, role="manager", action="refund", currency="XXX", context=PLAIN)
    assert (found.smallest.rules, found.at_once_up_to) == (("measure-invalid",), None)
