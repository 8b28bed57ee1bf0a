"""A billing context with the questions that every part of the panel asks of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sidebar_app.domain.billing import PaymentMethod, Section, Subscription
from sidebar_app.domain.context import BillingContext
from sidebar_app.domain.metrics import BillingFacts, monthly_price
from sidebar_app.domain.money import Money
from sidebar_app.web.view.dates import ago


@dataclass(frozen=True, slots=True)
class Scene:
    context: BillingContext
    facts: BillingFacts

    @classmethod
    def of(cls, context: BillingContext) -> "Scene":
        return cls(
            context, BillingFacts.of(r.facts for r in context.readings.values() if r.facts is not None)
        )

    @property
    def now(self) -> datetime:
        return self.context.now

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of the shown facts was read."""
        return min((r.read_at for r in self.context.readings.values() if r.facts and r.read_at), default=None)

    @property
    def all_failed(self) -> bool:
        """No part could be read anew: one alert says so for all of them."""
        readings = self.context.readings.values()
        return bool(readings) and all(r.problem for r in readings)

    @property
    def method(self) -> PaymentMethod | None:
        return self.facts.account.payment_method if self.facts.account else None

    @property
    def main_subscription(self) -> Subscription | None:
        """The running one with the most expensive plan; add-ons on a subscription of their own come last."""
        return max(self.facts.running, key=_plan_weight, default=None)

    def problem(self, *sections: Section) -> str:
        """What a person has to know about these parts; empty when they are as fresh as the others."""
        for section in sections:
            reading = self.context.readings.get(section)
            if reading is None or not reading.problem:
                continue
            if reading.facts is None:
                return f"{reading.problem} This part could not be read."
            if reading.read_at and not self.all_failed:
                return f"{reading.problem} This is as it was {ago(reading.read_at, self.now)}."
        return ""

    def missing(self, section: Section) -> bool:
        """Nothing is known of this part."""
        reading = self.context.readings.get(section)
        return reading is None or reading.facts is None


def _plan_weight(subscription: Subscription) -> tuple[bool, int, datetime]:
    plans = [item for item in subscription.items if not item.is_addon]
    return (bool(plans), int(sum(monthly_price(item) for item in plans)), subscription.started_at)


def amounts(found: Iterable[Money], *, none: str = "") -> str:
    """Amounts of several currencies side by side; they never add."""
    return " + ".join(str(amount) for amount in found) or none


def brief(amount: Money) -> str:
    """Without decimals that say nothing: "$3,400", but "$3,400.50"."""
    whole, point, decimals = str(amount).partition(".")
    return whole if point and not decimals.strip("0") else str(amount)


def safe_url(url: str) -> str:
    """The address if a browser may follow it; nothing else than the web."""
    return url if url.startswith(("https://", "http://")) else ""
