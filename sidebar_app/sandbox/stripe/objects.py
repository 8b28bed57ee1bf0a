"""Complete objects in the shape of API version 2026-10-28.endive: every field present, most of them null."""

from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.fields import stripe_object


def customer(id: str, *, created: int, name: str, email: str | None, **more: Any) -> Json:
    fields: Json = {
        "created": created,
        "name": name,
        "email": email,
        "balance": 0,
        "delinquent": False,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }
    return stripe_object("customer", id, **(fields | more))


def product(id: str, *, created: int, name: str, **more: Any) -> Json:
    fields: Json = {
        "active": True,
        "created": created,
        "updated": created,
        "name": name,
        "images": [],
        "marketing_features": [],
        "metadata": {},
        "type": "service",
    }
    return stripe_object("product", id, **(fields | more))


def price(
    id: str,
    *,
    product: str,
    created: int,
    currency: str,
    unit_amount: int,
    interval: str | None = None,
    **more: Any,
) -> Json:
    """`interval` None makes a one-time price."""
    recurring = interval and {
        "interval": interval,
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    fields: Json = {
        "active": True,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": currency,
        "metadata": {},
        "product": product,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "type": "recurring" if interval else "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }
    return stripe_object("price", id, **(fields | more))


def plan_of(price: Json) -> Json:
    """The legacy plan that Stripe still shows beside a recurring price."""
    recurring = price["recurring"]
    return stripe_object(
        "plan",
        price["id"],
        active=price["active"],
        amount=price["unit_amount"],
        amount_decimal=price["unit_amount_decimal"],
        billing_scheme="per_unit",
        created=price["created"],
        currency=price["currency"],
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        metadata=price["metadata"],
        nickname=price["nickname"],
        product=price["product"],
        usage_type="licensed",
    )


def payment_method(id: str, *, customer: str, created: int, kind: str, details: Json, **more: Any) -> Json:
    """`details` go under the name of the kind: card, us_bank_account …"""
    billing = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
    fields: Json = {
        "billing_details": billing,
        "created": created,
        "customer": customer,
        "metadata": {},
        "type": kind,
        "allow_redisplay": "unspecified",
        kind: details,
    }
    return stripe_object("payment_method", id, **(fields | more))


_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def card(brand: str, last4: str, *, exp_month: int, exp_year: int, fingerprint: str) -> Json:
    return {
        "brand": brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def bank_account(last4: str, *, fingerprint: str) -> Json:
    return {
        "account_holder_type": "company",
        "account_type": "checking",
        "bank_name": "TEST BANK",
        "financial_connections_account": None,
        "fingerprint": fingerprint,
        "last4": last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": None,
    }


def refund(id: str, *, charge: Json, amount: int, created: int, **more: Any) -> Json:
    """A refund of a charge: cards succeed at once, banks stay pending."""
    method = (charge["payment_method_details"] or {}).get("type")
    fields: Json = {
        "amount": amount,
        "balance_transaction": f"txn_{id[3:]}",
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "status": "succeeded" if method == "card" else "pending",
    }
    if method == "card":
        fields["destination_details"] = {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        }
    else:
        fields["pending_reason"] = "processing"
    return stripe_object("refund", id, **(fields | more))


def balance_transaction(id: str, *, customer: Json, amount: int, created: int, **more: Any) -> Json:
    """A movement of the customer's balance; a negative amount is a credit."""
    fields: Json = {
        "amount": amount,
        "created": created,
        "currency": customer["currency"],
        "customer": customer["id"],
        "ending_balance": customer["balance"],
        "metadata": {},
        "type": "adjustment",
    }
    return stripe_object("customer_balance_transaction", id, **(fields | more))


def dispute(id: str, *, charge: Json, created: int, reason: str, due_by: int) -> Json:
    eligibility: Json = {}
    return stripe_object(
        "dispute",
        id,
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        created=created,
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={"enhanced_evidence": {}},
        evidence_details={
            "due_by": due_by,
            "enhanced_eligibility": eligibility,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
    )
