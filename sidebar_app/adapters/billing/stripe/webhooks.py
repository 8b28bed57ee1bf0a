"""Stripe's webhooks: verified by the SDK, reduced to "read these sections of this customer again"."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import stripe

from sidebar_app.adapters.billing.stripe.values import id_of
from sidebar_app.domain.billing import Section
from sidebar_app.ports.billing import BillingEvent, InvalidDelivery

TOLERANCE_SECONDS = 300
_HEADER = "stripe-signature"
_S = Section
_BALANCE = {_S.ACCOUNT, _S.CREDITS}
# The longest prefix of the event's type decides. https://docs.stripe.com/api/events/types
_SECTIONS: dict[str, set[Section]] = {
    "customer.": {*_BALANCE, _S.UPCOMING},
    "customer.subscription.": {_S.ACCOUNT, _S.SUBSCRIPTIONS, _S.UPCOMING},
    "customer.discount.": {_S.SUBSCRIPTIONS, _S.UPCOMING},
    "subscription_schedule.": {_S.SUBSCRIPTIONS, _S.UPCOMING},
    "invoice.": {*_BALANCE, _S.INVOICES, _S.UPCOMING},
    "invoice_payment.": {_S.INVOICES, _S.PAYMENTS},
    "invoiceitem.": {_S.UPCOMING},
    "credit_note.": {*_BALANCE, _S.INVOICES, _S.PAYMENTS},
    "charge.": {_S.PAYMENTS},
    "refund.": {_S.PAYMENTS},
    "payment_intent.": {_S.PAYMENTS, _S.INVOICES},
    "payment_method.": {_S.ACCOUNT},
    "checkout.session.": {_S.SUBSCRIPTIONS, _S.INVOICES, _S.PAYMENTS},
    "billing.credit_grant.": {_S.CREDITS},
}


class StripeWebhooks:
    """Verifies deliveries. Several secrets are accepted, so that one can be rotated without a gap."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secrets)

    def event(self, headers: Mapping[str, str], body: bytes) -> BillingEvent:
        """Raises InvalidDelivery: unsigned, wrongly signed, older than five minutes, or unreadable."""
        signature = next((v for k, v in headers.items() if k.lower() == _HEADER), "")
        if not signature:
            raise InvalidDelivery("The delivery is not signed (no Stripe-Signature header).")
        self._verify(signature, body)
        return _translated(body)

    def _verify(self, signature: str, body: bytes) -> None:
        reasons = [_fault(signature, body, secret) for secret in self._secrets]
        if reasons and None in reasons:
            return
        stale = any("too old" in reason for reason in reasons if reason)
        raise InvalidDelivery(
            "The signature is too old." if stale else "The signature does not match the delivery."
        )


def _fault(signature: str, body: bytes, secret: str) -> str | None:
    """None when this secret signed it. The SDK's error is dropped: it carries the whole body."""
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
    except stripe.SignatureVerificationError as error:
        return "too old" if "tolerance" in str(error) else "no match"
    except (TypeError, ValueError):  # not ASCII, not UTF-8
        return "unreadable"
    return None


def _translated(body: bytes) -> BillingEvent:
    try:
        event = json.loads(body)
        subject = event["data"]["object"]
        previous = event["data"].get("previous_attributes") or {}
        customer = _customer(subject, previous)
        return BillingEvent(str(event["id"]), customer, sections_of(str(event["type"])))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise InvalidDelivery("The delivery is signed but is no event of Stripe.") from None


def _customer(subject: Mapping[str, Any], previous: Mapping[str, Any]) -> str | None:
    """A detached payment method has lost its customer, but the event says whose it was."""
    if subject.get("object") == "customer":
        return str(subject["id"])
    return id_of(subject.get("customer")) or id_of(previous.get("customer"))


def sections_of(type: str) -> frozenset[Section]:
    """What an event of this type makes stale; nothing for types that say nothing about a customer."""
    prefixes = [prefix for prefix in _SECTIONS if type.startswith(prefix)]
    return frozenset(_SECTIONS[max(prefixes, key=len)]) if prefixes else frozenset()
