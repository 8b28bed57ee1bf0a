"""Pages that Stripe would host: checkout and the customer portal."""

from copy import deepcopy

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.amounts import check_amount
from sidebar_app.sandbox.stripe.errors import ApiError, invalid, missing
from sidebar_app.sandbox.stripe.fields import stripe_object
from sidebar_app.sandbox.stripe.params import Params, as_integer
from sidebar_app.sandbox.stripe.store import Store

FLOWS = (
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
)
DAY = 24 * 3600
_NEW_CHECKOUT: Json = {
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "custom_fields": [],
    "custom_text": {
        "after_submit": None,
        "shipping_address": None,
        "submit": None,
        "terms_of_service_acceptance": None,
    },
    "mode": "payment",
    "payment_method_types": ["card"],
    "payment_status": "unpaid",
    "shipping_options": [],
    "status": "open",
    "ui_mode": "hosted_page",
}


def create_checkout_session(store: Store, params: Params) -> Json:
    params.only(
        "cancel_url", "client_reference_id", "customer", "expires_at", "line_items", "metadata", "mode",
        "payment_intent_data", "return_url", "success_url", "ui_mode",
    )  # fmt: skip
    if params.choice("mode", ("payment", "setup", "subscription")) != "payment":
        raise invalid("mode", "The sandbox takes checkout in payment mode only.")
    customer = store.get("customer", params.required("customer"), param="customer")
    amount, currency = _total(store, params)
    session = store.new_id("checkout.session")
    fields = {name: params.text(name) for name in ("cancel_url", "client_reference_id", "success_url")}
    return store.save(
        stripe_object(
            "checkout.session",
            session,
            **deepcopy(_NEW_CHECKOUT),
            **fields,
            amount_subtotal=amount,
            amount_total=amount,
            created=store.now(),
            currency=currency,
            customer=customer["id"],
            expires_at=_expiry(params, store.now()),
            metadata=params.metadata(),
            url=f"https://checkout.stripe.example/c/pay/{session}",
        )
    )


def _expiry(params: Params, now: int) -> int:
    expires = params.integer("expires_at") or now + DAY
    if not now + 1800 <= expires <= now + DAY:
        raise invalid("expires_at", "expires_at must lie between 30 minutes and 24 hours from now.")
    return expires


def _total(store: Store, params: Params) -> tuple[int, str]:
    total, currency = 0, ""
    for item in params.children("line_items"):
        item.only("price", "price_data", "quantity")
        amount, currency = _unit(store, item)
        total += amount * (item.integer("quantity") or 1)
    if not currency:
        raise missing("line_items")
    check_amount("line_items", total, currency)
    return total, currency


def _unit(store: Store, item: Params) -> tuple[int, str]:
    if named := item.text("price"):
        price = store.get("price", named, param="line_items[0][price]")
        return price["unit_amount"], price["currency"]
    data = item.child("price_data")
    if data is None:
        raise missing("line_items[0][price]")
    return as_integer("unit_amount", data.required("unit_amount")), data.required("currency").lower()


def create_portal_session(store: Store, params: Params) -> Json:
    params.only("configuration", "customer", "flow_data", "locale", "return_url")
    customer = store.get("customer", params.required("customer"), param="customer")
    flow = None
    if data := params.child("flow_data"):
        kind = data.choice("type", FLOWS)
        if kind is None:
            raise missing("flow_data[type]")
        if kind == "subscription_cancel" and not data.child("subscription_cancel"):
            raise ApiError(400, "You must pass subscription_cancel.", param="flow_data", executed=False)
        flow = {
            "after_completion": {
                "hosted_confirmation": None,
                "redirect": None,
                "type": "portal_homepage",
            },
            "subscription_cancel": None,
            "subscription_update": None,
            "subscription_update_confirm": None,
            "type": kind,
        }
    session = store.new_id("billing_portal.session")
    return store.save(
        stripe_object(
            "billing_portal.session",
            session,
            configuration="bpc_sandbox",
            created=store.now(),
            customer=customer["id"],
            flow=flow,
            return_url=params.text("return_url"),
            url=f"https://billing.stripe.example/p/session/{session}",
        )
    )
