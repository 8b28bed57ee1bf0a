"""Adding to the customer's balance: taken off their next invoice."""

from collections.abc import Mapping
from typing import Any

from sidebar_app.actions.action import Facts, NotEligible, Plan
from sidebar_app.actions.params import REASONS, Reader, positive_amount
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.billing import CreditOrder

_FIELDS = frozenset({"amount", "currency", "reason", "note"})


class Credit:
    name = "credit"

    def parse(self, params: Mapping[str, Any]) -> dict[str, Any]:
        read = Reader(params, known=_FIELDS)
        parsed = {
            "amount": read.word("amount", required=True),
            "currency": read.word("currency", required=True, longest=3).upper(),
            "reason": read.reason(),
            "note": read.note(),
        }
        read.done()
        return parsed

    def plan(self, params: Mapping[str, Any], facts: Facts) -> Plan:
        amount = positive_amount(params["amount"], params["currency"])
        account = facts.account()
        if account.currency and account.currency != amount.currency:
            raise NotEligible(
                "other-currency",
                f"This customer is billed in {account.currency}; a credit in {amount.currency} would never be used.",
                f"Give the credit in {account.currency}.",
            )
        balance = account.credit or Money.zero(amount.currency)
        return Plan(
            params={**params, "amount": amount.decimal},
            amount=amount,
            summary=f"Credit {amount} to the balance",
            seen={"credit": balance.decimal, "currency": balance.currency},
        )

    def order(self, request: ActionRequest) -> CreditOrder:
        return CreditOrder(
            request_id=request.id,
            key=request.provider_key,
            customer_id=request.customer_id,
            amount=Money.parse(request.params["amount"], request.params["currency"]),
            reason=REASONS[request.params["reason"]],
            ticket_id=request.ticket_id,
        )
