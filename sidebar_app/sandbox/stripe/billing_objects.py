"""Objects that carry a bill: subscriptions, invoices, their lines and payments, charges."""

from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.objects import plan_of, stripe_object
from sidebar_app.sandbox.stripe.store import listing

_NO_TAX = {"disabled_reason": None, "enabled": False, "liability": None}
_ISSUER = {"account": None, "type": "self"}


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
    fields: Json = {
        "automatic_tax": _NO_TAX,
        "billing_cycle_anchor": created,
        "billing_mode": {"flexible": None, "type": "classic"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": created,
        "currency": currency,
        "customer": customer,
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": _ISSUER},
        "items": listing(items, f"/v1/subscription_items?subscription={id}"),
        "metadata": {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": created,
        "status": "active",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }
    return stripe_object("subscription", id, **(fields | more))


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
    more: Json = {}
    if item:
        details = {
            "invoice_item": None,
            "proration": proration,
            "proration_details": None,
            "subscription": item["subscription"],
            "subscription_item": item["id"],
        }
        more["parent"] = {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        }
        more["subscription"] = item["subscription"]
        more["pricing"] = {
            "price_details": {"price": item["price"]["id"], "product": item["price"]["product"]},
            "type": "price_details",
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        }
    return stripe_object(
        "line_item",
        id,
        amount=amount,
        currency=currency,
        description=description,
        discount_amounts=[],
        discountable=not proration,
        discounts=[],
        metadata={},
        period={"start": period[0], "end": period[1]},
        pretax_credit_amounts=[],
        quantity=quantity,
        subtotal=amount,
        taxes=[],
        **more,
    )


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
    """A draft-to-open invoice over its lines; `settle` says that it was paid."""
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal + tax
    parent: Json | None = None
    if subscription:
        parent = {
            "quote_details": None,
            "subscription_details": {
                "metadata": {},
                "subscription": subscription,
                "subscription_proration_date": None,
            },
            "type": "subscription_details",
        }
    for line in lines:
        line["invoice"] = id
    fields: Json = {
        "account_country": "US",
        "account_name": "Sandbox",
        "amount_due": max(0, total),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": max(0, total),
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": _NO_TAX | {"provider": None, "status": None},
        "billing_reason": "subscription_cycle" if subscription else "manual",
        "collection_method": "charge_automatically",
        "created": created,
        "currency": currency,
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "effective_at": created + 3600,
        "ending_balance": 0,
        "hosted_invoice_url": f"https://invoice.stripe.example/i/{id}",
        "invoice_pdf": f"https://invoice.stripe.example/i/{id}/pdf",
        "issuer": _ISSUER,
        "lines": listing(lines, f"/v1/invoices/{id}/lines"),
        "metadata": {},
        "parent": parent,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_start": period[0],
        "period_end": period[1],
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "open",
        "status_transitions": {
            "finalized_at": created + 3600,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": subtotal,
        "total_pretax_credit_amounts": [],
        "total_taxes": [_tax(tax, subtotal)] if tax else [],
        "webhooks_delivered_at": created + 60,
    }
    return stripe_object("invoice", id, **(fields | more))


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


def charge(
    id: str,
    *,
    intent: str,
    customer: Json,
    method: Json,
    amount: int,
    currency: str,
    created: int,
    **more: Any,
) -> Json:
    """A succeeded, captured charge."""
    kind = method["type"]
    address = customer["address"]
    fields: Json = {
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "balance_transaction": f"txn_{id[3:]}",
        "billing_details": {
            "address": address,
            "email": customer["email"],
            "name": customer["name"],
            "phone": None,
            "tax_id": None,
        },
        "captured": True,
        "created": created,
        "currency": currency,
        "customer": customer["id"],
        "disputed": False,
        "fraud_details": {},
        "metadata": {},
        "outcome": _outcome("approved_by_network", "Payment complete.", "authorized"),
        "paid": True,
        "payment_intent": intent,
        "payment_method": method["id"],
        "payment_method_details": {"type": kind, kind: _charged(method)},
        "receipt_email": customer["email"],
        "receipt_url": f"https://pay.stripe.example/receipts/{id}",
        "refunded": False,
        "status": "succeeded",
    }
    return stripe_object("charge", id, **(fields | more))


def declined(charge: Json, code: str, message: str) -> Json:
    """The same charge as the bank refused it."""
    return charge | {
        "amount_captured": 0,
        "balance_transaction": None,
        "captured": False,
        "failure_code": code,
        "failure_message": message,
        "outcome": _outcome("declined_by_network", message, "issuer_declined"),
        "paid": False,
        "receipt_url": None,
        "status": "failed",
    }


def _outcome(network: str, message: str, type: str) -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "seller_message": message,
        "type": type,
    }


def _charged(method: Json) -> Json:
    """What a charge repeats of its payment method."""
    details = method[method["type"]]
    common = {"fingerprint": details["fingerprint"], "last4": details["last4"]}
    if method["type"] != "card":
        keys = ("account_holder_type", "account_type", "bank_name", "routing_number")
        return common | {k: details[k] for k in keys} | {"mandate": None}
    kept = {
        k: details[k] for k in ("brand", "checks", "country", "exp_month", "exp_year", "funding", "wallet")
    }
    return common | kept | {"installments": None, "mandate": None, "network": details["brand"]}


def payment_intent(id: str, *, charge: Json, **more: Any) -> Json:
    """The intent behind a charge."""
    succeeded = charge["status"] == "succeeded"
    fields: Json = {
        "amount": charge["amount"],
        "amount_capturable": 0,
        "amount_received": charge["amount"] if succeeded else 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": charge["created"],
        "currency": charge["currency"],
        "customer": charge["customer"],
        "description": charge["description"],
        "latest_charge": charge["id"],
        "metadata": {},
        "payment_method": charge["payment_method"],
        "payment_method_types": [charge["payment_method_details"]["type"]],
        "status": "succeeded" if succeeded else "requires_payment_method",
    }
    return stripe_object("payment_intent", id, **(fields | more))


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
