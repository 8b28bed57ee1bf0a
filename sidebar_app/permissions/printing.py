"""A policy as TOML again, and its version."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from sidebar_app.domain.decision import Step
from sidebar_app.permissions.policy import Policy
from sidebar_app.permissions.rulebook import ActionTerms, Cap, Condition, Rule, Rulebook
from sidebar_app.permissions.vocabulary import CUMULATIVE, Measure

_CANONICAL_FORM = "sidebar-policy/1"
_VERSION_LENGTH = 16  # 64 bits: nobody changes a rule and keeps the version by accident
_Named = TypeVar("_Named", Rule, Cap)


def print_policy(policy: Policy) -> str:
    """TOML that loads to an equal policy; comments and layout of the original file are not kept."""
    return print_book(policy.book)


def print_book(book: Rulebook) -> str:
    sections = [_settings(book), _rates(book), _actions(book.actions)]
    rules = (_rule(rule, book) for rule in book.rules)
    return "\n".join([*sections, *rules, *(_cap(cap) for cap in book.caps)])


def version_of(book: Rulebook) -> str:
    """Hex digits of the hash of the canonical form: everything sorted that has no order of its own."""
    canonical = replace(
        book,
        actions=tuple(sorted(book.actions, key=lambda terms: terms.name)),
        rules=tuple(sorted((_sorted(rule) for rule in book.rules), key=lambda rule: rule.id)),
        caps=tuple(sorted((_sorted(cap) for cap in book.caps), key=lambda cap: cap.id)),
    )
    text = f"{_CANONICAL_FORM}\n{print_book(canonical)}"
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION_LENGTH]


def _sorted(rule: _Named) -> _Named:
    return replace(rule, actions=tuple(sorted(rule.actions)), roles=tuple(sorted(rule.roles)))


def plain(number: Decimal) -> str:
    """Digits without an exponent and without needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _settings(book: Rulebook) -> str:
    settings = book.settings
    return _table(
        "[settings]",
        currency=_text(settings.currency),
        answer_within_hours=_hours(settings.answer_within),
        remind_after_hours=f"[{', '.join(_hours(after) for after in settings.remind_after)}]",
        escalate_after_hours=_hours(settings.escalate_after),
        expire_after_hours=_hours(settings.expire_after),
        run_within_hours=_hours(settings.run_within),
    )


def _rates(book: Rulebook) -> str:
    rates = book.rates
    head = _table("[rates]", as_of=rates.as_of.isoformat(), stale_after_days=str(rates.stale_after.days))
    worth = {currency: _text(plain(rates.worth[currency])) for currency in sorted(rates.worth)}
    return f"{head}\n{_table('[rates.worth]', **worth)}"


def _actions(actions: tuple[ActionTerms, ...]) -> str:
    return _table("[actions]", **{terms.name: _terms(terms) for terms in actions})


def _terms(terms: ActionTerms) -> str:
    adds = f", adds = {_text(CUMULATIVE)}" if terms.adds_recent_credits else ""
    return f"{{ measure = {_text(terms.measure)}{adds} }}"


def _rule(rule: Rule, book: Rulebook) -> str:
    lines = {
        "id": _text(rule.id),
        "actions": _texts(rule.actions),
        "roles": _texts(rule.roles),
        **_edges(rule, book),
    }
    if rule.when:
        lines["when"] = f"{{ {', '.join(_condition(condition) for condition in rule.when)} }}"
    lines["verdict"] = _text(rule.verdict)
    if rule.steps:
        lines["steps"] = _steps(rule.steps)
    lines["reason"] = _text(rule.reason)
    if rule.next_step:
        lines["next_step"] = _text(rule.next_step)
    return _table("[[on_top]]" if rule.on_top else "[[rules]]", **lines)


def _cap(cap: Cap) -> str:
    lines = {
        "id": _text(cap.id),
        "actions": _texts(cap.actions),
        "roles": _texts(cap.roles),
        "per": _text(cap.per),
        "amount": None if cap.amount is None else _text(plain(cap.amount)),
        "count": None if cap.count is None else str(cap.count),
        "verdict": _text(cap.verdict),
        "steps": _steps(cap.steps) if cap.steps else None,
        "reason": _text(cap.reason),
        "next_step": _text(cap.next_step) if cap.next_step else None,
    }
    return _table("[[caps]]", **{key: value for key, value in lines.items() if value is not None})


def _steps(steps: tuple[Step, ...]) -> str:
    return f"[{', '.join(f'{{ role = {_text(s.role)}, quorum = {s.quorum} }}' for s in steps)}]"


def _edges(rule: Rule, book: Rulebook) -> dict[str, str]:
    terms = book.terms(rule.actions[0])
    in_days = terms is not None and terms.measure is Measure.DAYS
    found = {}
    if low := rule.band.low:
        found["from" if low.included else "over"] = plain(low.value)
    if high := rule.band.high:
        found["up_to" if high.included else "below"] = plain(high.value)
    return {key: value if in_days else _text(value) for key, value in found.items()}


def _condition(condition: Condition) -> str:
    if isinstance(condition.value, bool):
        return f"{condition.key} = {str(condition.value).lower()}"
    if isinstance(condition.value, int):
        return f"{condition.key} = {{ at_least = {condition.value} }}"
    return f"{condition.key} = {_texts(condition.value)}"


def _table(header: str, **lines: str) -> str:
    return "\n".join([header, *(f"{key} = {value}" for key, value in lines.items()), ""])


def _hours(span: timedelta) -> str:
    return str(int(span.total_seconds()) // 3600)


def _texts(values: tuple[str, ...]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _text(value: str) -> str:
    """A basic string; JSON escapes are TOML escapes for text on one line."""
    return json.dumps(str(value), ensure_ascii=False)
