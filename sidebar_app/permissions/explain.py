"""Why the policy answers as it does, and what would have to be different for another answer."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sidebar_app.domain.decision import Context, CustomerMatch, Decision, Question, Step, Verdict
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions.decide import decide
from sidebar_app.permissions.matrix import band_words, describe
from sidebar_app.permissions.policy import Plan, Policy
from sidebar_app.permissions.reach import largest_at_once, last_allowed
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, Place, Rule
from sidebar_app.permissions.sentences import STRICTNESS, filled
from sidebar_app.permissions.vocabulary import (
    MEASURE_INVALID,
    MEASURE_MISSING,
    POLICY_ERROR,
    RATE_MISSING,
    RATE_STALE,
    Measure,
    a_person,
    listed,
)


@dataclass(frozen=True, slots=True)
class Matched:
    """A rule that speaks about the question; `decides` when it is among the strictest."""

    id: str
    verdict: Verdict
    steps: tuple[Step, ...]
    reason: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Idle:
    """A rule for this role and action that does not apply here, and what it would take."""

    id: str
    applies_when: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`ways` are sentences: what would make the answer easier, or how far it reaches."""

    decision: Decision
    matched: tuple[Matched, ...]
    idle: tuple[Idle, ...]
    ways: tuple[str, ...]


def explain(policy: Policy, question: Question, *, today: date | None = None) -> Explanation:
    """The decision with everything behind it. Never raises."""
    decision = decide(policy, question, today=today)
    plan = policy.index.get((question.role, question.action))
    unanswerable = {MEASURE_INVALID, MEASURE_MISSING, POLICY_ERROR}.intersection(decision.rules)
    if plan is None or unanswerable:
        return Explanation(decision, (), (), () if unanswerable else tuple(_others(policy, question, today)))
    place = _place(plan, question)
    matching = [rule for rule in plan.rules if _speaks(rule, plan, place, question.context)]
    return Explanation(
        decision,
        tuple(_matched(rule, decision, plan, policy) for rule in matching),
        tuple(_idle(rule, plan, place, question.context) for rule in plan.rules if rule not in matching),
        tuple(_ways(policy, plan, question, decision, today)),
    )


def _place(plan: Plan, question: Question) -> Place:
    """Where on the measure's line a valid question stands, as the beginning of its band."""
    if plan.terms.measure is Measure.AMOUNT and question.amount:
        starts, _ = plan.starts[question.amount.currency]
        recent = question.context.recent_credit_total if plan.terms.adds_recent_credits else None
        band = bisect_right(starts, question.amount.minor + (recent.minor if recent else 0))
        return (JUST_ABOVE_ZERO, *plan.cuts)[band]
    if plan.terms.measure is Measure.DAYS and question.days:
        return Decimal(question.days), 0
    if plan.terms.measure is Measure.PERCENT and question.percent:
        return question.percent, 0
    return JUST_ABOVE_ZERO


def _speaks(rule: Rule, plan: Plan, place: Place, context: Context) -> bool:
    return rule.matches(role=plan.role, action=plan.terms.name, place=place, context=context)


def _matched(rule: Rule, decision: Decision, plan: Plan, policy: Policy) -> Matched:
    reason = filled(rule.reason, rule, plan.terms.measure, policy.settings)
    return Matched(rule.id, rule.verdict, rule.steps, reason, rule.id in decision.rules)


def _idle(rule: Rule, plan: Plan, place: Place, context: Context) -> Idle:
    needs = [describe(condition) for condition in rule.when if not condition.holds(context)]
    if not rule.band.covers(place):
        needs.append(f"measure {band_words(rule.band.start, rule.band.end, plan.terms.measure)}")
    return Idle(rule.id, ", ".join(needs))


def _ways(
    policy: Policy, plan: Plan, question: Question, decision: Decision, today: date | None
) -> Iterator[str]:
    if decision.rules[0] in (RATE_MISSING, RATE_STALE):
        yield "With a fresh reference rate for its currency in the policy, this would run at once."
    elif decision.verdict is Verdict.ALLOW:
        yield from _headroom(plan, question)
    else:
        yield from _less(plan, question)
        yield from _circumstances(policy, question, decision, today)
    if decision.verdict is not Verdict.ALLOW:
        yield from _others(policy, question, today)


def _headroom(plan: Plan, question: Question) -> Iterator[str]:
    if question.amount:
        limit = largest_at_once(plan, currency=question.amount.currency, context=question.context)
        if limit:
            yield f"Up to {limit} runs at once."
    elif plan.terms.measure is Measure.DAYS:
        days = last_allowed(plan, plan.day_starts, question.context)
        if days:
            yield f"Up to {days} days run at once."


def _less(plan: Plan, question: Question) -> Iterator[str]:
    """How much less would run at once."""
    context, measure = question.context, plan.terms.measure
    if measure is Measure.AMOUNT and question.amount:
        limit = largest_at_once(plan, currency=question.amount.currency, context=context)
        if limit and _runs(plan, context):
            yield f"{question.amount - limit} less would need no approval: up to {limit} runs at once."
    elif measure is Measure.DAYS and question.days and _runs(plan, context):
        days = last_allowed(plan, plan.day_starts, context) or 0
        less = question.days - days
        yield f"{less} day{'s' * (less != 1)} less would need no approval: up to {days} run at once."
    elif measure is Measure.PERCENT and _runs(plan, context):
        first = next(cut for cut in plan.cuts if plan.at(cut, context).verdict is not Verdict.ALLOW)
        yield f"A discount {band_words(JUST_ABOVE_ZERO, first, measure)} would need no approval."


def _runs(plan: Plan, context: Context) -> bool:
    """The smallest measure runs at once."""
    return plan.at(JUST_ABOVE_ZERO, context).verdict is Verdict.ALLOW


_EASIER: tuple[tuple[str, Any, str], ...] = (
    ("customer_requested", True, "With the customer's own request in the ticket,"),
    ("customer_match", CustomerMatch.VERIFIED, "Once it is certain which billing customer this is,"),
    ("recent_credit_total", None, "Without the credits of the last 30 days,"),
    ("recent_refund_count", 0, "With fewer refunds in the last 30 days,"),
    ("multi_year_contract", False, "Without the multi-year contract,"),
)


def _circumstances(
    policy: Policy, question: Question, decision: Decision, today: date | None
) -> Iterator[str]:
    for key, value, phrase in _EASIER:
        changed: dict[str, Any] = {key: value}
        context = replace(question.context, **changed)
        other = decide(policy, replace(question, context=context), today=today)
        if _strictness(other) < _strictness(decision):
            yield f"{phrase} {outcome(other)}."


def _strictness(decision: Decision) -> tuple[int, int]:
    return STRICTNESS[decision.verdict], sum(step.quorum for step in decision.steps)


def outcome(decision: Decision) -> str:
    """ "it would run at once", "it would need a manager, then a VP", "it would be denied"."""
    if decision.verdict is Verdict.ALLOW:
        return "it would run at once"
    if decision.verdict is Verdict.DENY:
        return "it would be denied"
    return f"it would need {decision.approvers}"


def _others(policy: Policy, question: Question, today: date | None) -> Iterator[str]:
    """Who else could do it, or at least ask for it."""
    answers = {
        role: decide(policy, replace(question, role=role), today=today).verdict
        for role in REQUESTING_ROLES
        if role != question.role
    }
    for verdict, could in ((Verdict.ALLOW, "do this at once"), (Verdict.NEEDS_APPROVAL, "ask for this")):
        roles: list[Role] = [role for role, found in answers.items() if found is verdict]
        is_news = verdict is Verdict.ALLOW or _is_denied(policy, question, today)
        if roles and is_news:
            who = listed([a_person(role) for role in roles], last="or")
            yield f"{who[0].upper()}{who[1:]} could {could}."


def _is_denied(policy: Policy, question: Question, today: date | None) -> bool:
    return decide(policy, question, today=today).verdict is Verdict.DENY


def as_text(explanation: Explanation) -> str:
    """For a terminal."""
    decision = explanation.decision
    lines = [
        f"{decision.verdict}: {decision.reason}",
        f"Next: {decision.next_step}",
        f"Because of: {', '.join(decision.rules)} (policy {decision.policy_version})",
    ]
    if explanation.matched:
        lines += ["", "Rules that speak about this:"]
        lines += [_matched_line(rule) for rule in explanation.matched]
    if explanation.idle:
        lines += ["", "Rules for this role and action that do not apply here:"]
        lines += [f"  {rule.id}: needs {rule.applies_when}" for rule in explanation.idle]
    if explanation.ways:
        lines += ["", *explanation.ways]
    return "\n".join([*lines, ""])


def _matched_line(rule: Matched) -> str:
    fate = "decides" if rule.decides else "overruled by a stricter one"
    steps = f" [{', '.join(step.role for step in rule.steps)}]" if rule.steps else ""
    return f"  {rule.id}: {rule.verdict}{steps}, {fate}. {rule.reason}"
