"""Giving a payment back, in part or whole."""

from collections.abc import Mapping
from typing import Any

from sidebar_app.actions.action import Facts, NotEligible, Plan
from sidebar_app.actions.params import REASONS, Reader, positive_amount
from sidebar_app.domain.billing import Payment
from sidebar_app.domain.money import Money, UnknownCurrency, minor_digits
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.billing import NoSuchObject, RefundOrder

_FIELDS = frozenset({"payment", "amount", "reason", "note"})


class Refund:
    name = "refund"

    def parse(self, params: Mapping[str, Any]) -> dict[str, Any]:
        read = Reader(params, known=_FIELDS)
        parsed = {
            "payment": read.word("payment", required=True),
            "amount": read.word("amount", required=False),
            "reason": read.reason(),
            "note": read.note(),
        }
        read.done()
        return parsed

    def plan(self, params: Mapping[str, Any], facts: Facts) -> Plan:
        payment = _refundable(params["payment"], facts)
        rest = payment.refundable
        amount = positive_amount(params["amount"], rest.currency) if params["amount"] else rest
        if amount > rest:
            raise NotEligible(
                "above-refundable",
                f"{amount} is more than the {rest} that can still be refunded.",
                f"Ask for {rest} or less, or give the difference as a credit.",
            )
        return Plan(
            params={**params, "amount": amount.decimal, "currency": amount.currency},
            amount=amount,
            summary=f"Refund {amount}{_to(payment)}",
            seen={"refundable": rest.decimal, "currency": rest.currency},
        )

    def order(self, request: ActionRequest) -> RefundOrder:
        return RefundOrder(
            request_id=request.id,
            key=request.provider_key,
            customer_id=request.customer_id,
            payment_id=request.params["payment"],
            amount=Money.parse(request.params["amount"], request.params["currency"]),
            reason=REASONS[request.params["reason"]],
            ticket_id=request.ticket_id,
        )


def _to(payment: Payment) -> str:
    return f" to {payment.method.label}" if payment.method else ""


def _refundable(payment_id: str, facts: Facts) -> Payment:
    """The payment, if anything of it may be refunded at all."""
    try:
        payment = facts.payment(payment_id)
    except NoSuchObject:
        raise NotEligible(
            "no-such-payment", "This customer has no such payment.", "Choose a payment from the list."
        ) from None
    try:
        minor_digits(payment.amount.currency)
    except UnknownCurrency as error:
        raise NotEligible(
            "unknown-currency", str(error), "A billing specialist can refund it by hand."
        ) from None
    if payment.status != "succeeded":
        raise NotEligible(
            "not-paid", "This payment did not succeed, so nothing can be refunded.", "Choose a paid one."
        )
    if payment.disputed:
        raise NotEligible(
            "disputed",
            "This payment is disputed at the bank; a refund would pay the customer twice.",
            "Wait for the dispute to end, or hand the ticket to a billing specialist.",
        )
    if not payment.refundable:
        raise NotEligible(
            "already-refunded",
            "This payment has already been refunded in full.",
            "Nothing is left to refund.",
        )
    return payment
