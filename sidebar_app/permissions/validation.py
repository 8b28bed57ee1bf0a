"""Faults that no single rule has: rules that overlap, leave gaps, open with more money, or never matter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from sidebar_app.domain.decision import Context
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions.compiled import conditions_of, contexts_for, cuts_of
from sidebar_app.permissions.places import Path
from sidebar_app.permissions.printing import plain
from sidebar_app.permissions.reading import Findings, quoted
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, ActionTerms, Place, Rule
from sidebar_app.permissions.rules import PlacedRule
from sidebar_app.permissions.sentences import STRICTNESS, steps_of, strictest, united
from sidebar_app.permissions.vocabulary import a_person, listed


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


@dataclass
class _Collected:
    """Faults that several roles share are told once, with all of these roles."""

    roles: dict[tuple[str, str], list[Role]] = field(default_factory=dict)

    def add(self, rule: Rule, template: str, role: Role) -> None:
        roles = self.roles.setdefault((rule.id, template), [])
        if role not in roles:
            roles.append(role)

    def report(self, where: Mapping[str, Path], findings: Findings) -> None:
        for (rule_id, template), roles in self.roles.items():
            who = listed([a_person(role) for role in roles])
            findings.add(where[rule_id], template.replace("<who>", who))


def check(
    placed: list[PlacedRule], actions: Mapping[str, ActionTerms], findings: Findings, *, unsure: set[str]
) -> None:
    """Adds every fault the rules have together. About `unsure` actions some rule could not be read, so nothing is
    said that this rule might put right."""
    where = {each.rule.id: each.path for each in placed}
    rules = [each.rule for each in placed]
    collected, deciding = _Collected(), set[str]()
    for line in _lines(rules, actions):
        _check_overlaps(line, where, findings, collected)
        if line.action not in unsure:
            _check_gaps(line, collected)
            _check_rising(line, collected)
        deciding |= _deciding(line)
    collected.report(where, findings)
    for rule in rules:
        if rule.id not in deciding and not unsure.intersection(rule.actions):
            findings.add(where[rule.id], _never(rule))


def _never(rule: Rule) -> str:
    return (
        f"The rule {quoted(rule.id)} never decides anything: no question reaches it, or stricter rules always "
        "answer first."
    )


def check_ids(named: Iterable[tuple[str, Path]], findings: Findings) -> None:
    """Rules and caps share their ids: a decision names both in one list."""
    seen: dict[str, Path] = {}
    for name, path in named:
        if first := seen.get(name):
            findings.add(
                (*path, "id"), f"The id {quoted(name)} is already used on line {findings.line(first)}."
            )
        seen.setdefault(name, path)


def _lines(rules: list[Rule], actions: Mapping[str, ActionTerms]) -> Iterator[_Line]:
    for action in actions:
        for role in REQUESTING_ROLES:
            mine = tuple(rule for rule in rules if action in rule.actions and role in rule.roles)
            places = (JUST_ABOVE_ZERO, *cuts_of(mine))
            for context in contexts_for(conditions_of(mine)):
                yield _Line(role, action, context, mine, places)


def _check_overlaps(
    line: _Line, where: Mapping[str, Path], findings: Findings, collected: _Collected
) -> None:
    """The table says no more than one thing about every measure."""
    for place in line.places:
        table = [rule for rule in line.at(place) if not rule.on_top]
        table.sort(key=lambda rule: findings.line(where[rule.id]))
        for one, other in pairwise(table):
            both = f"The rules {quoted(one.id)} and {quoted(other.id)} overlap"
            collected.add(
                other, f"{both}: both speak about <who> asking for {quoted(line.action)}.", line.role
            )


def _check_gaps(line: _Line, collected: _Collected) -> None:
    """Where the table says anything, it says something about every measure."""
    tables = [[rule for rule in line.at(place) if not rule.on_top] for place in line.places]
    neighbour = next((rule for found in tables for rule in found), None)
    for place, found in zip(line.places, tables, strict=True):
        if found:
            neighbour = found[0]
        elif neighbour:
            sentence = f"There is a gap: no rule speaks about <who> asking for {quoted(line.action)}"
            collected.add(
                neighbour, f"{sentence}{_from(place)}. To forbid it, say so with a rule.", line.role
            )


def _check_rising(line: _Line, collected: _Collected) -> None:
    """More is never easier."""
    before: list[Rule] = []
    for place in line.places:
        found = line.at(place)
        if all(rule.on_top for rule in found):
            continue
        if before and _strictness(found) < _strictness(before):
            opener = next((rule for rule in found if rule.band.start == place), found[0])
            sentence = f"More would be easier: <who> asking for {quoted(line.action)}"
            collected.add(opener, f"{sentence}{_from(place)} meets less than below that.", line.role)
        before = found


def _from(place: Place) -> str:
    """Where on the line, in words."""
    value, above = place
    if place == JUST_ABOVE_ZERO:
        return " from the smallest measure on"
    return f" {'over' if above else 'from'} {plain(value)}{'' if above else ' on'}"


def _strictness(rules: list[Rule]) -> tuple[int, int]:
    deciding = strictest(rules)
    people = sum(step.quorum for step in united(steps_of(deciding)))
    return STRICTNESS[deciding[0].verdict], people


def _deciding(line: _Line) -> set[str]:
    """The rules that some question on this line gets as its reason."""
    found: set[str] = set()
    for place in line.places:
        matching = line.at(place)
        if any(not rule.on_top for rule in matching):
            found |= {rule.id for rule in strictest(matching)}
    return found
