"""Customers and their balance."""

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe import objects
from sidebar_app.sandbox.stripe.amounts import THREE_DECIMAL
from sidebar_app.sandbox.stripe.errors import ApiError, invalid, missing, no_such
from sidebar_app.sandbox.stripe.params import Params
from sidebar_app.sandbox.stripe.store import Store

EDITABLE = ("description", "email", "name", "phone", "tax_exempt", "invoice_prefix")


def list_customers(store: Store, params: Params) -> Json:
    """`email` is compared case-sensitively, as Stripe does."""
    params.listing("created", "email")
    return store.page(store.filtered("customer", params, "email"), params, "/v1/customers")


def get_customer(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("customer", id)


def update_customer(store: Store, params: Params, id: str) -> Json:
    params.only(*EDITABLE, "address", "balance", "invoice_settings", "metadata")
    params.choice("tax_exempt", ("none", "exempt", "reverse"))
    customer = store.get("customer", id)
    before = dict(customer)
    customer |= {name: params.text(name) for name in EDITABLE if name in params}
    customer["metadata"] = params.metadata(customer["metadata"])
    if "address" in params:
        customer["address"] = params.raw("address") or None
    if (balance := params.integer("balance")) is not None:
        customer["balance"] = balance
    settings = params.child("invoice_settings")
    if settings and (method := settings.text("default_payment_method")):
        _check_owner(store, method, id)
        customer["invoice_settings"] = customer["invoice_settings"] | {"default_payment_method": method}
    return announce_update(store, customer, before)


def _check_owner(store: Store, method: str, customer: str) -> None:
    if store.get("payment_method", method, param="payment_method")["customer"] != customer:
        raise ApiError(
            400, "The customer does not have a payment method with that ID.", param="payment_method"
        )


def announce_update(store: Store, customer: Json, before: Json) -> Json:
    store.save(customer)
    changed = {k: v for k, v in before.items() if customer.get(k) != v}
    store.emit("customer.updated", customer, changed)
    return customer


def list_balance_transactions(store: Store, params: Params, id: str) -> Json:
    params.listing("created")
    store.get("customer", id)
    found = store.where("customer_balance_transaction", customer=id)
    return store.page(found, params, f"/v1/customers/{id}/balance_transactions")


def get_balance_transaction(store: Store, params: Params, id: str, transaction: str) -> Json:
    params.only()
    found = store.get("customer_balance_transaction", transaction)
    if found["customer"] != id:
        raise no_such("customer_balance_transaction", transaction)
    return found


def create_balance_transaction(store: Store, params: Params, id: str) -> Json:
    """Moves the balance; negative is a credit. https://docs.stripe.com/billing/customer/balance"""
    params.only("amount", "currency", "description", "metadata")
    amount, currency = params.integer("amount"), params.required("currency").lower()
    if amount is None:
        raise missing("amount")
    if amount == 0:
        raise invalid("amount", "Amount must be non-zero.")
    if currency in THREE_DECIMAL and amount % 10:
        raise invalid("amount", "Three-decimal amounts must be rounded to the nearest ten.")
    metadata = params.metadata()
    customer = store.get("customer", id)
    if customer["currency"] not in (None, currency):
        raise ApiError(
            400,
            f"You cannot combine currencies on a single customer. This customer has had a balance in "
            f"{customer['currency']}.",
            param="currency",
        )
    before = dict(customer)
    customer |= {"currency": currency, "balance": customer["balance"] + amount}
    made = objects.balance_transaction(
        store.new_id("customer_balance_transaction"),
        customer=customer,
        amount=amount,
        created=store.now(),
        description=params.text("description"),
        metadata=metadata,
    )
    store.save(made)
    announce_update(store, customer, before)
    return made
