"""Expansion of references: https://docs.stripe.com/expand."""

from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.errors import ApiError
from sidebar_app.sandbox.stripe.store import Store, listing

MAX_DEPTH = 4
# Field name → kind of the object its id names.
REFERENCES = {
    "customer": "customer",
    "charge": "charge",
    "payment_intent": "payment_intent",
    "latest_charge": "charge",
    "latest_invoice": "invoice",
    "invoice": "invoice",
    "subscription": "subscription",
    "product": "product",
    "default_payment_method": "payment_method",
    "payment_method": "payment_method",
    "coupon": "coupon",
    "discounts": "discount",
    "schedule": "subscription_schedule",
    "refund": "refund",
}
# (kind, field) that is left out until asked for → (kind of its items, their field naming the owner).
INCLUDABLE = {
    ("charge", "refunds"): ("refund", "charge"),
    ("invoice", "payments"): ("invoice_payment", "invoice"),
    ("customer", "subscriptions"): ("subscription", "customer"),
}


def expanded(store: Store, value: Json, paths: list[str]) -> Json:
    """`value` with every path expanded; refuses more than four levels and what cannot be expanded."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise ApiError(
                400,
                f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}",
                executed=False,
            )
        if not _expand(store, value, parts):
            raise ApiError(400, f"This property cannot be expanded ({path}).", param="expand", executed=False)
    return value


def _expand(store: Store, node: Any, parts: list[str]) -> bool:
    """True when the path fits the shape, also when there was nothing to replace (null)."""
    if isinstance(node, list):
        fits = [_expand(store, item, parts) for item in node]
        return all(fits)
    if not isinstance(node, dict):
        return node is None
    head, rest = parts[0], parts[1:]
    _include(store, node, head)
    if head not in node:
        return False
    replaced = _resolved(store, node, head)
    return _expand(store, node[head], rest) if rest else replaced


def _include(store: Store, node: Json, field: str) -> None:
    rule = INCLUDABLE.get((str(node.get("object")), field))
    if rule and field not in node:
        kind, owner = rule
        items = sorted(store.where(kind, **{owner: node["id"]}), key=lambda o: -int(o.get("created", 0)))
        node[field] = listing(items, f"/v1/{kind}s?{owner}={node['id']}")


def _resolved(store: Store, node: Json, field: str) -> bool:
    """Replaces ids under `field` by their objects; False when the field holds no reference."""
    value = node[field]
    if value is None or isinstance(value, dict):
        return True
    kind = REFERENCES.get(field)
    if kind is None:
        return isinstance(value, list) and field == "data"
    if isinstance(value, list):
        node[field] = [store.documents.get(kind, v) if isinstance(v, str) else v for v in value]
    else:
        node[field] = store.documents.get(kind, value) or value
    return True
