"""Faults that no single rule has: rules that overlap, leave gaps, open with more money, or never matter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sidebar_app.domain.decision import Context
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions.compiled import conditions_of, contexts_for, cuts_of
from sidebar_app.permissions.places import Path
from sidebar_app.permissions.printing import plain
from sidebar_app.permissions.reading import Findings, quoted
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, ActionTerms, Place, Rule
from sidebar_app.permissions.rules import PlacedRule
from sidebar_app.permissions.sentences import STRICTNESS, strictest, united
from sidebar_app.permissions.vocabulary import a_person


@dataclass(frozen=True)
class _Line:
    """The measure's line for one role, action and context, and the rules that speak about it."""

    role: Role
    action: str
    context: Context
    rules: tuple[Rule, ...]
    places: tuple[Place, ...]

    def at(self, place: Place) -> list[Rule]:
        return [
            rule
            for rule in self.rules
            if rule.matches(role=self.role, action=self.action, place=place, context=self.context)
        ]

    @property
    def who(self) -> str:
        return f"{a_person(self.role)} asking for {quoted(self.action)}"


def check(placed: list[PlacedRule], actions: Mapping[str, ActionTerms], findings: Findings) -> None:
    """Adds every fault the rules have together."""
    _check_ids(placed, findings)
    where = {each.rule.id: each.path for each in placed}
    rules = [each.rule for each in placed]
    deciding: set[str] = set()
    for line in _lines(rules, actions):
        _check_partition(line, where, findings)
        _check_rising(line, where, findings)
        deciding |= _deciding(line)
    for rule in rules:
        if rule.id not in deciding:
            findings.add(
                where[rule.id],
                f"The rule {quoted(rule.id)} never decides anything: no question reaches it, or stricter "
                "rules always answer first.",
            )


def _check_ids(placed: list[PlacedRule], findings: Findings) -> None:
    seen: dict[str, Path] = {}
    for each in placed:
        if first := seen.get(each.rule.id):
            sentence = f"The id {quoted(each.rule.id)} is already used on line {findings.line(first)}."
            findings.add((*each.path, "id"), sentence)
        seen.setdefault(each.rule.id, each.path)


def _lines(rules: list[Rule], actions: Mapping[str, ActionTerms]) -> Iterator[_Line]:
    for action in actions:
        for role in REQUESTING_ROLES:
            mine = tuple(rule for rule in rules if action in rule.actions and role in rule.roles)
            places = (JUST_ABOVE_ZERO, *cuts_of(mine))
            for context in contexts_for(conditions_of(mine)):
                yield _Line(role, action, context, mine, places)


def _check_partition(line: _Line, where: Mapping[str, Path], findings: Findings) -> None:
    """Where the table says something, it says exactly one thing about every measure."""
    tables = [[rule for rule in line.at(place) if not rule.on_top] for place in line.places]
    if not any(tables):
        return
    for place, matching in zip(line.places, tables, strict=True):
        if len(matching) > 1:
            one, other = sorted(matching, key=lambda rule: findings.line(where[rule.id]))[-2:]
            findings.add(
                where[other.id],
                f"The rules {quoted(one.id)} and {quoted(other.id)} overlap: both speak about {line.who}"
                f"{_from(place)}.",
            )
        if not matching:
            neighbour = next(rule for found in tables for rule in found)
            findings.add(
                where[neighbour.id],
                f"There is a gap: no rule speaks about {line.who}{_from(place)}. If nobody may, say so with "
                "a rule that denies.",
            )


def _from(place: Place) -> str:
    """Where on the line, in words; nothing for an action that is not measured."""
    value, above = place
    if place == JUST_ABOVE_ZERO:
        return ""
    return f" {'over' if above else 'from'} {plain(value)}{' on' if not above else ''}"


def _check_rising(line: _Line, where: Mapping[str, Path], findings: Findings) -> None:
    """More is never easier."""
    before: list[Rule] = []
    for place in line.places:
        found = line.at(place)
        if all(rule.on_top for rule in found):
            continue
        if before and _strictness(found) < _strictness(before):
            rule = next((r for r in found if r.band.start == place), found[0])
            findings.add(
                where[rule.id],
                f"More would be easier: for {line.who}, the answer{_from(place)} is less strict than below.",
            )
        before = found


def _strictness(rules: list[Rule]) -> tuple[int, int]:
    deciding = strictest(rules)
    people = sum(step.quorum for step in united(deciding))
    return STRICTNESS[deciding[0].verdict], people


def _deciding(line: _Line) -> set[str]:
    """The rules that some question on this line gets as its reason."""
    found: set[str] = set()
    for place in line.places:
        matching = line.at(place)
        if any(not rule.on_top for rule in matching):
            found |= {rule.id for rule in strictest(matching)}
    return found
