"""The billing port on Stripe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import stripe

from sidebar_app.adapters.billing.stripe import payments, subscriptions, values, writes
from sidebar_app.adapters.billing.stripe.catalogue import ProductNames
from sidebar_app.adapters.billing.stripe.client import READ_OPTIONS, Json, Reader, failures_named
from sidebar_app.domain.billing import (
    Credits,
    CustomerRef,
    Facts,
    Invoices,
    Payment,
    Payments,
    Section,
    Subscriptions,
    Upcoming,
)
from sidebar_app.domain.outcome import Done, Outcome, Refused
from sidebar_app.ports.billing import CreditOrder, NoSuchObject, Order, RefundOrder

ABILITIES = frozenset({"refund", "credit"})
# 1,000 payments are 80 years of monthly ones; beyond it sums are told as "at least".
_PAYMENT_PAGES = 10
_INVOICE_PAGES = 5
_FIND_PAGES = 10
_INVOICES_BACK = timedelta(days=400)
_CUSTOMER_EXPANSIONS = [
    "default_source",
    "invoice_settings.default_payment_method",
    "subscriptions.data.default_payment_method",
]


class StripeGateway:
    """Implements BillingGateway. `abilities` may be narrowed, e.g. for a key that must not move money."""

    name = "Stripe"

    def __init__(
        self,
        client: stripe.StripeClient,
        *,
        abilities: frozenset[str] = ABILITIES,
        reader: Reader | None = None,
    ) -> None:
        self._client = client
        self._abilities = abilities & ABILITIES
        self._reader = reader or Reader()
        self._names = ProductNames(client, self._reader)

    @property
    def abilities(self) -> frozenset[str]:
        return self._abilities

    def find_customers(self, email: str) -> list[CustomerRef]:
        """Stripe compares addresses by case: it is asked for the address as given and in lower case."""
        found: dict[str, Json] = {}
        for spelling in dict.fromkeys((email, email.lower())):
            customers, _ = self._list(self._client.v1.customers.list, email=spelling)
            found |= {c["id"]: c for c in customers}
        with failures_named():
            oldest_first = sorted(found.values(), key=lambda c: (c["created"], c["id"]))
            return [values.customer_ref(customer) for customer in oldest_first]

    def customer(self, customer_id: str) -> CustomerRef:
        with failures_named():
            return values.customer_ref(self._customer(customer_id, []))

    def read(self, section: Section, *, customer_id: str, now: datetime) -> Facts:
        with failures_named():
            match section:
                case Section.ACCOUNT:
                    return values.account(self._customer(customer_id, _CUSTOMER_EXPANSIONS))
                case Section.SUBSCRIPTIONS:
                    return self._subscriptions(customer_id, now)
                case Section.INVOICES:
                    return self._invoices(customer_id, now)
                case Section.PAYMENTS:
                    return self._payments(customer_id)
                case Section.UPCOMING:
                    return self._upcoming(customer_id)
                case Section.CREDITS:
                    return self._credits(customer_id)

    def payment(self, payment_id: str, *, customer_id: str) -> Payment:
        charge = self._charge(payment_id)
        if values.id_of(charge.get("customer")) != customer_id:
            raise NoSuchObject("Stripe knows no such payment of this customer.")
        with failures_named():
            return payments.payment(charge, id=payment_id)

    def execute(self, order: Order) -> Outcome:
        if _ability(order) not in self._abilities:
            return Refused("not-supported", "This cannot be done in Stripe from here.")
        if refusal := writes.unpayable(order.amount):
            return refusal
        match order:
            case RefundOrder():
                return writes.refund(self._client, order)
            case CreditOrder():
                return writes.credit(self._client, order)

    def find(self, order: Order) -> Done | None:
        """Lists are strongly consistent, Stripe's search is not. A refund that failed moved nothing."""
        try:
            made = next((m for m in self._effects(order) if writes.is_ours(m, order)), None)
        except NoSuchObject:
            return None
        if made is None or writes.has_failed(made):
            return None
        match order:
            case RefundOrder():
                outcome = writes.refund_outcome(made, order)
            case CreditOrder():
                outcome = writes.credit_outcome(made, order)
        return (
            outcome if isinstance(outcome, Done) else Done(made["id"], "Its amount differs from the request.")
        )

    # -- one vendor call each ---------------------------------------------------------------------------

    def _subscriptions(self, customer_id: str, now: datetime) -> Facts:
        found, _ = self._list(self._client.v1.subscriptions.list, customer=customer_id, status="all")
        names = self._names.of(subscriptions.product_ids(found))
        return Subscriptions(
            tuple(
                subscriptions.subscription(value, names=names, today=now.date())
                for value in subscriptions.in_order(found)
            )
        )

    def _invoices(self, customer_id: str, now: datetime) -> Facts:
        """The hundred newest, and older ones of the last 400 days."""
        cut = now - _INVOICES_BACK
        found, _ = self._list(
            self._client.v1.invoices.list,
            most=_INVOICE_PAGES,
            enough=lambda last: values.moment(last["created"]) < cut,
            customer=customer_id,
            expand=["data.payments"],
        )
        return Invoices(tuple(payments.invoice(value) for value in found))

    def _payments(self, customer_id: str) -> Facts:
        found, complete = self._list(
            self._client.v1.charges.list, most=_PAYMENT_PAGES, customer=customer_id, expand=["data.refunds"]
        )
        return Payments(payments.payments(found), complete=complete)

    def _upcoming(self, customer_id: str) -> Facts:
        """The next invoice among the customer's subscriptions: Stripe picks it when none is named."""
        params: Any = {"customer": customer_id}
        try:
            preview = self._client_preview(params)
        except _NothingUpcoming:
            return Upcoming(())
        return Upcoming((values.upcoming_invoice(preview),))

    def _credits(self, customer_id: str) -> Facts:
        found, _ = self._list(
            lambda p, o: self._client.v1.customers.balance_transactions.list(customer_id, p, o)
        )
        return Credits(tuple(values.credit_entry(value) for value in found))

    def _client_preview(self, params: Any) -> Json:
        def call() -> stripe.Invoice:
            try:
                return self._client.v1.invoices.create_preview(params, READ_OPTIONS)
            except stripe.InvalidRequestError as error:
                if error.code == "invoice_upcoming_none":
                    raise _NothingUpcoming from None
                raise

        return self._reader.one(call)

    def _customer(self, customer_id: str, expand: list[str]) -> Json:
        params: Any = {"expand": expand} if expand else {}
        found = self._reader.one(
            lambda: self._client.v1.customers.retrieve(customer_id, params, READ_OPTIONS)
        )
        if found.get("deleted"):
            raise NoSuchObject("This customer was deleted in Stripe.")
        return found

    def _charge(self, payment_id: str) -> Json:
        """The charge behind a payment's name, with its refunds."""
        v1 = self._client.v1
        if writes.names_charge(payment_id) == "charge":
            expand: Any = {"expand": ["refunds"]}
            return self._reader.one(lambda: v1.charges.retrieve(payment_id, expand, READ_OPTIONS))
        expand = {"expand": ["latest_charge.refunds"]}
        intent = self._reader.one(lambda: v1.payment_intents.retrieve(payment_id, expand, READ_OPTIONS))
        charge: Json | None = intent.get("latest_charge")
        if charge is None:
            raise NoSuchObject("Nothing was ever charged under this payment.")
        return charge

    def _effects(self, order: Order) -> list[Json]:
        v1 = self._client.v1
        if isinstance(order, RefundOrder):
            target: Any = {writes.names_charge(order.payment_id): order.payment_id}
            return self._list(v1.refunds.list, most=_FIND_PAGES, **target)[0]
        customer = order.customer_id
        return self._list(
            lambda p, o: v1.customers.balance_transactions.list(customer, p, o), most=_FIND_PAGES
        )[0]

    def _list(
        self,
        call: Callable[..., Any],
        *,
        most: int = 1,
        enough: Callable[[Json], bool] | None = None,
        **params: Any,
    ) -> tuple[list[Json], bool]:
        return self._reader.pages(
            lambda cursor: call(params | cursor, READ_OPTIONS), most=most, enough=enough
        )


class _NothingUpcoming(Exception):
    """Stripe will bill this customer nothing more; no fault of anybody."""


def _ability(order: Order) -> str:
    return "refund" if isinstance(order, RefundOrder) else "credit"
