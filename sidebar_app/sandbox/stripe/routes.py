"""Which call does what."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe import (
    catalogue,
    customers,
    invoices,
    payments,
    preview,
    sessions,
    subscriptions,
)
from sidebar_app.sandbox.stripe.errors import ApiError

Handler = Callable[..., Json]


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    handler: Handler

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template))


_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/v1/customers", customers.list_customers),
    ("GET", "/v1/customers/{id}", customers.get_customer),
    ("POST", "/v1/customers/{id}", customers.update_customer),
    ("GET", "/v1/customers/{id}/balance_transactions", customers.list_balance_transactions),
    ("POST", "/v1/customers/{id}/balance_transactions", customers.create_balance_transaction),
    ("GET", "/v1/customers/{id}/balance_transactions/{transaction}", customers.get_balance_transaction),
    ("GET", "/v1/products", catalogue.list_products),
    ("GET", "/v1/products/{id}", catalogue.get_product),
    ("GET", "/v1/prices", catalogue.list_prices),
    ("GET", "/v1/prices/{id}", catalogue.get_price),
    ("GET", "/v1/coupons", catalogue.list_coupons),
    ("POST", "/v1/coupons", catalogue.create_coupon),
    ("GET", "/v1/coupons/{id}", catalogue.get_coupon),
    ("GET", "/v1/subscriptions", subscriptions.list_subscriptions),
    ("GET", "/v1/subscriptions/{id}", subscriptions.get_subscription),
    ("POST", "/v1/subscriptions/{id}", subscriptions.update_subscription),
    ("POST", "/v1/subscription_items/{id}", subscriptions.update_item),
    ("GET", "/v1/invoices", invoices.list_invoices),
    ("POST", "/v1/invoices/create_preview", preview.create_preview),
    ("GET", "/v1/invoices/{id}", invoices.get_invoice),
    ("POST", "/v1/invoices/{id}", invoices.update_invoice),
    ("GET", "/v1/invoices/{id}/lines", invoices.list_lines),
    ("POST", "/v1/invoices/{id}/send", invoices.send_invoice),
    ("POST", "/v1/invoices/{id}/void", invoices.void_invoice),
    ("POST", "/v1/invoices/{id}/mark_uncollectible", invoices.mark_uncollectible),
    ("GET", "/v1/invoice_payments", invoices.list_invoice_payments),
    ("GET", "/v1/credit_notes", invoices.list_credit_notes),
    ("GET", "/v1/charges", payments.list_charges),
    ("GET", "/v1/charges/{id}", payments.get_charge),
    ("GET", "/v1/payment_intents", payments.list_intents),
    ("GET", "/v1/payment_intents/{id}", payments.get_intent),
    ("GET", "/v1/payment_methods", payments.list_methods),
    ("GET", "/v1/payment_methods/{id}", payments.get_method),
    ("GET", "/v1/disputes", payments.list_disputes),
    ("GET", "/v1/refunds", payments.list_refunds),
    ("POST", "/v1/refunds", payments.create_refund),
    ("GET", "/v1/refunds/{id}", payments.get_refund),
    ("POST", "/v1/checkout/sessions", sessions.create_checkout_session),
    ("POST", "/v1/billing_portal/sessions", sessions.create_portal_session),
)
ROUTES = tuple(Route(*row) for row in _TABLE)
_COMPILED = [(route.method, route.pattern, route.handler) for route in ROUTES]


def match(method: str, path: str) -> tuple[Handler, dict[str, str]]:
    """The handler of a call and the ids in its path; literal paths come before templates."""
    for verb, pattern, handler in _COMPILED:
        if verb == method and (found := pattern.fullmatch(path)):
            return handler, found.groupdict()
    raise ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}).",
        executed=False,
    )
