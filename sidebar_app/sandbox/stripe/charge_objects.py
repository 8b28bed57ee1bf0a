"""Charges and the intents behind them."""

from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.fields import stripe_object


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
    fields: Json = {
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "balance_transaction": f"txn_{id[3:]}",
        "billing_details": _billed_to(customer),
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


def _billed_to(customer: Json) -> Json:
    known = {"address": customer["address"], "email": customer["email"], "name": customer["name"]}
    return known | {"phone": None, "tax_id": None}


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
