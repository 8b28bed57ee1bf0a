"""Subscriptions and their items."""

from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe import objects, subscription_objects
from sidebar_app.sandbox.stripe.errors import ApiError, invalid, no_such
from sidebar_app.sandbox.stripe.fields import stripe_object
from sidebar_app.sandbox.stripe.params import Params
from sidebar_app.sandbox.stripe.store import Store

STATUSES = (
    "active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid",
)  # fmt: skip
PRORATIONS = ("always_invoice", "create_prorations", "none")
_ENDED = ("canceled", "incomplete_expired")


def list_subscriptions(store: Store, params: Params) -> Json:
    """Without `status` everything but canceled ones, as Stripe does."""
    params.listing("created", "customer", "price", "status")
    status = params.choice("status", (*STATUSES, "all", "ended"))
    found = store.filtered("subscription", params, "customer")
    if status is None:
        found = [o for o in found if o["status"] not in _ENDED]
    elif status == "ended":
        found = [o for o in found if o["status"] in _ENDED]
    elif status != "all":
        found = [o for o in found if o["status"] == status]
    if price := params.text("price"):
        found = [o for o in found if any(i["price"]["id"] == price for i in o["items"]["data"])]
    return store.page(found, params, "/v1/subscriptions")


def get_subscription(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("subscription", id)


def update_subscription(store: Store, params: Params, id: str) -> Json:
    params.only(
        "cancel_at", "cancel_at_period_end", "cancellation_details", "default_payment_method", "description",
        "discounts", "items", "metadata", "pause_collection", "payment_behavior", "proration_behavior",
        "proration_date", "trial_end",
    )  # fmt: skip
    params.choice("proration_behavior", PRORATIONS)
    subscription = store.get("subscription", id)
    if subscription["status"] in _ENDED:
        raise ApiError(400, "A canceled subscription can only update its cancellation_details and metadata.")
    before = store.get("subscription", id)
    _cancellation(subscription, params, store.now())
    _trial(subscription, params, store.now())
    _pause(subscription, params)
    if "items" in params:
        for change in params.children("items"):
            _change_item(store, subscription, change)
    if "discounts" in params:
        _discount(store, subscription, params)
    if "description" in params:
        subscription["description"] = params.text("description")
    if method := params.text("default_payment_method"):
        store.get("payment_method", method, param="default_payment_method")
        subscription["default_payment_method"] = method
    subscription["metadata"] = params.metadata(subscription["metadata"])
    return _announced(store, subscription, before)


def _announced(store: Store, subscription: Json, before: Json) -> Json:
    store.save(subscription)
    changed = {k: v for k, v in before.items() if subscription[k] != v}
    store.emit("customer.subscription.updated", subscription, changed)
    return subscription


def period_end(subscription: Json) -> int:
    """When the next of its items is billed."""
    return min(int(i["current_period_end"]) for i in subscription["items"]["data"])


def _cancellation(subscription: Json, params: Params, now: int) -> None:
    if (at_end := params.boolean("cancel_at_period_end")) is not None:
        subscription["cancel_at_period_end"] = at_end
        subscription["cancel_at"] = period_end(subscription) if at_end else None
        subscription["canceled_at"] = now if at_end else None
        reason = "cancellation_requested" if at_end else None
        subscription["cancellation_details"] = subscription["cancellation_details"] | {"reason": reason}
    if (at := params.integer("cancel_at")) is not None:
        subscription["cancel_at"] = at
    if details := params.child("cancellation_details"):
        details.only("comment", "feedback")
        given = {n: details.text(n) for n in ("comment", "feedback") if n in details}
        subscription["cancellation_details"] = subscription["cancellation_details"] | given


def _trial(subscription: Json, params: Params, now: int) -> None:
    if "trial_end" not in params:
        return
    end = now if params.raw("trial_end") == "now" else params.integer("trial_end")
    if end is None or end < now:
        raise invalid("trial_end", "Invalid timestamp: must be an integer Unix timestamp in the future.")
    subscription |= {
        "trial_end": end,
        "trial_start": subscription["trial_start"] or now,
        "billing_cycle_anchor": end,
        "status": "trialing" if end > now else "active",
    }
    for item in subscription["items"]["data"]:
        item["current_period_end"] = end


def _pause(subscription: Json, params: Params) -> None:
    if "pause_collection" not in params:
        return
    pause = params.child("pause_collection")
    if pause is None:
        subscription["pause_collection"] = None
        return
    pause.only("behavior", "resumes_at")
    behavior = pause.choice("behavior", ("keep_as_draft", "mark_uncollectible", "void"))
    if behavior is None:
        raise invalid("pause_collection[behavior]", "Missing required param: pause_collection[behavior].")
    subscription["pause_collection"] = {"behavior": behavior, "resumes_at": pause.integer("resumes_at")}


def _change_item(store: Store, subscription: Json, change: Params) -> None:
    """Without an id a second item is added; a new price without a quantity starts at 1."""
    change.only("id", "price", "quantity", "deleted", "metadata")
    items = subscription["items"]["data"]
    named = change.text("id")
    if named is None:
        items.append(_new_item(store, subscription, change))
        return
    item = next((i for i in items if i["id"] == named), None)
    if item is None:
        raise no_such("subscription_item", named, param="items[0][id]", status=400)
    if change.boolean("deleted"):
        if len(items) == 1:
            raise ApiError(400, "A subscription must have at least one active plan.")
        items.remove(item)
        return
    apply_item(store, item, change)


def apply_item(store: Store, item: Json, change: Params) -> None:
    """Price, quantity and metadata of one item, as the parameters say."""
    quantity = change.integer("quantity")
    if quantity is not None and quantity < 0:
        raise invalid("quantity", "Quantity must be 0 or more.")
    if named := change.text("price"):
        price = store.get("price", named, param="items[0][price]")
        item |= {"price": price, "plan": objects.plan_of(price), "quantity": 1}
    if quantity is not None:
        item["quantity"] = quantity
    item["metadata"] = change.metadata(item["metadata"])


def _new_item(store: Store, subscription: Json, change: Params) -> Json:
    price = store.get("price", change.required("price"), param="items[0][price]")
    first = subscription["items"]["data"][0]
    return subscription_objects.subscription_item(
        store.new_id("subscription_item"),
        subscription=subscription["id"],
        price=price,
        quantity=change.integer("quantity") or 1,
        start=first["current_period_start"],
        end=first["current_period_end"],
        created=store.now(),
    )


def _discount(store: Store, subscription: Json, params: Params) -> None:
    """The given list replaces the old one; "" clears it, an empty list changes nothing."""
    if params.raw("discounts") == "":
        subscription["discounts"] = []
        return
    kept: list[Any] = []
    for entry in params.children("discounts"):
        entry.only("coupon", "discount", "promotion_code")
        if named := entry.text("discount"):
            kept.append(store.get("discount", named, param="discounts[0][discount]")["id"])
            continue
        coupon = store.get("coupon", entry.required("coupon"), param="discounts[0][coupon]")
        kept.append(_new_discount(store, subscription, coupon)["id"])
    if kept:
        subscription["discounts"] = kept


def _new_discount(store: Store, subscription: Json, coupon: Json) -> Json:
    store.save(coupon | {"times_redeemed": coupon["times_redeemed"] + 1})
    return store.save(
        stripe_object(
            "discount",
            store.new_id("discount"),
            customer=subscription["customer"],
            source={"coupon": coupon["id"], "type": "coupon"},
            start=store.now(),
            subscription=subscription["id"],
        )
    )


def update_item(store: Store, params: Params, id: str) -> Json:
    params.only("metadata", "payment_behavior", "price", "proration_behavior", "proration_date", "quantity")
    params.choice("proration_behavior", PRORATIONS)
    for subscription in store.where("subscription"):
        item = next((i for i in subscription["items"]["data"] if i["id"] == id), None)
        if item:
            before = store.get("subscription", subscription["id"])
            apply_item(store, item, params)
            _announced(store, subscription, before)
            return dict(item)
    raise no_such("subscription_item", id)
