"""Limits over time: what one person asked for lately counts with what they ask for now, and only tightens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sidebar_app.domain.decision import Decision, Question, Verdict
from sidebar_app.domain.money import MINOR_DIGITS, Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.tally import Tally
from sidebar_app.permissions.cap_words import Use, cap_filled, over_cap
from sidebar_app.permissions.policy import Policy
from sidebar_app.permissions.rulebook import Cap, Period, Rulebook
from sidebar_app.permissions.sentences import STRICTNESS, ask_for_approval, policy_error, united

# What the person asked for in each period, this question not included.
Lately = Mapping[Period, Sequence[Tally]]
NOTHING_LATELY: Lately = {}


def capped(
    policy: Policy, question: Question, decision: Decision, lately: Lately, *, today: date | None = None
) -> Decision:
    """The decision, tightened by every cap this question would go beyond. Never raises: an error is a deny with
    the rule `policy-error`."""
    if decision.verdict is Verdict.DENY or not policy.book.caps:
        return decision
    try:
        passed = [use for use in uses(policy, question, lately, today=today) if use.is_over]
        return _tightened(policy, question, decision, passed) if passed else decision
    except Exception:  # noqa: BLE001 - an error while deciding must never open anything
        return policy_error(policy.version)


def uses(policy: Policy, question: Question, lately: Lately, *, today: date | None = None) -> Iterator[Use]:
    """Every cap that speaks about this role and action, with this question counted."""
    this = Tally(question.action, 1, question.amount)
    for cap in caps_for(policy.book, role=question.role, action=question.action):
        counted = [tally for tally in (*lately.get(cap.per, ()), this) if tally.action in cap.actions]
        worth = _worth(policy.book, counted, today) if cap.amount is not None else Fraction(0)
        yield Use(cap, sum(tally.count for tally in counted), worth)


def caps_for(book: Rulebook, *, role: str, action: str) -> tuple[Cap, ...]:
    return tuple(cap for cap in book.caps if action in cap.actions and role in cap.roles)


def _worth(book: Rulebook, tallies: Sequence[Tally], today: date | None) -> Fraction | None:
    amounts = [tally.total for tally in tallies if tally.total]
    units = [unit_worth(book, amount.currency, today) for amount in amounts]
    if None in units:
        return None
    return sum(
        (amount.minor * unit for amount, unit in zip(amounts, units, strict=True) if unit), Fraction(0)
    )


def unit_worth(book: Rulebook, currency: str, today: date | None) -> Fraction | None:
    """What one minor unit is worth in the policy's currency, exactly; None without a rate that is fresh."""
    home = currency == book.settings.currency
    rate = Decimal(1) if home else book.rates.worth.get(currency)
    is_stale = not home and today is not None and book.rates.are_stale(today)
    if rate is None or is_stale or currency not in MINOR_DIGITS:
        return None
    return Fraction(rate) / Fraction(10) ** MINOR_DIGITS[currency]


def left(policy: Policy, question: Question, lately: Lately, *, today: date | None = None) -> Money | None:
    """The largest amount, in the question's currency, with which it stays within every cap; None when none limits
    it, zero when nothing is left."""
    amount = question.amount
    if amount is None:
        return None
    zero = replace(question, amount=Money.zero(amount.currency))
    unit = unit_worth(policy.book, amount.currency, today)
    rooms = [
        0
        if use.worth is None or unit is None or use.is_over
        else int((Fraction(use.cap.amount) - use.worth) / unit)
        for use in uses(policy, zero, lately, today=today)
        if use.cap.amount is not None
    ]
    return Money(min(rooms), amount.currency) if rooms else None


def _tightened(policy: Policy, question: Question, decision: Decision, passed: list[Use]) -> Decision:
    """The strictest of rules and caps decide together: their ids, sentences and steps are united."""
    verdict = max((decision.verdict, *(use.cap.verdict for use in passed)), key=STRICTNESS.__getitem__)
    deciding = [use for use in passed if use.cap.verdict is verdict]
    if not deciding:
        return decision
    rules = decision if decision.verdict is verdict else replace(decision, rules=(), reason="", steps=())
    steps = united((*rules.steps, *(step for use in deciding for step in use.cap.steps)))
    within = policy.settings.answer_within
    reasons = [rules.reason, *(sentence for use in deciding for sentence in over_cap(use, policy.settings))]
    told = next((use.cap for use in deciding if use.cap.next_step), None)
    return Decision(
        verdict=verdict,
        rules=(*rules.rules, *(use.cap.id for use in deciding)),
        reason=" ".join(dict.fromkeys(filter(None, reasons))),
        next_step=cap_filled(told.next_step, told, policy.settings)
        if told
        else ask_for_approval(steps, role=Role(question.role), within=within),
        policy_version=decision.policy_version,
        steps=steps,
    )
