"""Products, prices, coupons."""

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.errors import ApiError, invalid
from sidebar_app.sandbox.stripe.fields import stripe_object
from sidebar_app.sandbox.stripe.params import Params
from sidebar_app.sandbox.stripe.store import Store


def list_products(store: Store, params: Params) -> Json:
    params.listing("active", "created", "ids")
    found = _active(store.where("product"), params)
    if (ids := params.raw("ids")) is not None:
        found = [o for o in found if o["id"] in ids]
    return store.page(found, params, "/v1/products")


def get_product(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("product", id)


def list_prices(store: Store, params: Params) -> Json:
    params.listing("active", "created", "currency", "product", "type")
    found = store.filtered("price", params, "currency", "product", "type")
    return store.page(_active(found, params), params, "/v1/prices")


def get_price(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("price", id)


def _active(found: list[Json], params: Params) -> list[Json]:
    active = params.boolean("active")
    return found if active is None else [o for o in found if o["active"] == active]


def list_coupons(store: Store, params: Params) -> Json:
    params.listing("created")
    return store.page(store.where("coupon"), params, "/v1/coupons")


def get_coupon(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("coupon", id)


def create_coupon(store: Store, params: Params) -> Json:
    params.only(
        "amount_off", "currency", "duration", "duration_in_months", "id", "metadata", "name", "percent_off"
    )
    duration = params.choice("duration", ("forever", "once", "repeating")) or "once"
    percent, amount = params.text("percent_off"), params.integer("amount_off")
    if (percent is None) == (amount is None):
        raise invalid("percent_off", "You must pass either percent_off or amount_off.")
    coupon = params.text("id") or store.new_id("coupon")
    if store.documents.get("coupon", coupon):
        raise ApiError(400, "Coupon already exists.", code="resource_already_exists", param="id")
    return store.save(
        stripe_object(
            "coupon",
            coupon,
            amount_off=amount,
            created=store.now(),
            currency=params.text("currency"),
            duration=duration,
            duration_in_months=params.integer("duration_in_months"),
            metadata=params.metadata(),
            name=params.text("name"),
            percent_off=percent and float(percent),
            times_redeemed=0,
            valid=True,
        )
    )
