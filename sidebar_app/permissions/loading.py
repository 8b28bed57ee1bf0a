"""From the text of a policy file to a Policy, or to every fault it has."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sidebar_app.domain.money import MINOR_DIGITS
from sidebar_app.permissions.cap_reading import PlacedCap, check_caps, read_cap
from sidebar_app.permissions.compiled import compile_book
from sidebar_app.permissions.faults import PolicyFaults
from sidebar_app.permissions.parsing import parsed
from sidebar_app.permissions.policy import Policy
from sidebar_app.permissions.printing import version_of
from sidebar_app.permissions.reading import Table, decimal, meant, quoted
from sidebar_app.permissions.rulebook import ActionTerms, Rates, Rulebook, Settings
from sidebar_app.permissions.rules import PlacedRule, read_rule
from sidebar_app.permissions.validation import check, check_ids
from sidebar_app.permissions.vocabulary import ACTION_WORDS, CUMULATIVE, POSSIBLE_MEASURES, Measure

_HOURS = ("answer_within_hours", "escalate_after_hours", "expire_after_hours", "run_within_hours")
_TOP = ("settings", "rates", "actions", "rules", "on_top", "caps")


def load_policy(text: str) -> Policy:
    """The policy a TOML text states; raises PolicyFaults with every fault and its line."""
    document, findings = parsed(text)
    top = Table(document, (), findings, "A policy")
    top.only(_TOP)
    settings, rates, actions = _settings(top), _rates(top), _actions(top)
    measured = {terms.name: terms for terms in actions}
    placed, unsure = _rules(top, measured)
    caps = _caps(top, measured)
    rules = tuple(each.rule for each in placed)
    named = [*((each.rule.id, each.path) for each in placed), *((each.cap.id, each.path) for each in caps)]
    check_ids(named, findings)
    if not findings.unreadable:  # what a line that cannot be read would have said, nobody knows
        check(placed, measured, findings, unsure=unsure)
        check_caps(caps, rules, findings, unsure=unsure)
    if findings.faults or settings is None or rates is None:
        raise PolicyFaults(findings.certain)
    book = Rulebook(settings, rates, tuple(actions), rules, tuple(each.cap for each in caps))
    version = version_of(book)
    return Policy(book, version, compile_book(book, version))


def _caps(top: Table, measured: Mapping[str, ActionTerms]) -> list[PlacedCap]:
    found = [read_cap(table, measured, _declared(top)) for table in top.tables("caps", name="A cap")]
    return [cap for cap in found if cap]


def _declared(top: Table) -> list[str]:
    actions = top.values.get("actions")
    return sorted(actions) if isinstance(actions, dict) else []


def _rules(top: Table, measured: Mapping[str, ActionTerms]) -> tuple[list[PlacedRule], set[str]]:
    """The rules that could be read, and the actions about which something could not be."""
    names = _declared(top)
    placed, unsure = [], set(names) - set(measured)
    for key in ("rules", "on_top"):
        for table in top.tables(key, name="A rule"):
            if rule := read_rule(table, measured, names, on_top=key == "on_top"):
                placed.append(rule)
            else:
                spoken = table.values.get("actions")
                unsure |= {name for name in names if not isinstance(spoken, list) or name in spoken}
    return placed, unsure


def _settings(top: Table) -> Settings | None:
    table = top.table("settings")
    if table is None:
        return None
    table.only((*_HOURS, "currency", "remind_after_hours"))
    currency = table.choice("currency", MINOR_DIGITS, word="currency")
    answer, escalate, expire, run = (table.number(key, at_least=1) for key in _HOURS)
    reminders = _reminders(table)
    if currency is None or answer is None or escalate is None or expire is None or run is None:
        return None
    for key, hours in (("answer_within_hours", answer), ("escalate_after_hours", escalate)):
        if hours > expire:
            table.fault(key, f"{quoted(key)} comes after the request has expired ({expire} hours).")
    if any(hours >= expire for hours in reminders):
        table.fault("remind_after_hours", f"A reminder after {expire} hours reminds of an expired request.")
    return Settings(
        answer_within=timedelta(hours=answer),
        remind_after=tuple(timedelta(hours=hours) for hours in reminders),
        escalate_after=timedelta(hours=escalate),
        expire_after=timedelta(hours=expire),
        run_within=timedelta(hours=run),
        currency=currency,
    )


def _reminders(table: Table) -> list[int]:
    value = table.required("remind_after_hours")
    if value is None:
        return []
    fine = isinstance(value, list) and all(type(hours) is int and hours > 0 for hours in value)
    if not fine or sorted(set(value)) != value:
        table.fault("remind_after_hours", "Reminders are a list of rising whole hours, such as [12, 20].")
        return []
    return list(value)


def _rates(top: Table) -> Rates | None:
    table = top.table("rates")
    if table is None:
        return None
    table.only(("as_of", "stale_after_days", "worth"))
    as_of = table.required("as_of")
    if as_of is not None and (not isinstance(as_of, date) or isinstance(as_of, datetime)):
        table.fault("as_of", "“as_of” must be a date, such as 2026-11-01.")
        as_of = None
    days = table.number("stale_after_days", at_least=1)
    worth = table.table("worth")
    if worth is None:
        return None
    rates = {name: rate for name in worth.values if (rate := _rate(worth, name)) is not None}
    if as_of is None or days is None:
        return None
    return Rates(as_of, timedelta(days=days), rates)


def _rate(worth: Table, currency: str) -> Decimal | None:
    if currency not in MINOR_DIGITS:
        worth.fault(currency, f"{quoted(currency)} is not a currency this service can move money in.")
        return None
    rate = decimal(worth.values[currency])
    if not rate:
        worth.fault(currency, 'A rate is a positive decimal number in quotes, such as "1.15".')
    return rate or None


def _actions(top: Table) -> list[ActionTerms]:
    table = top.table("actions")
    if table is None:
        return []
    for name in table.values:
        if name not in ACTION_WORDS:
            table.fault(name, f"{quoted(name)} is not an action of this service.{meant(name, ACTION_WORDS)}")
    return [terms for name in table.values if name in ACTION_WORDS and (terms := _action(table, name))]


def _action(actions: Table, name: str) -> ActionTerms | None:
    table = actions.table(name)
    if table is None:
        return None
    table.name = f"The action {quoted(name)}"
    table.only(("measure", "adds"))
    possible = (Measure.NONE, POSSIBLE_MEASURES.get(name, Measure.NONE))
    measure = table.choice("measure", Measure, word="measure")
    if measure is None:
        return None
    if measure not in possible:
        table.fault("measure", f"{quoted(name)} cannot be measured by {measure}.")
        return None
    adds = table.choice("adds", [CUMULATIVE], word="recent total") if "adds" in table.values else None
    if adds and (measure != Measure.AMOUNT or name != "credit"):
        table.fault("adds", "Recent credits are added to the amount of a credit, and to nothing else.")
    return ActionTerms(name, Measure(measure), bool(adds))
