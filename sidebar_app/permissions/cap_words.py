"""How a cap is used, and what is said about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from sidebar_app.domain.decision import Verdict, in_turn
from sidebar_app.domain.money import Money, minor_digits
from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.permissions.rulebook import Cap, Settings
from sidebar_app.permissions.vocabulary import listed, several

PLACEHOLDERS = ("amount", "count", "per")
_PLACEHOLDER = re.compile(r"\{(amount|count|per)\}")


@dataclass(frozen=True, slots=True)
class Use:
    """How far a cap is used: requests and what they are worth in the policy's currency, in major units.

    `worth` is None when a rate that is needed is missing or stale: then nobody knows, and the cap counts as passed.
    """

    cap: Cap
    count: int
    worth: Fraction | None

    @property
    def is_over(self) -> bool:
        cap = self.cap
        too_many = cap.count is not None and self.count > cap.count
        too_much = cap.amount is not None and (self.worth is None or self.worth > cap.amount)
        return too_many or too_much


def cap_filled(sentence: str, cap: Cap, settings: Settings) -> str:
    """The sentence with the cap's own numbers in place of {amount}, {count} and {per}."""
    known = {"per": cap.per.words}
    if cap.amount is not None:
        known["amount"] = money_words(cap.amount, settings.currency)
    if cap.count is not None:
        known["count"] = str(cap.count)
    return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), sentence)


def over_cap(use: Use, settings: Settings) -> Iterator[str]:
    """The cap's reason, and the count that goes beyond it."""
    cap = use.cap
    yield cap_filled(cap.reason, cap, settings)
    if cap.count is not None and use.count > cap.count:
        yield f"This one would be number {use.count} in {cap.per.words}."
    if cap.amount is not None and use.worth is None:
        yield f"What was asked for in {cap.per.words} cannot be added up without fresh reference rates."
    elif cap.amount is not None and use.worth is not None and use.worth > cap.amount:
        yield f"With this one it would be {money_words(use.worth, settings.currency)} in {cap.per.words}."


def money_words(value: Decimal | Fraction, currency: str) -> str:
    """In the policy's currency; a fraction of its smallest unit counts as a whole one."""
    return str(Money(ceil(Fraction(value) * 10 ** minor_digits(currency)), currency))


def limit_words(cap: Cap, settings: Settings) -> str:
    """ "$1,000.00 or 20 requests in 24 hours"."""
    amount = [money_words(cap.amount, settings.currency)] if cap.amount is not None else []
    count = [several(cap.count, "request")] if cap.count is not None else []
    return f"{listed([*amount, *count], last='or')} in {cap.per.words}"


def used_words(use: Use, settings: Settings) -> str:
    """ "With this one: $1,180.00, 3 requests" and a full stop."""
    amount = []
    if use.cap.amount is not None:
        amount = ["an unknown amount" if use.worth is None else money_words(use.worth, settings.currency)]
    return f"With this one: {', '.join([*amount, several(use.count, 'request')])}."


def consequence(cap: Cap) -> str:
    """ "denied", "needs a manager, then a VP"."""
    return "denied" if cap.verdict is Verdict.DENY else f"needs {in_turn(cap.steps)}"


def whose(cap: Cap) -> str:
    return listed([ROLE_NAMES[role] for role in cap.roles], last="or")
