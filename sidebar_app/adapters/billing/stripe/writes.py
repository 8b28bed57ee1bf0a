"""Sending a refund or a credit to Stripe: one call, our key, our mark in the metadata."""

from collections.abc import Callable, Mapping
from typing import Any

import stripe

from sidebar_app.adapters.billing.stripe.errors import write_outcome
from sidebar_app.adapters.billing.stripe.values import Json, id_of
from sidebar_app.domain.money import Money, UnknownCurrency, minor_digits
from sidebar_app.domain.outcome import Done, Outcome, Refused, Unknown
from sidebar_app.ports.billing import CreditOrder, Order, RefundOrder

REQUEST_KEY = "request_id"
_FAILED = ("failed", "canceled")
_DETAILS = {
    "succeeded": "Stripe has passed the refund on to the bank.",
    "pending": "The refund is under way; the bank has not confirmed it yet.",
    "requires_action": "The customer has to tell Stripe where to pay before the refund can go out.",
}
_UNREADABLE = Unknown("Stripe's answer did not say what was done.")


def refund(client: stripe.StripeClient, order: RefundOrder) -> Outcome:
    """https://docs.stripe.com/api/refunds/create"""
    params: Any = {
        names_charge(order.payment_id): order.payment_id,
        "amount": order.amount.minor,
        "reason": "duplicate" if "duplicate" in order.reason else "requested_by_customer",
        "metadata": _mark(order),
    }
    return _sent(
        lambda: client.v1.refunds.create(params, _once(order)),
        lambda made: refund_outcome(made, order),
        reread=client.v1.refunds.retrieve,
    )


def credit(client: stripe.StripeClient, order: CreditOrder) -> Outcome:
    """A negative balance movement. https://docs.stripe.com/billing/customer/balance"""
    params: Any = {
        "amount": -order.amount.minor,
        "currency": order.amount.currency.lower(),
        "description": f"Credit: {order.reason}"[:350],
        "metadata": _mark(order),
    }
    movements = client.v1.customers.balance_transactions
    return _sent(
        lambda: movements.create(order.customer_id, params, _once(order)),
        lambda made: credit_outcome(made, order),
    )


def _sent(
    call: Callable[[], stripe.StripeObject],
    read: Callable[[Json], Outcome],
    *,
    reread: Callable[[str], stripe.StripeObject] | None = None,
) -> Outcome:
    """Sends once. Whatever cannot be read afterwards may have been done all the same.

    A replayed answer is as old as the first attempt, and the bank may have said no since: `reread` then
    tells how it stands now.
    """
    try:
        made = call()
        if reread and _is_replayed(made):
            return _as_it_stands(lambda: reread(made["id"]), read)
        return read(made.to_dict())
    except stripe.StripeError as error:
        return write_outcome(error)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
        return _UNREADABLE


def _is_replayed(made: stripe.StripeObject) -> bool:
    response = made.last_response
    return response is not None and (response.headers or {}).get("Idempotent-Replayed") == "true"


def _as_it_stands(reread: Callable[[], stripe.StripeObject], read: Callable[[Json], Outcome]) -> Outcome:
    """A failure to look again says nothing about the money."""
    try:
        return read(reread().to_dict())
    except stripe.StripeError:
        return Unknown("Stripe did this before; how it stands now could not be asked.")


def refund_outcome(made: Json, order: RefundOrder) -> Outcome:
    """Believes Stripe's answer only when it is about this order."""
    target = id_of(made.get(names_charge(order.payment_id)))
    if not is_same(made, order.amount) or target != order.payment_id:
        return _UNREADABLE
    if has_failed(made):
        return Refused("refund-failed", "The bank did not take the refund; nothing was paid out.")
    status = made.get("status") or "pending"
    return Done(made["id"], _DETAILS.get(status, f"Stripe says: {status}."))


def credit_outcome(made: Json, order: CreditOrder) -> Outcome:
    if not is_same(made, -order.amount):
        return _UNREADABLE
    return Done(made["id"], "It will be taken off the next invoice.")


def is_same(made: Mapping[str, Any], amount: Money) -> bool:
    return made.get("amount") == amount.minor and str(made.get("currency")).upper() == amount.currency


def has_failed(made: Mapping[str, Any]) -> bool:
    return made.get("status") in _FAILED


def is_ours(made: Mapping[str, Any], order: Order) -> bool:
    return (made.get("metadata") or {}).get(REQUEST_KEY) == order.request_id


def names_charge(payment_id: str) -> str:
    """The parameter that takes this id: older payments have a charge and no intent."""
    return "payment_intent" if payment_id.startswith("pi_") else "charge"


def unpayable(amount: Money) -> Refused | None:
    """Why Stripe would not move this amount, known without asking."""
    try:
        digits = minor_digits(amount.currency)
    except UnknownCurrency as error:
        return Refused("unknown-currency", str(error))
    if amount.minor <= 0:
        return Refused("amount-invalid", "The amount must be more than zero.")
    # https://docs.stripe.com/currencies#three-decimal: the last digit must be zero.
    if digits == 3 and amount.minor % 10:
        return Refused("amount-invalid", f"Stripe moves {amount.currency} in steps of 0.010.")
    return None


def _mark(order: Order) -> dict[str, str]:
    """Stripe keeps 500 characters a value."""
    return {REQUEST_KEY: order.request_id, "ticket": str(order.ticket_id), "reason": order.reason[:500]}


def _once(order: Order) -> Any:
    return {"idempotency_key": order.key, "max_network_retries": 0}
