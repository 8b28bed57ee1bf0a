"""The sandbox's objects: looked up, filtered, paged, saved, announced."""

import operator
from collections.abc import Callable
from datetime import datetime

from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.stripe.errors import invalid, no_such
from sidebar_app.sandbox.stripe.params import Params

COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
}
PREFIXES = {
    "refund": "re",
    "customer_balance_transaction": "cbtxn",
    "checkout.session": "cs_test",
    "billing_portal.session": "bps",
    "coupon": "co",
    "discount": "di",
    "event": "evt",
    "invoice": "in",
    "subscription_item": "si",
    "line_item": "il",
}
Announce = Callable[[Json], None]


class Store:
    """What the endpoints work with. `announce` gets each new event for delivery."""

    def __init__(
        self, documents: Documents, now: Callable[[], datetime], announce: Announce = lambda event: None
    ) -> None:
        self.documents = documents
        self._now = now
        self._announce = announce

    def now(self) -> int:
        return int(self._now().timestamp())

    def new_id(self, kind: str) -> str:
        return f"{PREFIXES[kind]}_sandbox{self.documents.next_number(kind):06d}"

    def save(self, value: Json) -> Json:
        return self.documents.put(value["object"], value["id"], value)

    def get(self, kind: str, id: str, *, param: str | None = None) -> Json:
        """The object; an unknown id is a 404, or a 400 naming the parameter it came in."""
        found = self.documents.get(kind, id)
        if found is None:
            raise no_such(kind, id, param=param or "id", status=400 if param else 404)
        return found

    def where(self, kind: str, **fields: object) -> list[Json]:
        return [o for o in self.documents.all(kind) if all(o.get(k) == v for k, v in fields.items())]

    def filtered(self, kind: str, params: Params, *names: str) -> list[Json]:
        """The objects whose fields equal the given parameters; an unknown customer is an error, not nobody."""
        wanted = {name: value for name in names if (value := params.text(name)) is not None}
        if customer := wanted.get("customer"):
            self.get("customer", customer, param="customer")
        return self.where(kind, **wanted)

    def page(self, items: list[Json], params: Params, url: str) -> Json:
        """One page, newest first, as Stripe's cursors cut it."""
        for op, moment in params.created():
            items = [o for o in items if COMPARE[op](o["created"], moment)]
        items = sorted(items, key=lambda o: int(o["created"]))[::-1]
        return cut(items, params, url)

    def emit(self, type: str, value: Json, previous: Json | None = None) -> None:
        """Records an event about `value` and hands it to the sender."""
        data: Json = {"object": value}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Json = {
            "id": self.new_id("event"),
            "object": "event",
            "account": None,
            "api_version": API_VERSION,
            "context": None,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": type,
        }
        self._announce(self.save(event))


API_VERSION = "2026-10-28.endive"


def cut(items: list[Json], params: Params, url: str) -> Json:
    """The page of an already sorted list."""
    limit = params.integer("limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:
        raise invalid("limit", f"Invalid limit: {limit}. Limits range from 1 to 100.")
    ids = [o["id"] for o in items]
    start, end = 0, len(items)
    if after := params.text("starting_after"):
        start = _place(ids, after, "starting_after") + 1
        end = start + limit
    elif before := params.text("ending_before"):
        end = _place(ids, before, "ending_before")
        start = max(0, end - limit)
        return listing(items[start:end], url, has_more=start > 0)
    else:
        end = limit
    return listing(items[start:end], url, has_more=end < len(items))


def _place(ids: list[str], id: str, param: str) -> int:
    if id not in ids:
        raise no_such("object", id, param=param, status=400)
    return ids.index(id)


def listing(items: list[Json], url: str, *, has_more: bool = False) -> Json:
    return {"object": "list", "data": items, "has_more": has_more, "url": url}
