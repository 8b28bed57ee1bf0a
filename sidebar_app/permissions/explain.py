"""Why the policy answers as it does, and what would have to be different for another answer."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sidebar_app.domain.decision import Context, Decision, Question, Step, Verdict
from sidebar_app.permissions.cap_words import Use, consequence, limit_words, used_words, whose
from sidebar_app.permissions.caps import NOTHING_LATELY, Lately
from sidebar_app.permissions.matrix import band_words, describe
from sidebar_app.permissions.policy import Plan, Policy
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, Place, Rule
from sidebar_app.permissions.sentences import filled
from sidebar_app.permissions.vocabulary import MEASURE_INVALID, MEASURE_MISSING, POLICY_ERROR, Measure
from sidebar_app.permissions.ways import Asking, others, ways


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
class Capped:
    """A cap that speaks about this role and action; `is_over` when this question goes beyond it."""

    id: str
    sentence: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """`ways` are sentences: what would make the answer easier, or how far it reaches. `caps` are the limits over
    time that speak about this role and action, and how far they are used where that is known."""

    decision: Decision
    matched: tuple[Matched, ...]
    idle: tuple[Idle, ...]
    ways: tuple[str, ...]
    caps: tuple[Capped, ...]


def explain(
    policy: Policy, question: Question, *, lately: Lately | None = None, today: date | None = None
) -> Explanation:
    """The decision with everything behind it; `lately` is None where nobody in particular asks. Never raises."""
    asking = Asking(policy, question, lately or NOTHING_LATELY, today)
    decision = asking.answer(question)
    plan = policy.index.get((question.role, question.action))
    unanswerable = {MEASURE_INVALID, MEASURE_MISSING, POLICY_ERROR}.intersection(decision.rules)
    if plan is None or unanswerable:
        return Explanation(decision, (), (), () if unanswerable else tuple(others(asking)), ())
    place = _place(plan, question)
    matching = [rule for rule in plan.rules if _speaks(rule, plan, place, question.context)]
    return Explanation(
        decision,
        tuple(_matched(rule, decision, plan, policy) for rule in matching),
        tuple(_idle(rule, plan, place, question.context) for rule in plan.rules if rule not in matching),
        tuple(ways(asking, plan, decision)),
        tuple(_capped(use, policy, is_known=lately is not None) for use in asking.uses()),
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


def _capped(use: Use, policy: Policy, *, is_known: bool) -> Capped:
    cap, limit = use.cap, limit_words(use.cap, policy.settings)
    said = f"More than {limit} by one {whose(cap)}: {consequence(cap)}."
    used = f" {used_words(use, policy.settings)}" if is_known else ""
    return Capped(cap.id, said + used, use.is_over)


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
    if explanation.caps:
        lines += ["", "Limits over time:"]
        lines += [f"  {cap.id}: {cap.sentence}" for cap in explanation.caps]
    if explanation.ways:
        lines += ["", *explanation.ways]
    return "\n".join([*lines, ""])


def _matched_line(rule: Matched) -> str:
    fate = "decides" if rule.decides else "overruled by a stricter one"
    steps = f" [{', '.join(step.role for step in rule.steps)}]" if rule.steps else ""
    return f"  {rule.id}: {rule.verdict}{steps}, {fate}. {rule.reason}"
