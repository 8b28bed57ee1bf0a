"""Invoices, their lines and their links to payments."""

from copy import deepcopy
from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.fields import stripe_object
from sidebar_app.sandbox.stripe.store import listing

_NEW: Json = {
    "account_country": "US",
    "account_name": "Sandbox",
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_shipping": 0,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "collection_method": "charge_automatically",
    "customer_tax_ids": [],
    "default_tax_rates": [],
    "discounts": [],
    "ending_balance": 0,
    "issuer": {"account": None, "type": "self"},
    "metadata": {},
    "payment_settings": {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    },
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "starting_balance": 0,
    "status": "open",
    "total_discount_amounts": [],
    "total_pretax_credit_amounts": [],
}
_NEW_LINE: Json = {
    "discount_amounts": [],
    "discounts": [],
    "metadata": {},
    "pretax_credit_amounts": [],
    "taxes": [],
}


def invoice_line(
    id: str,
    *,
    amount: int,
    currency: str,
    description: str,
    period: tuple[int, int],
    item: Json | None = None,
    quantity: int | None = 1,
    proration: bool = False,
) -> Json:
    """A line; with `item` it comes from that subscription item, otherwise it is a one-off."""
    fields: Json = {
        "amount": amount,
        "currency": currency,
        "description": description,
        "discountable": not proration,
        "period": {"start": period[0], "end": period[1]},
        "quantity": quantity,
        "subtotal": amount,
    }
    origin = _origin(item, proration=proration) if item else {}
    return stripe_object("line_item", id, **(deepcopy(_NEW_LINE) | fields | origin))


def _origin(item: Json, *, proration: bool) -> Json:
    price = item["price"]
    details = {
        "invoice_item": None,
        "proration": proration,
        "proration_details": None,
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return {
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "subscription": item["subscription"],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
    }


def invoice(
    id: str,
    *,
    customer: Json,
    created: int,
    currency: str,
    lines: list[Json],
    period: tuple[int, int],
    subscription: str | None = None,
    tax: int = 0,
    **more: Any,
) -> Json:
    """An open, finalized invoice over its lines; `settle` says that it was paid."""
    for line in lines:
        line["invoice"] = id
    fields: Json = {
        "billing_reason": "subscription_cycle" if subscription else "manual",
        "created": created,
        "currency": currency,
        "effective_at": created + 3600,
        "hosted_invoice_url": f"https://invoice.stripe.example/i/{id}",
        "invoice_pdf": f"https://invoice.stripe.example/i/{id}/pdf",
        "lines": listing(lines, f"/v1/invoices/{id}/lines"),
        "parent": _parent(subscription) if subscription else None,
        "period_start": period[0],
        "period_end": period[1],
        "status_transitions": {
            "finalized_at": created + 3600,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "webhooks_delivered_at": created + 60,
    }
    sums = _sums(sum(line["amount"] for line in lines), tax)
    return stripe_object("invoice", id, **(deepcopy(_NEW) | fields | sums | _customer(customer) | more))


def _sums(subtotal: int, tax: int) -> Json:
    total = subtotal + tax
    return {
        "amount_due": max(0, total),
        "amount_remaining": max(0, total),
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_excluding_tax": subtotal,
        "total_taxes": [_tax(tax, subtotal)] if tax else [],
    }


def _customer(customer: Json) -> Json:
    return {
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": customer["tax_exempt"],
    }


def _parent(subscription: str) -> Json:
    details: Json = {"metadata": {}, "subscription": subscription, "subscription_proration_date": None}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def _tax(amount: int, taxable: int) -> Json:
    return {
        "amount": amount,
        "tax_behavior": "exclusive",
        "tax_rate_details": {"tax_rate": "txr_sandbox"},
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def settle(invoice: Json, *, at: int) -> Json:
    """The invoice as it is once its whole amount was paid."""
    invoice["status_transitions"] |= {"paid_at": at}
    return invoice | {
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": 1,
        "auto_advance": False,
        "status": "paid",
    }


def invoice_payment(id: str, *, invoice: Json, intent: Json, is_default: bool = True) -> Json:
    """The link between an invoice and the intent that pays it."""
    paid = intent["status"] == "succeeded"
    return stripe_object(
        "invoice_payment",
        id,
        amount_paid=intent["amount_received"] if paid else None,
        amount_requested=intent["amount"],
        created=intent["created"],
        currency=intent["currency"],
        invoice=invoice["id"],
        is_default=is_default,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
        status="paid" if paid else "open",
        status_transitions={"canceled_at": None, "paid_at": intent["created"] if paid else None},
    )
