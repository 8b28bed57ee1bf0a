"""A policy turned into tables, so that a question is answered by looking up and not by reading rules.

For every role and action the measure's line is cut where any rule begins or ends, and every combination of
the conditions that matter there is decided beforehand. What is left for a question: find the band by
bisection, collect one bit per condition, take the ready decision.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import product

from sidebar_app.domain.decision import Context, CustomerMatch, Decision
from sidebar_app.domain.money import MINOR_DIGITS
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions.policy import Plan, RateState, Test
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, ActionTerms, Condition, Place, Rule, Rulebook
from sidebar_app.permissions.sentences import answer, unlisted
from sidebar_app.permissions.vocabulary import Measure

Index = Mapping[tuple[str, str], Plan]


def compile_book(book: Rulebook, version: str) -> Index:
    """The plans of every role that has at least one table rule for an action; for all else nothing is said."""
    units = _units(book)
    index = {}
    for terms in book.actions:
        for role in REQUESTING_ROLES:
            rules = tuple(r for r in book.rules if terms.name in r.actions and role in r.roles)
            if any(not rule.on_top for rule in rules):
                index[str(role), terms.name] = _plan(role, terms, rules, units, book, version)
    return index


def _plan(
    role: Role,
    terms: ActionTerms,
    rules: tuple[Rule, ...],
    units: Mapping[str, tuple[Fraction, RateState]],
    book: Rulebook,
    version: str,
) -> Plan:
    cuts = cuts_of(rules)
    conditions = conditions_of(rules)
    tests = tuple((1 << n, _test(condition)) for n, condition in enumerate(conditions))
    places = (JUST_ABOVE_ZERO, *cuts)
    cells = tuple(_cell(role, terms, rules, place, conditions, book, version) for place in places)
    starts = {
        currency: (tuple(_first_whole(cut, unit) for cut in cuts), state)
        for currency, (unit, state) in units.items()
        if terms.measure is Measure.AMOUNT
    }
    days = tuple(_first_whole(cut, Fraction(1)) for cut in cuts)
    return Plan(role, terms, cuts, starts, days, conditions, tests, cells, rules)


def cuts_of(rules: tuple[Rule, ...]) -> tuple[Place, ...]:
    """Every place above zero where some rule begins or ends, rising."""
    ends = {end for rule in rules for end in (rule.band.start, rule.band.end) if end}
    return tuple(sorted(end for end in ends if end > JUST_ABOVE_ZERO))


def conditions_of(rules: tuple[Rule, ...]) -> tuple[Condition, ...]:
    found = {condition: None for rule in rules for condition in rule.when}
    return tuple(sorted(found, key=lambda condition: (condition.key, str(condition.value))))


def contexts_for(conditions: tuple[Condition, ...]) -> Iterator[Context]:
    """One context for every way in which these conditions can hold or fail together."""
    keys = {condition.key for condition in conditions}
    both = (False, True)
    counts = {c.value for c in conditions if type(c.value) is int}
    for requested, multi_year, match, count in product(
        both if "customer_requested" in keys else (False,),
        both if "multi_year_contract" in keys else (False,),
        CustomerMatch if "customer_match" in keys else (CustomerMatch.EMAIL,),
        sorted({0, *counts}),
    ):
        yield Context(
            customer_requested=requested,
            multi_year_contract=multi_year,
            recent_refund_count=count,
            customer_match=match,
        )


def _cell(
    role: Role,
    terms: ActionTerms,
    rules: tuple[Rule, ...],
    place: Place,
    conditions: tuple[Condition, ...],
    book: Rulebook,
    version: str,
) -> Mapping[int, Decision]:
    """The decisions of one band, by the conditions' bits."""
    cell = {}
    for context in contexts_for(conditions):
        bits = sum(1 << n for n, condition in enumerate(conditions) if condition.holds(context))
        if bits not in cell:
            cell[bits] = _decision(role, terms, rules, place, context, book, version)
    return cell


def _decision(
    role: Role,
    terms: ActionTerms,
    rules: tuple[Rule, ...],
    place: Place,
    context: Context,
    book: Rulebook,
    version: str,
) -> Decision:
    matching = [r for r in rules if r.matches(role=role, action=terms.name, place=place, context=context)]
    if all(rule.on_top for rule in matching):
        return unlisted(role, terms.name, able=[], version=version)
    return answer(matching, role=role, measure=terms.measure, settings=book.settings, version=version)


def _test(condition: Condition) -> Test:
    """Looks an answer up, so that a value that cannot be is an error and never a quiet no."""
    key, value = condition.key, condition.value
    if isinstance(value, tuple):
        accepted = {match: match in value for match in CustomerMatch}
        return lambda context: accepted[context.customer_match]
    if isinstance(value, bool):
        wanted = {True: value, False: not value}
        if key == "customer_requested":
            return lambda context: wanted[context.customer_requested]
        return lambda context: wanted[context.multi_year_contract]
    return lambda context: context.recent_refund_count >= value


def _units(book: Rulebook) -> dict[str, tuple[Fraction, RateState]]:
    """What one minor unit of each currency is worth in the policy's currency, exactly.

    A currency without a rate is measured as if one unit of it were one of ours, so that more of it is never
    easier; its amounts never run at once anyway.
    """
    home, worth = book.settings.currency, book.rates.worth
    found = {}
    for currency, digits in MINOR_DIGITS.items():
        rate = Decimal(1) if currency == home else worth.get(currency)
        state = RateState.HOME if currency == home else RateState.RATED if rate else RateState.MISSING
        found[currency] = (Fraction(rate or 1) / 10**digits, state)
    return found


def _first_whole(place: Place, unit: Fraction) -> int:
    """The smallest whole number of units that is at or beyond the place."""
    value, above = place
    exact = Fraction(value) / unit
    return exact.__floor__() + 1 if above else exact.__ceil__()
