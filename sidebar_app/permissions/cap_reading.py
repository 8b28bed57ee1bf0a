"""Reading the caps of a policy file, and what is wrong with them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sidebar_app.domain.decision import Step, Verdict
from sidebar_app.permissions.cap_words import PLACEHOLDERS
from sidebar_app.permissions.places import Path
from sidebar_app.permissions.reading import Findings, Table, decimal, quoted
from sidebar_app.permissions.rulebook import ActionTerms, Cap, Period, Rule
from sidebar_app.permissions.rules import (
    check_placeholders,
    read_id,
    read_next_step,
    read_roles,
    read_steps,
)
from sidebar_app.permissions.sentences import STRICTNESS
from sidebar_app.permissions.vocabulary import Measure

_KEYS = ("id", "actions", "roles", "per", "amount", "count", "verdict", "steps", "reason", "next_step")


@dataclass(frozen=True, slots=True)
class PlacedCap:
    """A cap and where its table stands."""

    cap: Cap
    path: Path


def read_cap(table: Table, measured: Mapping[str, ActionTerms], declared: list[str]) -> PlacedCap | None:
    """The cap, or None when what it does could not be read; every fault is noted."""
    name = read_id(table, kind="cap")
    before = len(table.findings.faults)
    table.only(_KEYS)
    actions = table.choices("actions", declared, word="action") if declared else []
    roles = read_roles(table)
    per = table.choice("per", Period, word="period")
    amount, count = _amount(table, actions, measured), _count(table)
    if not {"amount", "count"} & table.values.keys():
        table.fault("", f"{table.name} limits nothing: give it an “amount”, a “count” or both.")
    verdict = table.choice("verdict", Verdict, word="verdict")
    if verdict == Verdict.ALLOW:
        table.fault("verdict", "A cap only tightens: beyond it needs approval or is denied, never allowed.")
    steps = read_steps(table, verdict)
    is_understood = len(table.findings.faults) == before and bool(actions and roles)
    reason, next_step = table.text("reason") or "", read_next_step(table, verdict)
    check_placeholders(table, PLACEHOLDERS, word="“amount”, “count” or “per” of this cap")
    if not is_understood or verdict is None or per is None:
        return None
    cap = Cap(
        id=name or f"on line {table.findings.line(table.path)}",
        actions=tuple(actions),
        roles=roles,
        per=Period(per),
        verdict=Verdict(verdict),
        reason=reason,
        amount=amount,
        count=count,
        steps=steps,
        next_step=next_step,
    )
    return PlacedCap(cap, table.path)


def _amount(table: Table, actions: list[str], measured: Mapping[str, ActionTerms]) -> Decimal | None:
    if "amount" not in table.values:
        return None
    without = [a for a in actions if a in measured and measured[a].measure is not Measure.AMOUNT]
    if without:
        table.fault("amount", f"{quoted(without[0])} has no amount to add up; limit it by “count”.")
    value = decimal(table.values["amount"])
    if not value:
        table.fault("amount", '“amount” must be a positive number; decimals in quotes, such as "99.50".')
    return value or None


def _count(table: Table) -> int | None:
    return table.number("count", at_least=1) if "count" in table.values else None


def check_caps(
    placed: list[PlacedCap], rules: Sequence[Rule], findings: Findings, *, unsure: set[str]
) -> None:
    """Adds a fault for every cap that never matters. About `unsure` actions some rule could not be read."""
    for number, each in enumerate(placed):
        if not unsure.intersection(each.cap.actions) and not _is_reached(each.cap, rules):
            sentence = f"The cap {quoted(each.cap.id)} never decides anything: what it speaks about is denied anyway."
            findings.add(each.path, sentence)
        earlier = [other.cap for other in placed[:number]]
        later = [other.cap for other in placed[number + 1 :] if not _is_covered(other.cap, each.cap)]
        if stricter := next((cap for cap in (*earlier, *later) if _is_covered(each.cap, cap)), None):
            why = f"{quoted(stricter.id)} is reached first and is no easier"
            findings.add(each.path, f"The cap {quoted(each.cap.id)} never matters: {why}.")


def _is_reached(cap: Cap, rules: Sequence[Rule]) -> bool:
    """Some role may do some action of the cap in some case."""
    return any(
        rule.verdict is not Verdict.DENY
        for rule in rules
        if not rule.on_top and {*rule.actions} & {*cap.actions} and {*rule.roles} & {*cap.roles}
    )


def _is_covered(cap: Cap, other: Cap) -> bool:
    """Whenever `cap` is passed so is `other`, which asks at least as much."""
    wider = {*cap.actions} <= {*other.actions} and {*cap.roles} <= {*other.roles}
    longer = cap.per.span <= other.per.span
    lower = _reached_first(cap.amount, other.amount) and _reached_first(cap.count, other.count)
    return wider and longer and lower and _asks_as_much(cap, other)


def _reached_first(limit: Decimal | int | None, other: Decimal | int | None) -> bool:
    return limit is None or (other is not None and other <= limit)


def _asks_as_much(cap: Cap, other: Cap) -> bool:
    if STRICTNESS[cap.verdict] != STRICTNESS[other.verdict]:
        return STRICTNESS[cap.verdict] < STRICTNESS[other.verdict]
    return all(any(_covers(asked, step) for asked in other.steps) for step in cap.steps)


def _covers(asked: Step, step: Step) -> bool:
    return asked.role is step.role and asked.quorum >= step.quorum
