"""Stripe's errors in the port's words. https://docs.stripe.com/api/errors, https://docs.stripe.com/error-codes"""

import re

import stripe

from sidebar_app.domain.outcome import Refused, Unknown
from sidebar_app.ports.billing import BillingMisconfigured, BillingUnavailable, NoSuchObject

_SCOPE = re.compile(r"\brak_\w+")
_REFUSALS = {
    "charge_already_refunded": Refused("already-refunded", "This payment has already been refunded in full."),
    "charge_disputed": Refused("disputed", "This payment is disputed at the bank and cannot be refunded."),
    "resource_missing": Refused("no-such-object", "Stripe no longer knows this customer or payment."),
    "balance_insufficient": Refused(
        "insufficient-funds", "The company's Stripe balance does not cover this refund at the moment."
    ),
    "insufficient_funds": Refused(
        "insufficient-funds", "The company's Stripe balance does not cover this refund at the moment."
    ),
    "amount_too_large": Refused("amount-invalid", "Stripe does not move an amount of this size."),
    "amount_too_small": Refused("amount-invalid", "Stripe does not move an amount of this size."),
}
ABOVE_REFUNDABLE = Refused("above-refundable", "The amount is more than what can still be refunded.")
OTHER_CURRENCY = Refused("other-currency", "The customer's balance is kept in another currency.")


def error_code(error: stripe.StripeError) -> str:
    """The code, also where the SDK leaves `error.code` empty."""
    inner = error.error
    return str(error.code or (getattr(inner, "code", None) if inner else None) or "")


def read_failure(error: stripe.StripeError) -> Exception:
    """The port's exception for a read that failed. No text of Stripe's: it may repeat part of the key."""
    if isinstance(error, stripe.AuthenticationError):
        return BillingMisconfigured("Stripe does not accept the API key.")
    if isinstance(error, stripe.PermissionError):
        return BillingMisconfigured(f"The Stripe API key lacks a permission: {_missing_scope(error)}.")
    if error_code(error) == "resource_missing" or error.http_status == 404:
        return NoSuchObject("Stripe knows no such object.")
    if isinstance(error, stripe.InvalidRequestError):
        return BillingMisconfigured(
            f"Stripe refused a question of ours ({error_code(error) or error.http_status})."
        )
    return BillingUnavailable(f"Stripe gave no usable answer ({_kind(error)}).")


def _missing_scope(error: stripe.StripeError) -> str:
    found = _SCOPE.search(str(error.user_message or ""))
    return found[0] if found else "Stripe does not say which"


def _kind(error: stripe.StripeError) -> str:
    if isinstance(error, stripe.APIConnectionError):
        return "no connection, or no answer in time"
    return f"HTTP {error.http_status}" if error.http_status else type(error).__name__


def write_outcome(error: stripe.StripeError) -> Refused | Unknown:
    """What a failed write means: certainly not done, or nobody knows.

    Not done is only what Stripe says about the request itself (4xx of the known kinds). Everything else,
    5xx, timeouts, conflicts, rate limits and answers that cannot be read, is unknown.
    """
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Refused(
            "not-permitted", "Stripe does not let this service do that: its API key lacks the right."
        )
    if isinstance(error, stripe.CardError):
        return Refused("declined", "The bank declined this.")
    if isinstance(error, stripe.InvalidRequestError) and error.http_status in (400, 402, 404):
        return _refusal(error)
    if isinstance(error, stripe.RateLimitError):
        return Unknown("Stripe is answering too many requests at the moment.")
    if error_code(error) in ("idempotency_key_in_use", "lock_timeout"):
        return Unknown("An earlier attempt is still being worked on at Stripe.")
    return Unknown(f"Stripe gave no clear answer ({_kind(error)}).")


def _refusal(error: stripe.InvalidRequestError) -> Refused:
    if known := _REFUSALS.get(error_code(error)):
        return known
    if error.param == "amount":
        return ABOVE_REFUNDABLE
    if error.param == "currency":
        return OTHER_CURRENCY
    return Refused("refused", "Stripe refused this and did nothing.")
