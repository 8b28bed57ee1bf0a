"""Fills an empty sandbox with the price list and the customers of the seeded tickets."""

from datetime import datetime

from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.stripe import objects
from sidebar_app.sandbox.stripe.books import add_months, stamp
from sidebar_app.sandbox.stripe.fields import stripe_object
from sidebar_app.sandbox.stripe.stories import write_all

# slug, name, nickname ("" = only the product is named), currency, unit amount, interval, kind
_PRICES = (
    ("enterprise_pro", "Enterprise Pro", "Enterprise Pro", "usd", 4800, "month", "plan"),
    ("enterprise_year", "Enterprise", "Enterprise", "usd", 3_600_000, "year", "plan"),
    ("business", "Business", "", "usd", 9000, "month", "plan"),
    ("team", "Team", "Team", "usd", 4800, "month", "plan"),
    ("team_jpy", "Team", "Team", "jpy", 4800, "month", "plan"),
    ("team_kwd", "Team", "Team", "kwd", 45_500, "month", "plan"),
    ("starter", "Starter", "Starter", "usd", 12_900, "month", "plan"),
    ("starter_eur", "Starter", "Starter", "eur", 11_900, "month", "plan"),
    ("analytics_year", "Advanced Analytics", "Advanced Analytics", "usd", 600_000, "year", "addon"),
    ("support_year", "Priority Support", "Priority Support", "usd", 360_000, "year", "addon"),
    ("api_year", "API Extra Pack", "API Extra Pack", "usd", 240_000, "year", "addon"),
    ("support", "Priority Support", "Priority Support", "usd", 30_000, "month", "addon"),
)
_COUPONS = (("GOODWILL10", "Goodwill 10 %", 10.0, "once"), ("LOYAL20", "Loyalty 20 %", 20.0, "forever"))


def seed(documents: Documents, now: datetime) -> None:
    """Writes the stories once: a sandbox that holds customers already stays as it is."""
    with documents.lock:
        if documents.all("customer"):
            return
        created = stamp(add_months(now, -48))
        prices = {row[0]: _price(documents, created, *row) for row in _PRICES}
        for row in _COUPONS:
            _coupon(documents, created, *row)
        write_all(documents, prices, now)


def _price(
    documents: Documents,
    created: int,
    slug: str,
    name: str,
    nickname: str,
    currency: str,
    amount: int,
    interval: str,
    kind: str,
) -> Json:
    product = f"prod_{name.lower().replace(' ', '_')}"
    documents.put("product", product, objects.product(product, created=created, name=name))
    made = objects.price(
        f"price_{slug}",
        product=product,
        created=created,
        currency=currency,
        unit_amount=amount,
        interval=interval,
        nickname=nickname or None,
        metadata={"kind": kind},
    )
    return documents.put("price", made["id"], made)


def _coupon(documents: Documents, created: int, id: str, name: str, percent: float, duration: str) -> None:
    made = stripe_object(
        "coupon",
        id,
        created=created,
        duration=duration,
        metadata={},
        name=name,
        percent_off=percent,
        times_redeemed=0,
        valid=True,
    )
    documents.put("coupon", id, made)
