"""Payments that look as if the customer was charged twice: evidence for a person, never acted on by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from sidebar_app.domain.billing import Invoice, Payment
from sidebar_app.domain.metrics import BillingFacts

_STRONG_WITHIN = timedelta(hours=24)
_WEAK_WITHIN = timedelta(days=7)
# Older doubles were either settled or are for a specialist: an alert about them would only be noise.
_LOOK_BACK = timedelta(days=180)
_OFTEN = ("day", "week")


class Strength(StrEnum):
    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`second` is the later payment, the one to give back; `invoice` is set when both paid the same one."""

    first: Payment
    second: Payment
    strength: Strength
    invoice: Invoice | None = None


def possible_duplicates(facts: BillingFacts, *, now: datetime) -> tuple[Duplicate, ...]:
    """At most one finding for each later payment, newest first; none when invoices could not be read.

    Same currency and amount, both succeeded, none given back in full. Strong: more was paid on one invoice
    than it asked for, or the same card within 24 hours. Weak: within 7 days. Two payments that settle an
    invoice each are two sales, and so are payments at a price that two subscriptions share.
    """
    if facts.payments is None or facts.invoices is None:
        return ()
    paid = sorted(_candidates(facts.payments.items, now), key=lambda p: p.created_at)
    invoice_of = {key: i for i in facts.invoices.items for key in i.payment_ids}
    found: dict[str, Duplicate] = {}
    for first, second in combinations(paid, 2):
        if second.id not in found and (match := _compare(first, second, invoice_of, facts)):
            found[second.id] = match
    return tuple(reversed(found.values()))


def _candidates(payments: Iterable[Payment], now: datetime) -> Iterable[Payment]:
    return (p for p in payments if p.refundable.minor > 0 and now - p.created_at <= _LOOK_BACK)


def _compare(
    first: Payment, second: Payment, invoice_of: Mapping[str, Invoice], facts: BillingFacts
) -> Duplicate | None:
    apart = second.created_at - first.created_at
    if first.amount != second.amount or apart > _WEAK_WITHIN:
        return None
    one, other = invoice_of.get(first.id), invoice_of.get(second.id)
    if one and other:
        twice = one.id == other.id and first.amount.minor + second.amount.minor > one.total.minor
        return Duplicate(first, second, Strength.STRONG, one) if twice else None
    if _is_usual(first, facts):
        return None
    same_card = first.method is not None and first.method == second.method
    strong = same_card and apart <= _STRONG_WITHIN
    return Duplicate(first, second, Strength.STRONG if strong else Strength.WEAK)


def _is_usual(payment: Payment, facts: BillingFacts) -> bool:
    """Equal payments so close together are what this customer's subscriptions make anyway."""
    items = [item for s in facts.running for item in s.items]
    if any(item.interval in _OFTEN for item in items):
        return True
    return sum(item.price.minor * (item.quantity or 0) == payment.amount.minor for item in items) > 1
