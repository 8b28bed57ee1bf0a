"""Writes years of ordinary billing into an empty sandbox."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.stripe import charge_objects, invoice_objects, objects, subscription_objects


def add_months(moment: datetime, months: int) -> datetime:
    """The same day of another month, or its last day where that day does not exist."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def billing_day(moment: datetime) -> datetime:
    """Nine o'clock of that day, moved back to the 25th where the month's end would make dates uneven."""
    return moment.replace(day=min(moment.day, 25), hour=9, minute=0, second=0, microsecond=0)


def stamp(moment: datetime) -> int:
    return int(moment.timestamp())


def period_after(start: datetime, price: Json) -> datetime:
    months = {"month": 1, "year": 12}[price["recurring"]["interval"]]
    return add_months(start, months * int(price["recurring"]["interval_count"]))


@dataclass(frozen=True)
class Line:
    """One line of an invoice; `item` names the subscription item it bills."""

    amount: int
    description: str
    item: Json | None = None
    quantity: int | None = 1
    proration: bool = False


class Account:
    """One customer and what is written into their books. Ids are made of `slug`: cus_acme, in_acme_0001 …"""

    def __init__(
        self,
        documents: Documents,
        slug: str,
        *,
        name: str,
        email: str,
        address: Sequence[str],
        since: datetime,
        currency: str,
    ) -> None:
        self._documents, self.slug, self.currency = documents, slug, currency
        line1, city, state, postal_code, country = address
        self.customer = objects.customer(
            f"cus_{slug}",
            created=stamp(since),
            name=name,
            email=email,
            address={
                "line1": line1, "line2": None, "city": city, "state": state or None,
                "postal_code": postal_code, "country": country,
            },
            currency=currency,
            invoice_prefix=slug.upper().replace("_", "")[:12],
        )  # fmt: skip
        self.method: Json | None = None
        self._numbers: dict[str, int] = {}
        self.save(self.customer)

    def save(self, value: Json) -> Json:
        return self._documents.put(value["object"], value["id"], value)

    def _id(self, prefix: str) -> str:
        number = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}_{self.slug}_{number:04d}"

    def _pays_with(self, kind: str, details: Json, since: datetime) -> None:
        self.method = objects.payment_method(
            self._id("pm"), customer=self.customer["id"], created=stamp(since), kind=kind, details=details
        )
        self.customer["invoice_settings"]["default_payment_method"] = self.method["id"]
        self.save(self.method)
        self.save(self.customer)

    def pays_by_card(self, brand: str, last4: str, *, expires: datetime, since: datetime) -> None:
        details = objects.card(
            brand, last4, exp_month=expires.month, exp_year=expires.year, fingerprint=f"fp{self.slug}{last4}"
        )
        self._pays_with("card", details, since)

    def pays_by_bank(self, last4: str, *, since: datetime) -> None:
        details = objects.bank_account(last4, fingerprint=f"fp{self.slug}{last4}")
        self._pays_with("us_bank_account", details, since)

    def subscribes(
        self, items: Sequence[tuple[Json, int]], *, since: datetime, period_start: datetime, **more: object
    ) -> Json:
        """A subscription of (price, quantity) items whose current period began at `period_start`."""
        name = self._id("sub")
        made = [
            subscription_objects.subscription_item(
                self._id("si"),
                subscription=name,
                price=price,
                quantity=quantity,
                start=stamp(period_start),
                end=stamp(period_after(period_start, price)),
                created=stamp(since),
            )
            for price, quantity in items
        ]
        return self.save(
            subscription_objects.subscription(
                name,
                customer=self.customer["id"],
                created=stamp(since),
                currency=self.currency,
                items=made,
                **more,
            )
        )

    def invoices(
        self, lines: Sequence[Line], *, at: datetime, until: datetime, subscription: Json | None, tax: int = 0
    ) -> Json:
        """An open, finalized invoice."""
        name = self._id("in")
        number = int(name[-4:])
        period = (stamp(at), stamp(until))
        made = [
            invoice_objects.invoice_line(
                f"il_{name[3:]}_{place}",
                amount=line.amount,
                currency=self.currency,
                description=line.description,
                period=period,
                item=line.item,
                quantity=line.quantity,
                proration=line.proration,
            )
            for place, line in enumerate(lines, 1)
        ]
        return self.save(
            invoice_objects.invoice(
                name,
                customer=self.customer,
                created=stamp(at),
                currency=self.currency,
                lines=made,
                period=period,
                subscription=subscription["id"] if subscription else None,
                tax=tax,
                number=f"{self.customer['invoice_prefix']}-{number:04d}",
            )
        )

    def bills(self, subscription: Json, *, at: datetime) -> Json:
        """The regular invoice of one period, paid an hour later."""
        items = subscription["items"]["data"]
        lines = [
            Line(
                item["price"]["unit_amount"] * item["quantity"],
                f"{item['quantity']} × {item['price']['nickname'] or item['price']['product']}",
                item,
                item["quantity"],
            )
            for item in items
        ]
        until = period_after(at, items[0]["price"])
        invoice = self.invoices(lines, at=at, until=until, subscription=subscription)
        subscription["latest_invoice"] = invoice["id"]
        self.save(subscription)
        return self.collects(invoice)

    def collects(self, invoice: Json, *, after: timedelta = timedelta(hours=1)) -> Json:
        """The invoice paid by a charge."""
        at = datetime.fromtimestamp(invoice["created"], UTC) + after
        intent = self.charges(invoice["amount_due"], at=at, description=f"Invoice {invoice['number']}")
        self.links(invoice, intent)
        return self.save(invoice_objects.settle(invoice, at=stamp(at)))

    def links(self, invoice: Json, intent: Json, *, is_default: bool = True) -> None:
        self.save(
            invoice_objects.invoice_payment(
                self._id("inpay"), invoice=invoice, intent=intent, is_default=is_default
            )
        )

    def charges(
        self, amount: int, *, at: datetime, description: str, decline: str = "", **more: object
    ) -> Json:
        """A charge and its intent; with `decline` (Stripe's code) the bank refused it."""
        assert self.method is not None
        number = self._id("pi")[3:]
        charge = charge_objects.charge(
            f"ch_{number}",
            intent=f"pi_{number}",
            customer=self.customer,
            method=self.method,
            amount=amount,
            currency=self.currency,
            created=stamp(at),
            description=description,
            **more,
        )
        if decline:
            message = {"expired_card": "Your card has expired."}.get(decline, "Your card was declined.")
            charge = charge_objects.declined(charge, decline, message)
        self.save(charge)
        return self.save(charge_objects.payment_intent(f"pi_{number}", charge=charge))

    def gives_back(self, intent: Json, amount: int, *, at: datetime, reason: str) -> None:
        charge = self._documents.get("charge", intent["latest_charge"])
        assert charge is not None
        self.save(
            objects.refund(self._id("re"), charge=charge, amount=amount, created=stamp(at), reason=reason)
        )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.save(charge)

    def credits(self, amount: int, *, at: datetime, description: str) -> None:
        """`amount` in the customer's favour."""
        self.customer["balance"] -= amount
        self.save(self.customer)
        self.save(
            objects.balance_transaction(
                self._id("cbtxn"),
                customer=self.customer,
                amount=-amount,
                created=stamp(at),
                description=description,
            )
        )

    def is_disputed(self, intent: Json, *, at: datetime, reason: str) -> None:
        charge = self._documents.get("charge", intent["latest_charge"])
        assert charge is not None
        due = stamp(at + timedelta(days=14))
        self.save(
            objects.dispute(self._id("dp"), charge=charge, created=stamp(at), reason=reason, due_by=due)
        )
        self.save(charge | {"disputed": True})
