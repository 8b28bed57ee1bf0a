"""Stripe's charges, refunds and invoices as ours."""

from sidebar_app.adapters.billing.stripe.values import (
    Json,
    id_of,
    moment,
    moment_or_none,
    money,
    payment_method,
)
from sidebar_app.domain.billing import Invoice, Payment, Refund
from sidebar_app.domain.money import Money

_OWED = ("open", "uncollectible")


def payments(charges: list[Json]) -> tuple[Payment, ...]:
    """One payment per charge, in the order given (newest first).

    A payment is named by its PaymentIntent, by which invoices know it. An intent may hold several
    attempts: the one that succeeded carries the intent's name (else the newest), the others their own.
    """
    bearers: dict[str, Json] = {}
    for charge in charges:
        intent = id_of(charge.get("payment_intent"))
        known = bearers.get(intent) if intent else None
        if intent and (known is None or (known["status"] == "failed" and charge["status"] != "failed")):
            bearers[intent] = charge
    names: dict[str, str] = {charge["id"]: intent for intent, charge in bearers.items()}
    return tuple(payment(charge, id=names.get(charge["id"], str(charge["id"]))) for charge in charges)


def payment(charge: Json, *, id: str) -> Payment:
    currency = charge["currency"]
    captured = bool(charge["captured"])
    details = charge.get("payment_method_details") or {}
    kind = details.get("type")
    refunds = (charge.get("refunds") or {}).get("data", [])
    return Payment(
        id=id,
        status="pending" if charge["status"] == "succeeded" and not captured else charge["status"],
        amount=money(charge["amount_captured"] if captured else charge["amount"], currency),
        refunded=money(charge["amount_refunded"], currency),
        created_at=moment(charge["created"]),
        method=payment_method(kind, details.get(kind)) if kind else None,
        disputed=bool(charge["disputed"]),
        failure=charge.get("failure_message") or "",
        refunds=tuple(refund(value) for value in refunds),
    )


def refund(value: Json) -> Refund:
    """Our own reason is in the metadata: Stripe knows three words only."""
    reason = (value.get("metadata") or {}).get("reason") or value.get("reason") or ""
    return Refund(
        id=value["id"],
        amount=money(value["amount"], value["currency"]),
        status=value.get("status") or "pending",
        created_at=moment(value["created"]),
        reason=str(reason).replace("_", " "),
    )


def invoice(value: Json) -> Invoice:
    currency, status = value["currency"], value.get("status") or "draft"
    return Invoice(
        id=value["id"],
        number=value.get("number") or "",
        status=status,
        total=money(value["total"], currency),
        remaining=money(value["amount_remaining"], currency)
        if status in _OWED
        else Money.zero(currency.upper()),
        created_at=moment(value["created"]),
        paid_at=moment_or_none(value["status_transitions"].get("paid_at")),
        due_at=moment_or_none(value.get("due_date")),
        attempts=value["attempt_count"],
        next_attempt_at=moment_or_none(value.get("next_payment_attempt")),
        url=value.get("hosted_invoice_url") or "",
        payment_ids=_paid_by((value.get("payments") or {}).get("data", [])),
    )


def _paid_by(links: list[Json]) -> tuple[str, ...]:
    ids = (id_of(p["payment"].get("payment_intent")) or id_of(p["payment"].get("charge")) for p in links)
    return tuple(name for name in ids if name)
