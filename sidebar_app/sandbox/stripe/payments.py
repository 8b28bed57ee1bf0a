"""Charges, intents, payment methods, disputes and refunds."""

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe import objects
from sidebar_app.sandbox.stripe.amounts import check_amount, shown
from sidebar_app.sandbox.stripe.errors import ApiError, missing
from sidebar_app.sandbox.stripe.params import Params
from sidebar_app.sandbox.stripe.store import Store

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def list_charges(store: Store, params: Params) -> Json:
    params.listing("created", "customer", "payment_intent", "transfer_group")
    return store.page(store.filtered("charge", params, "customer", "payment_intent"), params, "/v1/charges")


def get_charge(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("charge", id)


def list_intents(store: Store, params: Params) -> Json:
    params.listing("created", "customer")
    return store.page(store.filtered("payment_intent", params, "customer"), params, "/v1/payment_intents")


def get_intent(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("payment_intent", id)


def list_methods(store: Store, params: Params) -> Json:
    params.listing("customer", "type")
    found = store.filtered("payment_method", params, "customer", "type")
    return store.page(found, params, "/v1/payment_methods")


def get_method(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("payment_method", id)


def list_disputes(store: Store, params: Params) -> Json:
    params.listing("charge", "created", "payment_intent")
    return store.page(store.filtered("dispute", params, "charge", "payment_intent"), params, "/v1/disputes")


def list_refunds(store: Store, params: Params) -> Json:
    params.listing("charge", "created", "payment_intent")
    return store.page(store.filtered("refund", params, "charge", "payment_intent"), params, "/v1/refunds")


def get_refund(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("refund", id)


def create_refund(store: Store, params: Params) -> Json:
    """Gives money back, never more than is left; https://docs.stripe.com/api/refunds/create."""
    params.only("amount", "charge", "metadata", "payment_intent", "reason", "instructions_email")
    reason = params.choice("reason", REASONS)
    metadata = params.metadata()
    amount = params.integer("amount")
    charge = _charge_to_refund(store, params)
    rest = charge["amount_captured"] - charge["amount_refunded"]
    _check_refundable(charge, rest)
    amount = rest if amount is None else amount
    check_amount("amount", amount, charge["currency"])
    if amount > rest:
        raise ApiError(
            400,
            f"Refund amount ({shown(amount, charge['currency'])}) is greater than unrefunded amount "
            f"on charge ({shown(rest, charge['currency'])})",
            param="amount",
        )
    made = objects.refund(
        store.new_id("refund"),
        charge=charge,
        amount=amount,
        created=store.now(),
        reason=reason,
        metadata=metadata,
    )
    return _booked(store, charge, made)


def _booked(store: Store, charge: Json, refund: Json) -> Json:
    store.save(refund)
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    store.save(charge)
    store.emit("refund.created", refund)
    store.emit("charge.refunded", charge, before)
    if refund["status"] == "succeeded":
        store.emit("refund.updated", refund, {"destination_details": None})
    return refund


def _charge_to_refund(store: Store, params: Params) -> Json:
    if charge_id := params.text("charge"):
        return store.get("charge", charge_id, param="charge")
    if not (intent_id := params.text("payment_intent")):
        raise missing("payment_intent")
    intent = store.get("payment_intent", intent_id, param="payment_intent")
    charge = store.documents.get("charge", intent["latest_charge"] or "")
    if charge is None or charge["status"] != "succeeded":
        raise ApiError(
            400,
            f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
        )
    return charge


def _check_refundable(charge: Json, rest: int) -> None:
    if charge["disputed"]:
        raise ApiError(
            400,
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if charge["status"] != "succeeded":
        raise ApiError(400, f"Charge {charge['id']} has not succeeded; cannot issue a refund.")
    if rest == 0:
        raise ApiError(
            400,
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
