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
    expansion = _Expansion(store)
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise ApiError(
                400,
                f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}",
                executed=False,
            )
        if not expansion.apply(value, parts):
            raise ApiError(400, f"This property cannot be expanded ({path}).", param="expand", executed=False)
    return value


class _Expansion:
    """Expands within one call; children are read once per kind, not once per parent."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._children: dict[tuple[str, str], dict[str, list[Json]]] = {}

    def apply(self, node: Any, parts: list[str]) -> bool:
        """True when the path fits the shape, also when there was nothing to replace (null)."""
        if isinstance(node, list):
            fits = [self.apply(item, parts) for item in node]
            return all(fits)
        if not isinstance(node, dict):
            return node is None
        head, rest = parts[0], parts[1:]
        self._include(node, head)
        if head not in node:
            return False
        replaced = self._resolve(node, head)
        return self.apply(node[head], rest) if rest else replaced

    def _include(self, node: Json, field: str) -> None:
        rule = INCLUDABLE.get((str(node.get("object")), field))
        if rule is None or field in node:
            return
        kind, owner = rule
        if rule not in self._children:
            groups = self._children[rule] = {}
            for child in self._store.where(kind):
                groups.setdefault(child[owner], []).insert(0, child)
        node[field] = listing(self._children[rule].get(node["id"], []), f"/v1/{kind}s?{owner}={node['id']}")

    def _resolve(self, node: Json, field: str) -> bool:
        """Replaces ids under `field` by their objects; False when the field holds no reference."""
        value = node[field]
        if value is None or isinstance(value, dict):
            return True
        kind = REFERENCES.get(field)
        if kind is None:
            return isinstance(value, list) and field == "data"
        if isinstance(value, list):
            node[field] = [self._object(kind, v) for v in value]
        else:
            node[field] = self._object(kind, value)
        return True

    def _object(self, kind: str, value: Any) -> Any:
        return (self._store.documents.get(kind, value) or value) if isinstance(value, str) else value
