"""The next invoice of a subscription, without making it (`POST /v1/invoices/create_preview`)."""

from dataclasses import dataclass
from fractions import Fraction

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe import invoice_objects
from sidebar_app.sandbox.stripe.errors import ApiError, missing
from sidebar_app.sandbox.stripe.params import Params
from sidebar_app.sandbox.stripe.store import Store
from sidebar_app.sandbox.stripe.subscriptions import PRORATIONS, apply_item, period_end

_BILLED = ("active", "past_due", "trialing", "unpaid")


@dataclass(frozen=True)
class Change:
    """An item before and after the previewed change, and the moment it takes effect."""

    before: Json
    after: Json
    at: int


def create_preview(store: Store, params: Params) -> Json:
    params.only("customer", "subscription", "subscription_details")
    subscription = _subscription(store, params)
    customer = store.get("customer", subscription["customer"])
    if not _will_be_billed(subscription):
        raise _nothing_upcoming(customer["id"])
    details = params.child("subscription_details") or Params({})
    details.only("items", "proration_behavior", "proration_date")
    behavior = details.choice("proration_behavior", PRORATIONS) or "create_prorations"
    changes = _changes(store, subscription, details)
    prorations = [] if behavior == "none" else [line for c in changes for line in _proration(c)]
    at_once = behavior == "always_invoice" and bool(changes)
    due = store.now() if at_once else period_end(subscription)
    lines = prorations if at_once else prorations + _next_period(subscription, due)
    return _invoice(customer, subscription, lines, due)


def _subscription(store: Store, params: Params) -> Json:
    if named := params.text("subscription"):
        return store.get("subscription", named, param="subscription")
    if not (customer := params.text("customer")):
        raise missing("customer")
    store.get("customer", customer, param="customer")
    billed = [s for s in store.where("subscription", customer=customer) if _will_be_billed(s)]
    if not billed:
        raise _nothing_upcoming(customer)
    return min(billed, key=period_end)


def _will_be_billed(subscription: Json) -> bool:
    return subscription["status"] in _BILLED and not subscription["cancel_at_period_end"]


def _nothing_upcoming(customer: str) -> ApiError:
    return ApiError(404, f"No upcoming invoices for customer: '{customer}'", code="invoice_upcoming_none")


def _changes(store: Store, subscription: Json, details: Params) -> list[Change]:
    """Applies the previewed items to the copy in hand."""
    items = {item["id"]: item for item in subscription["items"]["data"]}
    at = details.integer("proration_date") or store.now()
    changes = []
    for wanted in details.children("items"):
        wanted.only("id", "price", "quantity")
        item = items.get(wanted.required("id"))
        if item is None:
            raise ApiError(400, "No such subscription item.", code="resource_missing", param="items")
        before = dict(item)
        apply_item(store, item, wanted)
        changes.append(Change(before, item, at))
    return changes


def _proration(change: Change) -> list[Json]:
    """Unused time back, remaining time on, to the second."""
    start, end = change.before["current_period_start"], change.before["current_period_end"]
    share = Fraction(max(0, end - change.at), end - start)
    return [
        _line(change.before, -round(_full(change.before) * share), (change.at, end), "Unused time on"),
        _line(change.after, round(_full(change.after) * share), (change.at, end), "Remaining time on"),
    ]


def _full(item: Json) -> int:
    return int(item["price"]["unit_amount"]) * int(item["quantity"])


def _line(item: Json, amount: int, period: tuple[int, int], prefix: str = "") -> Json:
    name = item["price"]["nickname"] or item["price"]["product"]
    return invoice_objects.invoice_line(
        f"il_tmp_{item['id']}_{'p' if prefix else 'n'}{'c' if amount < 0 else 'd'}",
        amount=amount,
        currency=item["price"]["currency"],
        description=f"{prefix} {item['quantity']} × {name}".strip(),
        period=period,
        item=item,
        quantity=item["quantity"],
        proration=bool(prefix),
    )


def _next_period(subscription: Json, due: int) -> list[Json]:
    billed = [i for i in subscription["items"]["data"] if i["current_period_end"] == due]
    return [_line(i, _full(i), (due, 2 * due - i["current_period_start"])) for i in billed]


def _invoice(customer: Json, subscription: Json, lines: list[Json], due: int) -> Json:
    made = invoice_objects.invoice(
        f"upcoming_{subscription['id']}",
        customer=customer,
        created=due,
        currency=subscription["currency"],
        lines=lines,
        period=(min(i["current_period_start"] for i in subscription["items"]["data"]), due),
        subscription=subscription["id"],
        billing_reason="upcoming",
        hosted_invoice_url=None,
        invoice_pdf=None,
        next_payment_attempt=due + 3600,
        starting_balance=customer["balance"],
        status="draft",
        webhooks_delivered_at=None,
    )
    used = max(-made["total"], customer["balance"]) if customer["balance"] < 0 else customer["balance"]
    rest = max(0, made["total"] + used)
    return made | {"amount_due": rest, "amount_remaining": rest, "ending_balance": customer["balance"] - used}
