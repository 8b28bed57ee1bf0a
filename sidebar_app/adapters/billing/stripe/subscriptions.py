"""Stripe's subscriptions as ours.

What Stripe has no field for is read from the subscription's metadata: `contract_end` (a date),
`contract_months`, `auto_renew` (true or false), `seats_used`, `seats_total` (the plan's quantity
without it). A price is an add-on when its metadata, or its item's, says `kind: addon`.
"""

import calendar
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sidebar_app.adapters.billing.stripe.values import Json, moment, moment_or_none, money
from sidebar_app.domain.billing import Subscription, SubscriptionItem

_STATUSES = {"incomplete_expired": "ended"}
_SHOWN_FIRST = ("active", "past_due", "trialing", "unpaid", "paused", "incomplete")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def in_order(subscriptions: list[Json]) -> list[Json]:
    """Running ones first, the oldest of them (the main plan) in front."""
    last = len(_SHOWN_FIRST)
    rank = {status: place for place, status in enumerate(_SHOWN_FIRST)}
    return sorted(subscriptions, key=lambda s: (rank.get(s["status"], last), s["created"]))


def product_ids(subscriptions: list[Json]) -> set[str]:
    """The products whose names are needed because their price has none."""
    prices = [item["price"] for s in subscriptions for item in s["items"]["data"]]
    return {price["product"] for price in prices if not price.get("nickname")}


def subscription(value: Json, *, names: Mapping[str, str], today: date) -> Subscription:
    """`names` maps product ids to names."""
    metadata = value.get("metadata") or {}
    items = value["items"]["data"]
    ends = [item["current_period_end"] for item in items]
    period_end = moment(min(ends)) if ends else None
    translated = tuple(_item(item, names) for item in items)
    seats_used = _number(metadata, "seats_used")
    renews = _BOOLEANS.get(str(metadata.get("auto_renew", "")).strip().lower())
    months = _number(metadata, "contract_months")
    return Subscription(
        id=value["id"],
        status=_status(value),
        started_at=moment(value["start_date"]),
        items=translated,
        period_end=period_end,
        trial_end=moment_or_none(value["trial_end"]) if value["status"] == "trialing" else None,
        cancel_at=_cancel_at(value, period_end),
        contract_end=_contract_end(metadata, months=months, renews=renews, today=today),
        contract_months=months,
        auto_renews=renews,
        seats_used=seats_used,
        seats_total=_seats_total(metadata, translated) if seats_used is not None else None,
    )


def _status(value: Json) -> str:
    """Collection that is paused leaves Stripe's status active, but nothing is being billed."""
    status = str(value["status"])
    if status == "active" and value.get("pause_collection"):
        return "paused"
    return _STATUSES.get(status, status)


def _cancel_at(value: Json, period_end: datetime | None) -> datetime | None:
    if value.get("cancel_at"):
        return moment(value["cancel_at"])
    return period_end if value.get("cancel_at_period_end") else None


def _item(item: Json, names: Mapping[str, str]) -> SubscriptionItem:
    price = item["price"]
    recurring = price["recurring"]
    name = price.get("nickname") or names.get(price["product"]) or price["product"]
    amount, quantity, note = _unit(price, item.get("quantity"))
    return SubscriptionItem(
        id=item["id"],
        name=f"{name}{note}",
        price=money(amount, price["currency"]),
        quantity=quantity,
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        is_addon=_is_addon(price) or _is_addon(item),
    )


def _unit(price: Json, quantity: int | None) -> tuple[int, int | None, str]:
    """Amount, quantity and a note for the name.

    A price in fractions of a minor unit is told for all its units together; a tiered one has no unit
    price in this answer (its tiers cannot be expanded in a list) and is told as zero with a note.
    """
    if price.get("unit_amount") is not None:
        return int(price["unit_amount"]), quantity, ""
    if price.get("unit_amount_decimal") is None:
        return 0, quantity, " (tiered price)"
    together = Decimal(str(price["unit_amount_decimal"])) * (1 if quantity is None else quantity)
    amount = int(together.to_integral_value(ROUND_HALF_EVEN))
    return amount, None if quantity is None else 1, "" if quantity is None else f" × {quantity}"


def _is_addon(value: Json) -> bool:
    return bool((value.get("metadata") or {}).get("kind") == "addon")


def _seats_total(metadata: Mapping[str, Any], items: tuple[SubscriptionItem, ...]) -> int | None:
    named = _number(metadata, "seats_total")
    plan = next((i.quantity for i in items if not i.is_addon and i.quantity is not None), None)
    return plan if named is None else named


def _number(metadata: Mapping[str, Any], key: str) -> int | None:
    """A whole number, or None for anything else that somebody typed into metadata."""
    text = str(metadata.get(key, "")).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _contract_end(
    metadata: Mapping[str, Any], *, months: int | None, renews: bool | None, today: date
) -> date | None:
    """The end as written, moved on by whole terms when the contract renewed itself since."""
    try:
        written = date.fromisoformat(str(metadata.get("contract_end", "")).strip())
    except ValueError:
        return None
    end, terms = written, 0
    while renews and months and end < today:
        terms += 1
        end = _months_later(written, months * terms)
    return end


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
