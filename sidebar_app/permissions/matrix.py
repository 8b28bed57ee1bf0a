"""The policy as the matrix people know: actions and measures down, roles across."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sidebar_app.domain.decision import Context, Decision, Step, Verdict
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions.cap_words import limit_words, whose
from sidebar_app.permissions.compiled import conditions_of, contexts_for
from sidebar_app.permissions.policy import Plan, Policy
from sidebar_app.permissions.printing import plain
from sidebar_app.permissions.rulebook import JUST_ABOVE_ZERO, ActionTerms, Cap, Condition, Place, Rule
from sidebar_app.permissions.sentences import unlisted
from sidebar_app.permissions.vocabulary import Measure


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix: what every requesting role meets for an action in one band and context."""

    action: str
    measure: Measure
    start: Place
    end: Place | None
    when: tuple[str, ...]
    cells: tuple[Decision, ...]

    @property
    def condition(self) -> str:
        """ "< 100", "100 … 500 (both included)", "> 14 days", "customer_requested = true", "–"."""
        parts = [*self.when, *([band] if (band := band_words(self.start, self.end, self.measure)) else [])]
        return ", ".join(parts) or "–"


def rows(policy: Policy) -> list[Row]:
    """The matrix without the rules that hang on circumstances outside the table; notes() has those."""
    return [row for terms in policy.book.actions for row in _of_action(policy, terms)]


def _of_action(policy: Policy, terms: ActionTerms) -> Iterator[Row]:
    plans = {plan.role: plan for plan in policy.index.values() if plan.terms.name == terms.name}
    in_table = conditions_of(tuple(r for p in plans.values() for r in p.rules if not r.on_top))
    cuts = sorted({cut for plan in plans.values() for cut in plan.cuts})
    contexts = {
        tuple(dict.fromkeys(_said(c, context) for c in in_table)): context
        for context in contexts_for(in_table)
    }
    for when, context in reversed(contexts.items()):
        bands: list[Row] = []
        for start, end in zip([JUST_ABOVE_ZERO, *cuts], [*cuts, None], strict=True):
            cells = tuple(
                _cell(policy, plans.get(r), r, terms.name, start, context) for r in REQUESTING_ROLES
            )
            if bands and _same(bands[-1].cells, cells):
                bands[-1] = replace(bands[-1], end=end)
            else:
                bands.append(Row(terms.name, terms.measure, start, end, when, cells))
        yield from bands


def _cell(
    policy: Policy, plan: Plan | None, role: Role, action: str, place: Place, context: Context
) -> Decision:
    if plan is None:
        return unlisted(role, action, able=[], version=policy.version)
    return plan.at(place, context)


def _same(one: tuple[Decision, ...], other: tuple[Decision, ...]) -> bool:
    return [(d.verdict, d.steps) for d in one] == [(d.verdict, d.steps) for d in other]


def _circumstances(conditions: tuple[Condition, ...], context: Context) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_said(condition, context) for condition in conditions))


def _said(condition: Condition, context: Context) -> str:
    value = getattr(context, condition.key)
    if isinstance(condition.value, bool):
        return f"{condition.key} = {str(value).lower()}"
    if isinstance(condition.value, int):
        return f"{condition.key} {'≥' if condition.holds(context) else '<'} {condition.value}"
    return f"{condition.key} = {value}"


def band_words(start: Place, end: Place | None, measure: Measure) -> str:
    """ "< 100", "100 … 500 (both included)", "≥ 15 %", "> 14 days"; nothing for the whole line."""
    unit = {Measure.DAYS: " days", Measure.PERCENT: " %"}.get(measure, "")
    low = None if start == JUST_ABOVE_ZERO else _edge(start, measure, low=True)
    high = None if end is None else _edge(end, measure, low=False)
    if low and high:
        if (low[0], high[0]) == ("≥", "≤"):
            return f"{low[1]} … {high[1]}{unit} (both included)"
        return f"{low[0]} {low[1]} … {high[0]} {high[1]}{unit}"
    edge = low or high
    return f"{edge[0]} {edge[1]}{unit}" if edge else ""


def _edge(place: Place, measure: Measure, *, low: bool) -> tuple[str, str]:
    """How an edge is written; whole days read better as "≤ 14" than as "< 15"."""
    value, above = place
    if measure is Measure.DAYS:
        return (">" if low else "≤", f"{value - 1:,f}")
    sign = (">" if above else "≥") if low else ("≤" if above else "<")
    return sign, f"{int(value):,}" if value == int(value) else plain(value)


def notes(policy: Policy) -> list[str]:
    """What the matrix cannot show: rules that hang on circumstances, and what holds for all."""
    said = [
        f"{terms.name}: the measure is the amount plus the credits of the last 30 days."
        for terms in policy.book.actions
        if terms.adds_recent_credits
    ]
    said += [_on_top(rule) for rule in policy.book.rules if rule.on_top and rule.when]
    said += [_beyond(cap, policy) for cap in policy.book.caps]
    rates, hours = policy.book.rates, policy.settings.answer_within.total_seconds()
    return [
        *said,
        f"Amounts are in {policy.settings.currency}; other currencies are converted with rates of {rates.as_of}.",
        "In a currency without a rate, or once the rates are stale, what would run at once needs a manager.",
        f"[a, b] needs approval by a, then b, none of them the person who asked, within {hours / 3600:.0f} hours.",
        "Any role or action not listed: ❌.",
    ]


def _on_top(rule: Rule) -> str:
    conditions = ", ".join(describe(condition) for condition in rule.when)
    band = band_words(rule.band.start, rule.band.end, Measure.DAYS if rule.band.whole else Measure.AMOUNT)
    what = "denied" if rule.verdict is Verdict.DENY else f"[{', '.join(step_text(rule.steps))}]"
    roles = "" if set(rule.roles) == set(REQUESTING_ROLES) else f" ({', '.join(rule.roles)})"
    actions = ", ".join(rule.actions)
    return f"{actions}{roles}: {', '.join(p for p in (conditions, band) if p)} → {what} on top. ({rule.id})"


def _beyond(cap: Cap, policy: Policy) -> str:
    what = "denied" if cap.verdict is Verdict.DENY else f"[{', '.join(step_text(cap.steps))}]"
    roles = "anybody" if set(cap.roles) == set(REQUESTING_ROLES) else f"one {whose(cap)}"
    limit = limit_words(cap, policy.settings)
    return f"{', '.join(cap.actions)} by {roles}: more than {limit} → {what} on top. ({cap.id})"


def describe(condition: Condition) -> str:
    if isinstance(condition.value, bool):
        return f"{condition.key} = {str(condition.value).lower()}"
    if isinstance(condition.value, int):
        return f"{condition.key} ≥ {condition.value}"
    return f"{condition.key} = {' or '.join(condition.value)}"


def step_text(steps: tuple[Step, ...]) -> list[str]:
    return [step.role if step.quorum == 1 else f"{step.quorum} × {step.role}" for step in steps]
