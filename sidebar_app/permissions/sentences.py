"""What a decision says to the person who asked: why, and what to do next."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from sidebar_app.domain.decision import STEP_ORDER, Decision, Step, Verdict
from sidebar_app.domain.money import Money, minor_digits
from sidebar_app.domain.people import REQUESTING_ROLES, ROLE_NAMES, Role
from sidebar_app.permissions.rulebook import Edge, Rule, Settings
from sidebar_app.permissions.vocabulary import (
    ACTION_WORDS,
    MEASURE_INVALID,
    MEASURE_MISSING,
    NOT_LISTED,
    POLICY_ERROR,
    RATE_MISSING,
    RATE_STALE,
    Measure,
    a_person,
    listed,
)

_PLACEHOLDER = re.compile(r"\{(from|over|up_to|below)\}")
STRICTNESS = {Verdict.ALLOW: 0, Verdict.NEEDS_APPROVAL: 1, Verdict.DENY: 2}
RUNS_AT_ONCE = "It runs at once."
_MANAGER = (Step(Role.MANAGER),)


def strictest(rules: list[Rule]) -> list[Rule]:
    """The rules that decide, most telling first: those that ask the most people, then the most senior."""
    worst = max(STRICTNESS[rule.verdict] for rule in rules)
    return sorted((rule for rule in rules if STRICTNESS[rule.verdict] == worst), key=_telling)


def _telling(rule: Rule) -> tuple[int, int, bool, str]:
    people = sum(step.quorum for step in rule.steps)
    seniority = max((STEP_ORDER.index(step.role) for step in rule.steps), default=0)
    return (-people, -seniority, rule.on_top, rule.id)


def united(steps: Iterable[Step]) -> tuple[Step, ...]:
    """One step per role with the largest quorum, in the order they are asked."""
    quorum: dict[Role, int] = {}
    for step in steps:
        quorum[step.role] = max(step.quorum, quorum.get(step.role, 0))
    return tuple(Step(role, quorum[role]) for role in STEP_ORDER if role in quorum)


def steps_of(rules: Iterable[Rule]) -> Iterator[Step]:
    return (step for rule in rules for step in rule.steps)


def answer(
    matching: list[Rule], *, role: Role, measure: Measure, settings: Settings, version: str
) -> Decision:
    """What the matching rules say together; there is at least one."""
    rules = strictest(matching)
    verdict = rules[0].verdict
    steps = united(steps_of(rules))
    reasons = dict.fromkeys(filled(rule.reason, rule, measure, settings) for rule in rules)
    told = next((rule for rule in rules if rule.next_step), None)
    if told:
        next_step = filled(told.next_step, told, measure, settings)
    elif verdict is Verdict.ALLOW:
        next_step = RUNS_AT_ONCE
    else:
        next_step = ask_for_approval(steps, role=role, within=settings.answer_within)
    ids = tuple(rule.id for rule in rules)
    return Decision(verdict, ids, " ".join(reasons), next_step, version, steps)


def filled(sentence: str, rule: Rule, measure: Measure, settings: Settings) -> str:
    """The sentence with the rule's own edges in place of {from}, {over}, {up_to} and {below}."""

    def edge(match: re.Match[str]) -> str:
        end = rule.band.low if match[1] in ("from", "over") else rule.band.high
        return in_words(end, measure, settings.currency) if end else match[0]

    return _PLACEHOLDER.sub(edge, sentence)


def in_words(edge: Edge, measure: Measure, currency: str) -> str:
    """ "$500.00", "15%", "14 days"."""
    if measure is Measure.AMOUNT:
        minor = edge.value.scaleb(minor_digits(currency))
        if minor == minor.to_integral_value():
            return str(Money(int(minor), currency))
        return f"{edge.value} {currency}"
    number = f"{edge.value:f}"
    if measure is Measure.PERCENT:
        return f"{number}%"
    return f"{number} day" if edge.value == Decimal(1) else f"{number} days"


def ask_for_approval(steps: tuple[Step, ...], *, role: Role, within: timedelta) -> str:
    who = [a_person(s.role, other=s.role is role, count=s.quorum) for s in steps]
    verb = "decides" if len(steps) == 1 and steps[0].quorum == 1 else "decide"
    hours = int(within.total_seconds()) // 3600
    return f"Ask for approval: {', then '.join(who)} {verb} within {hours} hour{'s' * (hours != 1)}."


def unlisted(role: str, action: str, *, able: Iterable[Role], version: str) -> Decision:
    """Nothing said means no. Names that are not ours are not repeated: anything could stand in them."""
    if action not in ACTION_WORDS:
        reason, next_step = "The policy knows no such action.", "Choose one of the actions the panel offers."
    elif role not in REQUESTING_ROLES:
        known = role in set(Role)
        who = f"The role {ROLE_NAMES[Role(role)]} does not" if known else "An unknown role does not"
        reason = f"{who} ask for billing actions."
        next_step = "Ask an agent to do it, or an administrator for another role."
    else:
        reason = f"The policy does not let {a_person(Role(role))} {ACTION_WORDS[action]}."
        names = listed([a_person(other) for other in able], last="or")
        next_step = f"Hand the ticket to {names}." if names else "Ask an administrator whether it should."
    return Decision(Verdict.DENY, (NOT_LISTED,), reason, next_step, version)


_MEASURE_WORDS = {
    Measure.AMOUNT: "an amount",
    Measure.PERCENT: "a percentage",
    Measure.DAYS: "a number of days",
}


def measure_missing(measure: Measure, version: str) -> Decision:
    what = _MEASURE_WORDS[measure]
    currency = " and its currency" if measure is Measure.AMOUNT else ""
    return Decision(
        Verdict.DENY,
        (MEASURE_MISSING,),
        f"This cannot be decided without {what}{currency}.",
        f"Say {what}{currency}, and ask again.",
        version,
    )


def measure_invalid(measure: Measure, version: str) -> Decision:
    what = _MEASURE_WORDS[measure]
    most = " and no more than 100" if measure is Measure.PERCENT else ""
    return Decision(
        Verdict.DENY,
        (MEASURE_INVALID,),
        f"This needs {what} above zero{most}.",
        "Correct it, and ask again.",
        version,
    )


def currency_unknown(version: str) -> Decision:
    reason = "This service does not know that currency well enough to move money in it."
    next_step = "Hand the ticket to a billing specialist; it has to be done in the billing system itself."
    return Decision(Verdict.DENY, (MEASURE_INVALID,), reason, next_step, version)


def policy_error(version: str) -> Decision:
    reason = "The policy could not be asked because of an error, and then the answer is no."
    next_step = "Ask again; if it stays so, tell your administrator."
    return Decision(Verdict.DENY, (POLICY_ERROR,), reason, next_step, version)


def checked_by_manager(
    allowed: Decision, currency: str, *, stale: bool, role: Role, within: timedelta
) -> Decision:
    """What would run at once, were the amount's worth known for sure."""
    problem = "The reference rates are out of date" if stale else f"There is no reference rate for {currency}"
    return Decision(
        Verdict.NEEDS_APPROVAL,
        (RATE_STALE if stale else RATE_MISSING, *allowed.rules),
        f"{problem}, so a manager looks at amounts in {currency}.",
        ask_for_approval(_MANAGER, role=role, within=within),
        allowed.policy_version,
        _MANAGER,
    )
