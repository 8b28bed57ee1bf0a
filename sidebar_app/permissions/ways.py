"""What would have to be different for another answer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sidebar_app.domain.decision import Context, CustomerMatch, Decision, Question, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions.cap_words import Use
from sidebar_app.permissions.caps import Lately, capped, left, uses
from sidebar_app.permissions.decide import decide
from sidebar_app.permissions.matrix import band_words
from sidebar_app.permissions.policy import Plan, Policy
from sidebar_app.permissions.reach import largest_at_once, last_allowed
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO
from sidebar_app.permissions.sentences import STRICTNESS
from sidebar_app.permissions.vocabulary import RATE_MISSING, RATE_STALE, Measure, a_person, listed


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, and everything needed to ask another one like it."""

    policy: Policy
    question: Question
    lately: Lately
    today: date | None

    def answer(self, question: Question) -> Decision:
        decision = decide(self.policy, question, today=self.today)
        return capped(self.policy, question, decision, self.lately, today=self.today)

    def uses(self) -> Iterator[Use]:
        return uses(self.policy, self.question, self.lately, today=self.today)

    def limit(self, plan: Plan) -> Money | None:
        """The largest amount that rules and caps let run at once; None without a limit or with nothing left."""
        assert self.question.amount is not None
        currency, context = self.question.amount.currency, self.question.context
        by_rules = largest_at_once(plan, currency=currency, context=context)
        by_caps = left(self.policy, self.question, self.lately, today=self.today)
        if by_caps is not None and not by_caps:
            return None
        return min(filter(None, (by_rules, by_caps)), default=None)


def ways(asking: Asking, plan: Plan, decision: Decision) -> Iterator[str]:
    """Sentences: what would make the decision easier, or how far it reaches."""
    if decision.rules[0] in (RATE_MISSING, RATE_STALE):
        yield "With a fresh reference rate for its currency in the policy, this would run at once."
    elif decision.verdict is Verdict.ALLOW:
        yield from _headroom(asking, plan)
    else:
        yield from _less(asking, plan)
        yield from _circumstances(asking, decision)
        yield from _later(asking)
    if decision.verdict is not Verdict.ALLOW:
        yield from others(asking)


def _headroom(asking: Asking, plan: Plan) -> Iterator[str]:
    question = asking.question
    if plan.terms.measure is Measure.AMOUNT:
        if limit := asking.limit(plan):
            yield f"Up to {limit} runs at once."
    elif plan.terms.measure is Measure.DAYS:
        days = last_allowed(plan, plan.day_starts, question.context)
        if days:
            yield f"Up to {days} days run at once."


def _less(asking: Asking, plan: Plan) -> Iterator[str]:
    """How much less would run at once."""
    question, measure = asking.question, plan.terms.measure
    context = question.context
    if not _runs(plan, context):
        return
    if measure is Measure.AMOUNT and question.amount:
        limit = asking.limit(plan)
        if limit and limit < question.amount and _runs_at_once(asking, replace(question, amount=limit)):
            yield f"{question.amount - limit} less would need no approval: up to {limit} runs at once."
    elif measure is Measure.DAYS and question.days:
        days = last_allowed(plan, plan.day_starts, context) or 0
        less = question.days - days
        yield f"{less} day{'s' * (less != 1)} less would need no approval: up to {days} run at once."
    elif measure is Measure.PERCENT:
        first = next(cut for cut in plan.cuts if plan.at(cut, context).verdict is not Verdict.ALLOW)
        yield f"A discount {band_words(JUST_ABOVE_ZERO, first, measure)} would need no approval."


def _runs_at_once(asking: Asking, question: Question) -> bool:
    return asking.answer(question).verdict is Verdict.ALLOW


def _later(asking: Asking) -> Iterator[str]:
    for words in dict.fromkeys(use.cap.per.words for use in asking.uses() if use.is_over):
        yield f"What was asked for more than {words} ago no longer counts."


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


def _circumstances(asking: Asking, decision: Decision) -> Iterator[str]:
    for key, value, phrase in _EASIER:
        changed: dict[str, Any] = {key: value}
        context = replace(asking.question.context, **changed)
        other = asking.answer(replace(asking.question, context=context))
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


def others(asking: Asking) -> Iterator[str]:
    """Who else could do it, or at least ask for it; their own caps apart."""
    policy, question, today = asking.policy, asking.question, asking.today
    answers = {
        role: decide(policy, replace(question, role=role), today=today).verdict
        for role in REQUESTING_ROLES
        if role != question.role
    }
    is_denied = asking.answer(question).verdict is Verdict.DENY
    for verdict, could in ((Verdict.ALLOW, "do this at once"), (Verdict.NEEDS_APPROVAL, "ask for this")):
        roles: list[Role] = [role for role, found in answers.items() if found is verdict]
        if roles and (verdict is Verdict.ALLOW or is_denied):
            who = listed([a_person(role) for role in roles], last="or")
            yield f"{who[0].upper()}{who[1:]} could {could}."
