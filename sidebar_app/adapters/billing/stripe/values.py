"""Stripe's plain values as ours: amounts, moments, payment methods, accounts, credits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sidebar_app.domain.billing import Account, CreditEntry, CustomerRef, PaymentMethod, UpcomingInvoice
from sidebar_app.domain.money import Money

Json = dict[str, Any]
_BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
_RUNNING = ("active", "trialing", "past_due", "unpaid")


def money(amount: int, currency: str) -> Money:
    """Stripe counts minor units too: https://docs.stripe.com/currencies."""
    return Money(amount, currency.upper())


def moment(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def moment_or_none(timestamp: int | None) -> datetime | None:
    return None if timestamp is None else moment(timestamp)


def id_of(reference: Any) -> str | None:
    """The id of a reference, whether it was expanded or not."""
    if isinstance(reference, Mapping):
        return str(reference["id"])
    return str(reference) if reference else None


def customer_ref(customer: Json) -> CustomerRef:
    email = customer.get("email") or ""
    return CustomerRef(customer["id"], customer.get("name") or email or customer["id"], email)


def payment_method(kind: str, details: Mapping[str, Any] | None) -> PaymentMethod:
    """From a PaymentMethod, from what a charge repeats of it, or from a legacy source."""
    known = details or {}
    if kind != "card":
        return PaymentMethod(kind=kind, last4=known.get("last4") or "")
    brand = known.get("brand") or ""
    return PaymentMethod(
        kind="card",
        brand=_BRANDS.get(brand, brand.replace("_", " ").title()),
        last4=known.get("last4") or "",
        exp_month=known.get("exp_month"),
        exp_year=known.get("exp_year"),
    )


def _expanded_method(value: Any) -> PaymentMethod | None:
    """An expanded PaymentMethod or legacy source; None for an id that was not expanded."""
    if not isinstance(value, Mapping):
        return None
    if value["object"] == "payment_method":
        return payment_method(value["type"], value.get(value["type"]))
    return payment_method(value["object"], value)


def default_method(customer: Json) -> PaymentMethod | None:
    """What the next invoice is charged to, in Stripe's order: subscription, invoice settings, legacy source.

    https://docs.stripe.com/billing/subscriptions/payment-methods-setting
    """
    running = [s for s in (customer.get("subscriptions") or {}).get("data", []) if s["status"] in _RUNNING]
    settings = customer.get("invoice_settings") or {}
    candidates = [
        *(s.get("default_payment_method") for s in running),
        settings.get("default_payment_method"),
        customer.get("default_source"),
    ]
    return next((method for c in candidates if (method := _expanded_method(c))), None)


def account(customer: Json) -> Account:
    """Stripe's balance is negative when it is in the customer's favour; ours is positive then."""
    currency = customer.get("currency")
    ref = customer_ref(customer)
    test = "" if customer["livemode"] else "test/"
    return Account(
        customer_id=ref.id,
        name=ref.name,
        email=ref.email,
        since=moment(customer["created"]),
        address=_address(customer.get("address") or {}),
        payment_method=default_method(customer),
        currency=currency.upper() if currency else None,
        credit=money(-(customer.get("balance") or 0), currency) if currency else None,
        url=f"https://dashboard.stripe.com/{test}customers/{ref.id}",
    )


def _address(address: Mapping[str, Any]) -> tuple[str, ...]:
    town = " ".join(address.get(part) or "" for part in ("city", "state", "postal_code")).split()
    lines = (address.get("line1"), address.get("line2"), " ".join(town), address.get("country"))
    return tuple(line for line in lines if line)


def credit_entry(transaction: Json) -> CreditEntry:
    return CreditEntry(
        id=transaction["id"],
        amount=money(-transaction["amount"], transaction["currency"]),
        created_at=moment(transaction["created"]),
        description=transaction.get("description") or transaction["type"].replace("_", " "),
    )


def upcoming_invoice(preview: Json) -> UpcomingInvoice:
    """What will be asked for, the balance already taken off, and when it will be collected."""
    return UpcomingInvoice(
        amount=money(preview["amount_due"], preview["currency"]),
        at=moment(preview.get("next_payment_attempt") or preview["created"]),
    )
