"""What two policies answer differently, in words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sidebar_app.domain.decision import Context, Decision, Verdict
from sidebar_app.domain.people import REQUESTING_ROLES, ROLE_NAMES, Role
from sidebar_app.permissions.cap_words import consequence, limit_words, whose
from sidebar_app.permissions.compiled import conditions_of, contexts_for
from sidebar_app.permissions.matrix import band_words
from sidebar_app.permissions.policy import Plan, Policy
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, Cap, Place, Rule, Settings
from sidebar_app.permissions.sentences import STRICTNESS
from sidebar_app.permissions.vocabulary import Measure, listed

_DEFAULT = Context()
_TIMES = ("answer_within", "remind_after", "escalate_after", "expire_after", "run_within")


def differences(old: Policy, new: Policy) -> list[str]:
    """Sentences, effects on people first; empty when both policies say the same."""
    if old.version == new.version:
        return []
    caps = _caps(old, new)
    settings = _settings(old.settings, new.settings)
    return [*_effects(old, new), *caps, *settings, *_rates(old, new), *_named(old.book.rules, new.book.rules)]


def _effects(old: Policy, new: Policy) -> Iterator[str]:
    """One sentence per change of answer, with all the roles it concerns."""
    names = dict.fromkeys(terms.name for policy in (old, new) for terms in policy.book.actions)
    for action in names:
        by_change: dict[str, list[Role]] = {}
        for role in REQUESTING_ROLES:
            for change in _changes(old.index.get((role, action)), new.index.get((role, action))):
                by_change.setdefault(change, []).append(role)
        for change, roles in by_change.items():
            yield f"{action} by {listed([ROLE_NAMES[role] for role in roles])}: {change}."


def _changes(old: Plan | None, new: Plan | None) -> list[str]:
    plans = [plan for plan in (old, new) if plan]
    if not plans:
        return []
    if len({plan.terms for plan in plans}) > 1:
        return ["is measured differently"]
    rules = tuple(rule for plan in plans for rule in plan.rules)
    places = [JUST_ABOVE_ZERO, *sorted({cut for plan in plans for cut in plan.cuts})]
    usual = _along(old, new, places, plans[0].terms.measure, _DEFAULT)
    found = list(usual)
    for context in contexts_for(conditions_of(rules)):
        if len(unusual := _unusual(context)) == 1:
            special = _along(old, new, places, plans[0].terms.measure, context)
            found += [f"with {unusual[0]}, {change}" for change in special if change not in usual]
    return found


def _unusual(context: Context) -> list[str]:
    """What in this context is not the default."""
    fields = ("customer_requested", "multi_year_contract", "recent_refund_count", "customer_match")
    values = (
        (name, getattr(context, name)) for name in fields if getattr(context, name) != getattr(_DEFAULT, name)
    )
    return [name if value is True else f"{name} {value}" for name, value in values]


def _along(
    old: Plan | None, new: Plan | None, places: list[Place], measure: Measure, context: Context
) -> list[str]:
    """The changes along the measure's line; neighbouring bands that change alike are one."""
    ends: list[Place | None] = [*places[1:], None]
    stretches: list[tuple[Place, Place | None, str]] = []
    for start, end in zip(places, ends, strict=True):
        change = _change(old.at(start, context) if old else None, new.at(start, context) if new else None)
        if stretches and stretches[-1][2] == change:
            stretches[-1] = (stretches[-1][0], end, change)
        else:
            stretches.append((start, end, change))
    return [
        f"{band}: {change}" if (band := band_words(start, end, measure)) else change
        for start, end, change in stretches
        if change
    ]


def _change(old: Decision | None, new: Decision | None) -> str:
    before, after = _said(old), _said(new)
    if before == after:
        return ""
    one, other = _strictness(old), _strictness(new)
    direction = "stricter" if one < other else "looser" if other < one else "different people"
    return f"{before} → {after} ({direction})"


def _said(decision: Decision | None) -> str:
    if decision is None or decision.verdict is Verdict.DENY:
        return "denied"
    return "runs at once" if decision.verdict is Verdict.ALLOW else f"needs {decision.approvers}"


def _strictness(decision: Decision | None) -> tuple[int, int]:
    if decision is None:
        return STRICTNESS[Verdict.DENY], 0
    return STRICTNESS[decision.verdict], sum(step.quorum for step in decision.steps)


def _settings(old: Settings, new: Settings) -> Iterator[str]:
    if old.currency != new.currency:
        yield f"Thresholds are in {new.currency} instead of {old.currency}."
    for name in _TIMES:
        before, after = _hours(getattr(old, name)), _hours(getattr(new, name))
        if before != after:
            yield f"{name}: {before} → {after}."


def _hours(value: timedelta | tuple[timedelta, ...]) -> str:
    spans = value if isinstance(value, tuple) else (value,)
    hours = ", ".join(f"{span.total_seconds() / 3600:.0f}" for span in spans)
    return f"{hours} hours" if hours else "never"


def _rates(old: Policy, new: Policy) -> Iterator[str]:
    before, after = old.book.rates, new.book.rates
    for currency in sorted({*before.worth, *after.worth}):
        one, other = before.worth.get(currency), after.worth.get(currency)
        if one != other:
            yield f"Rate of {currency}: {one or 'none'} → {other or 'none'}."
    if before.as_of != after.as_of:
        yield f"Rates are of {after.as_of} instead of {before.as_of}."
    if before.stale_after != after.stale_after:
        yield f"Rates are stale after {after.stale_after.days} instead of {before.stale_after.days} days."


def _named(old: tuple[Rule, ...], new: tuple[Rule, ...]) -> Iterator[str]:
    before = {rule.id: rule for rule in old}
    after = {rule.id: rule for rule in new}
    groups = {
        "added": after.keys() - before.keys(),
        "removed": before.keys() - after.keys(),
        "changed": {name for name in before.keys() & after.keys() if before[name] != after[name]},
    }
    for word, named in groups.items():
        if named:
            yield f"Rules {word}: {', '.join(sorted(named))}."


def _caps(old: Policy, new: Policy) -> Iterator[str]:
    """What changes about limits over time, whose they are and what they ask beyond."""
    before = {cap.id: cap for cap in old.book.caps}
    after = {cap.id: cap for cap in new.book.caps}
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one == other and old.settings.currency == new.settings.currency:
            continue
        if one and other:
            yield f"{_cap_change(one, other, old, new)}{_direction(one, other)}. (cap {name})"
        elif other:
            yield f"{_cap_said(other, new)} (stricter). (cap {name} added)"
        elif one:
            yield f"{_cap_said(one, old)} no longer (looser). (cap {name} removed)"


def _cap_said(cap: Cap, policy: Policy) -> str:
    return (
        f"{listed([*cap.actions])} by one {whose(cap)}, more than {limit_words(cap, policy.settings)}: "
        f"{consequence(cap)}"
    )


def _cap_change(one: Cap, other: Cap, old: Policy, new: Policy) -> str:
    before, after = _cap_said(one, old), _cap_said(other, new)
    return f"{before}, in other words" if before == after else f"{before} → {after}"


def _direction(one: Cap, other: Cap) -> str:
    """Only where nothing but the limits changed it is plain which way."""
    if replace(one, amount=other.amount, count=other.count, reason=other.reason) != other:
        return ""
    pairs = ((one.amount, other.amount), (one.count, other.count))
    signs = {_sign(before, after) for before, after in pairs} - {0}
    return {frozenset({1}): " (looser)", frozenset({-1}): " (stricter)"}.get(frozenset(signs), "")


def _sign(before: Decimal | int | None, after: Decimal | int | None) -> int:
    """1 when the limit grew or fell away, -1 when it shrank or came."""
    one, other = (Decimal("Infinity") if limit is None else Decimal(limit) for limit in (before, after))
    return (other > one) - (other < one)
