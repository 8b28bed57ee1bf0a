"""Reading one rule of a policy file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sidebar_app.domain.decision import STEP_ORDER, CustomerMatch, Step, Verdict
from sidebar_app.domain.people import APPROVING_ROLES, REQUESTING_ROLES, Role
from sidebar_app.permissions.places import Path
from sidebar_app.permissions.reading import Table, decimal, quoted
from sidebar_app.permissions.rulebook import WHOLE, ActionTerms, Band, Condition, Edge, Rule
from sidebar_app.permissions.vocabulary import BUILT_IN, Measure

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")
_LOW, _HIGH = ("from", "over"), ("up_to", "below")
_INCLUDED = {"from": True, "over": False, "up_to": True, "below": False}
EDGES = (*_LOW, *_HIGH)
_KEYS = ("id", "actions", "roles", "verdict", "reason", "next_step", "steps", "when", *EDGES)
_MOST_PEOPLE = 10
_WHOLE_PERCENT = 100
_BOOLEANS = ("customer_requested", "multi_year_contract")
_COUNT, _MATCH = "recent_refund_count", "customer_match"


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule and where its table stands."""

    rule: Rule
    path: Path


def read_rule(
    table: Table, measured: Mapping[str, ActionTerms], declared: list[str], *, on_top: bool
) -> PlacedRule | None:
    """The rule, or None when what it does could not be read; every fault is noted.

    A rule whose name or sentences alone are wrong still takes part in the checks of rules against each other.
    """
    name = read_id(table)
    before = len(table.findings.faults)
    table.only(_KEYS)
    actions = table.choices("actions", declared, word="action") if declared else []
    roles = read_roles(table)
    verdict = table.choice("verdict", Verdict, word="verdict")
    if on_top and verdict == Verdict.ALLOW:
        table.fault("verdict", "A rule on top only tightens: it needs approval or denies, and never allows.")
    band = _band(table, [measured[a] for a in actions if a in measured])
    when, steps = _when(table), read_steps(table, verdict)
    if not on_top and any(condition.key == _COUNT for condition in when):
        table.fault("when", f"{quoted(_COUNT)} only tightens, so it belongs to a rule on top.")
    is_understood = len(table.findings.faults) == before and bool(actions and roles)
    reason, next_step = table.text("reason") or "", read_next_step(table, verdict)
    check_placeholders(table, EDGES, word="an edge of this rule")
    if not is_understood or verdict is None:
        return None
    rule = Rule(
        id=name or f"on line {table.findings.line(table.path)}",
        actions=tuple(actions),
        roles=roles,
        verdict=Verdict(verdict),
        reason=reason,
        band=band,
        when=when,
        steps=steps,
        next_step=next_step,
        on_top=on_top,
    )
    return PlacedRule(rule, table.path)


def read_id(table: Table, *, kind: str = "rule") -> str | None:
    name = table.text("id")
    if name:
        table.name = f"The {kind} {quoted(name)}"
        if not _ID.fullmatch(name) or name in BUILT_IN:
            table.fault("id", "An id is lower-case words joined by hyphens, and none of the built-in ones.")
    return name


def read_roles(table: Table) -> tuple[Role, ...]:
    names = table.choices("roles", Role, word="role")
    for name in names:
        if name not in REQUESTING_ROLES:
            table.fault("roles", f"{quoted(name)} decides or reads, but never asks for an action.")
    return tuple(Role(name) for name in names)


def _band(table: Table, actions: list[ActionTerms]) -> Band:
    given = [key for key in EDGES if key in table.values]
    if not given:
        return WHOLE
    measures = {terms.measure for terms in actions}
    if measures & {Measure.NONE} or len(measures) > 1:
        table.fault(given[0], f"{quoted(given[0])} needs actions that are all measured by the same thing.")
        return WHOLE
    low, high = _edge(table, _LOW, measures), _edge(table, _HIGH, measures)
    band = Band(low, high, whole=Measure.DAYS in measures)
    if band.end is not None and band.start >= band.end:
        table.fault(given[0], "This band holds no value at all.")
        return WHOLE
    return band


def _edge(table: Table, keys: tuple[str, str], measures: set[Measure]) -> Edge | None:
    given = [key for key in keys if key in table.values]
    if len(given) > 1:
        table.fault(given[1], f"Use either {quoted(keys[0])} or {quoted(keys[1])}, not both.")
    if not given:
        return None
    value = _edge_value(table, given[0], measures)
    return None if value is None else Edge(value, _INCLUDED[given[0]])


def _edge_value(table: Table, key: str, measures: set[Measure]) -> Decimal | None:
    value = decimal(table.values[key])
    if value is None or value == 0:
        table.fault(key, f'{quoted(key)} must be a positive number; decimals in quotes, such as "99.50".')
        return None
    if Measure.DAYS in measures and value != value.to_integral_value():
        table.fault(key, "Days are whole.")
        return None
    if Measure.PERCENT in measures and value > 100:
        table.fault(key, "A percentage ends at 100.")
        return None
    if Measure.PERCENT in measures and key == "over" and value == _WHOLE_PERCENT:
        table.fault(key, "No percentage is over 100.")
        return None
    return value


def read_steps(table: Table, verdict: str | None) -> tuple[Step, ...]:
    if verdict != Verdict.NEEDS_APPROVAL:
        if "steps" in table.values:
            table.fault("steps", f"Only what needs approval has steps; this one says {verdict}.")
        return ()
    tables = table.tables("steps", name="A step")
    if not tables:
        table.fault("steps", f"{table.name} needs approval, so it needs steps.")
    steps = [step for each in tables if (step := _step(each))]
    order = [STEP_ORDER.index(step.role) for step in steps]
    if len(set(order)) < len(order):
        table.fault("steps", "A role stands in two steps; ask several people of one role with a quorum.")
    elif sorted(order) != order:
        table.fault("steps", f"Steps are asked in the order {', '.join(STEP_ORDER)}; write them so.")
    return tuple(steps)


def _step(table: Table) -> Step | None:
    table.only(("role", "quorum"))
    name = table.choice("role", Role, word="role")
    quorum = table.number("quorum", at_least=1) if "quorum" in table.values else 1
    if quorum is not None and quorum > _MOST_PEOPLE:
        table.fault("quorum", f"No more than {_MOST_PEOPLE} people can be asked in one step.")
    if name is None or quorum is None:
        return None
    if name not in APPROVING_ROLES:
        table.fault("role", f"Nobody could fill this step: {quoted(name)} never approves.")
        return None
    return Step(Role(name), quorum)


def read_next_step(table: Table, verdict: str | None) -> str:
    if verdict == Verdict.DENY or "next_step" in table.values:
        return table.text("next_step") or ""
    return ""


def check_placeholders(table: Table, known: tuple[str, ...], *, word: str) -> None:
    """{from}, {amount} and so on stand for the table's own numbers, and for nothing else."""
    given = {key for key in known if key in table.values}
    for key in ("reason", "next_step"):
        text = table.values.get(key)
        for match in _PLACEHOLDER.finditer(text) if isinstance(text, str) else ():
            if match[1] not in given:
                table.fault(key, f"{quoted(match[0])} in a sentence must name {word}.")


def _when(table: Table) -> tuple[Condition, ...]:
    if "when" not in table.values:
        return ()
    when = table.table("when")
    if when is None:
        return ()
    when.name = "“when”"
    when.only((*_BOOLEANS, _COUNT, _MATCH))
    found = [_condition(when, key) for key in sorted(when.values)]
    return tuple(condition for condition in found if condition)


def _condition(when: Table, key: str) -> Condition | None:
    value = when.values[key]
    if key in _BOOLEANS:
        if isinstance(value, bool):
            return Condition(key, value)
        when.fault(key, f"{quoted(key)} is true or false.")
    elif key == _COUNT and (count := when.table(key)):
        count.only(("at_least",))
        at_least = count.number("at_least", at_least=1)
        return None if at_least is None else Condition(key, at_least)
    elif key == _MATCH and (names := when.choices(key, CustomerMatch, word="match")):
        return Condition(key, tuple(CustomerMatch(name) for name in sorted(names)))
    return None
