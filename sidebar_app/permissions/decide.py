"""May this role do this action, of this measure, in this context?"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sidebar_app.domain.decision import Decision, Question, Verdict
from sidebar_app.domain.people import Role
from sidebar_app.permissions.policy import Plan, Policy, RateState
from sidebar_app.permissions.sentences import (
    checked_by_manager,
    currency_unknown,
    measure_invalid,
    measure_missing,
    policy_error,
    unlisted,
)
from sidebar_app.permissions.vocabulary import Measure

_WHOLE_PERCENT = 100


def decide(policy: Policy, question: Question, *, today: date | None = None) -> Decision:
    """The policy's answer. Never raises: whatever goes wrong is a deny with the rule `policy-error`, which the
    caller should raise an alarm about.

    `today` is compared with the age of the reference rates; without it the rates count as fresh.
    """
    try:
        return decided(policy, question, today)
    except Exception:  # noqa: BLE001 - an error while deciding must never open anything
        return policy_error(getattr(policy, "version", ""))


def decided(policy: Policy, question: Question, today: date | None) -> Decision:
    """The same, but raises what went wrong."""
    plan = policy.index.get((question.role, question.action))
    if plan is None:
        return unlisted(
            question.role, question.action, able=able(policy, question.action), version=policy.version
        )
    measure = plan.terms.measure
    if measure is Measure.AMOUNT:
        return _by_amount(policy, plan, question, today)
    if measure is Measure.NONE:
        return plan.cells[0][plan.bits(question.context)]
    value = question.days if measure is Measure.DAYS else question.percent
    if value is None:
        return measure_missing(measure, policy.version)
    if not _is_valid(value, measure):
        return measure_invalid(measure, policy.version)
    return plan.cells[_band(plan, value)][plan.bits(question.context)]


def _band(plan: Plan, value: int | Decimal) -> int:
    if isinstance(value, int):
        return bisect_right(plan.day_starts, value)
    return bisect_right(plan.cuts, (value, 0))


def _is_valid(value: int | Decimal, measure: Measure) -> bool:
    if measure is Measure.DAYS:
        return type(value) is int and value > 0
    return isinstance(value, Decimal) and value.is_finite() and 0 < value <= _WHOLE_PERCENT


def _by_amount(policy: Policy, plan: Plan, question: Question, today: date | None) -> Decision:
    amount, context = question.amount, question.context
    if amount is None:
        return measure_missing(Measure.AMOUNT, policy.version)
    minor = amount.minor
    if minor <= 0:
        return measure_invalid(Measure.AMOUNT, policy.version)
    known = plan.starts.get(amount.currency)
    if known is None:
        return currency_unknown(policy.version)
    starts, rate = known
    recent = context.recent_credit_total if plan.terms.adds_recent_credits else None
    if recent is not None:
        if recent.minor < 0:
            return measure_invalid(Measure.AMOUNT, policy.version)
        minor = (amount + recent).minor
    band = bisect_right(starts, minor)
    decision = plan.cells[band][plan.bits(context)]
    if recent and bisect_right(starts, amount.minor) != band:
        decision = _with_recent_credits(decision, question)
    if rate is RateState.HOME or decision.verdict is not Verdict.ALLOW:
        return decision
    return _if_rate_is_good(policy, plan, decision, amount.currency, rate, today)


def _with_recent_credits(decision: Decision, question: Question) -> Decision:
    """The amount alone would have been answered differently, so the sum is explained."""
    amount, recent = question.amount, question.context.recent_credit_total
    assert amount is not None
    assert recent is not None
    counted = f"With {recent} of credits in the last 30 days, this {amount} counts as {amount + recent}."
    return replace(decision, reason=f"{decision.reason} {counted}")


def _if_rate_is_good(
    policy: Policy, plan: Plan, allowed: Decision, currency: str, rate: RateState, today: date | None
) -> Decision:
    stale = today is not None and policy.book.rates.are_stale(today)
    if rate is RateState.RATED and not stale:
        return allowed
    return checked_by_manager(
        allowed,
        currency,
        stale=rate is RateState.RATED,
        role=plan.role,
        within=policy.settings.answer_within,
    )


def able(policy: Policy, action: str) -> Iterator[Role]:
    """The roles that may do the action in some case, alone or with approval."""
    for (_, name), plan in policy.index.items():
        decisions = (decision for cell in plan.cells for decision in cell.values())
        if name == action and any(decision.verdict is not Verdict.DENY for decision in decisions):
            yield plan.role
