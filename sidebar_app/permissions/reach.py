"""How far somebody gets with an action before other people are needed: what a button says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sidebar_app.domain.decision import Context, Decision, Question, Verdict
from sidebar_app.domain.money import MINOR_DIGITS, Money
from sidebar_app.permissions.caps import NOTHING_LATELY, Lately, capped, left
from sidebar_app.permissions.decide import decide
from sidebar_app.permissions.policy import Plan, Policy
from sidebar_app.permissions.vocabulary import Measure

_SMALLEST_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reach:
    """`smallest`: the answer to the smallest positive measure. `at_once_up_to` (for amounts) and
    `at_once_up_to_days`: the largest measure that runs at once when bigger ones do not; None otherwise."""

    smallest: Decision
    at_once_up_to: Money | None = None
    at_once_up_to_days: int | None = None


def reach(
    policy: Policy,
    *,
    role: str,
    action: str,
    currency: str,
    context: Context,
    lately: Lately = NOTHING_LATELY,
    today: date | None = None,
) -> Reach:
    """Of a role with an action in this context, for somebody who asked for so much lately; amounts are in
    `currency`. Never raises."""
    question = Question(
        role=role,
        action=action,
        amount=Money(1, currency),
        percent=_SMALLEST_PERCENT,
        days=1,
        context=context,
    )
    smallest = capped(policy, question, decide(policy, question, today=today), lately, today=today)
    plan = policy.index.get((role, action))
    if plan is None or smallest.verdict is not Verdict.ALLOW:
        return Reach(smallest)
    if plan.terms.measure is Measure.AMOUNT:
        by_rules = largest_at_once(plan, currency=currency, context=context)
        by_caps = left(policy, question, lately, today=today)
        return Reach(smallest, at_once_up_to=min(filter(None, (by_rules, by_caps)), default=None))
    if plan.terms.measure is Measure.DAYS:
        return Reach(smallest, at_once_up_to_days=last_allowed(plan, plan.day_starts, context))
    return Reach(smallest)


def largest_at_once(plan: Plan, *, currency: str, context: Context) -> Money | None:
    """The largest amount the rules allow, less the credits that count with it; None when there is no limit or
    nothing left of it."""
    if currency not in MINOR_DIGITS or plan.terms.measure is not Measure.AMOUNT:
        return None
    starts, _ = plan.starts[currency]
    last = last_allowed(plan, starts, context)
    if last is None:
        return None
    recent = context.recent_credit_total if plan.terms.adds_recent_credits else None
    left = Money(last, currency) - (recent or Money.zero(currency))
    return left if left.minor > 0 else None


def last_allowed(plan: Plan, starts: tuple[int, ...], context: Context) -> int | None:
    """The last whole measure before the first band that is not allowed."""
    bits = plan.bits(context)
    for start, cell in zip(starts, plan.cells[1:], strict=True):
        if cell[bits].verdict is not Verdict.ALLOW:
            return start - 1
    return None
