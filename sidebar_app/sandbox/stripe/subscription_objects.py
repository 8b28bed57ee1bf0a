"""Subscriptions and their items."""

from copy import deepcopy
from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.fields import stripe_object
from sidebar_app.sandbox.stripe.objects import plan_of
from sidebar_app.sandbox.stripe.store import listing

_NEW: Json = {
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_mode": {"flexible": None, "type": "classic"},
    "billing_schedules": [],
    "cancel_at_period_end": False,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "default_tax_rates": [],
    "discounts": [],
    "invoice_settings": {"account_tax_ids": None, "issuer": {"account": None, "type": "self"}},
    "metadata": {},
    "payment_settings": {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
    },
    "status": "active",
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
}


def subscription_item(
    id: str, *, subscription: str, price: Json, quantity: int, start: int, end: int, created: int
) -> Json:
    return stripe_object(
        "subscription_item",
        id,
        created=created,
        current_period_start=start,
        current_period_end=end,
        discounts=[],
        metadata={},
        plan=plan_of(price),
        price=price,
        quantity=quantity,
        subscription=subscription,
        tax_rates=[],
    )


def subscription(
    id: str, *, customer: str, created: int, currency: str, items: list[Json], **more: Any
) -> Json:
    """An active subscription that renews itself."""
    fields: Json = {
        "billing_cycle_anchor": created,
        "created": created,
        "currency": currency,
        "customer": customer,
        "items": listing(items, f"/v1/subscription_items?subscription={id}"),
        "start_date": created,
    }
    return stripe_object("subscription", id, **(deepcopy(_NEW) | fields | more))
