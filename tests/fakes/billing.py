"""A billing backend in memory that keeps Stripe's promises, and fails when told to."""

from dataclasses import replace
from datetime import datetime, timedelta

from sidebar_app.domain.billing import (
    Account,
    CreditEntry,
    Credits,
    CustomerRef,
    Facts,
    Invoices,
    Payment,
    PaymentMethod,
    Payments,
    Refund,
    Section,
    Subscriptions,
    Upcoming,
)
from sidebar_app.domain.money import Money
from sidebar_app.domain.outcome import Done, Outcome, Refused, Unknown
from sidebar_app.ports.billing import BillingUnavailable, CreditOrder, NoSuchObject, Order, RefundOrder

KEY_LIVES_FOR = timedelta(hours=24)


class FakeBilling:
    """`faults` are taken one per write: "" (none), drop_before, drop_after, status_before, status_after.

    Like Stripe it replays the first answer of a key for 24 hours, an error that came after the work included.
    """

    name = "Stripe"
    abilities = frozenset({"refund", "credit"})

    def __init__(self, clock: "object") -> None:
        self._now = clock.now  # type: ignore[attr-defined]
        self.customers = [CustomerRef("cus_1", "Acme Corp", "billing@acme.example")]
        self.payments: dict[str, Payment] = {}
        self.owner: dict[str, str] = {}
        self.credits: list[CreditEntry] = []
        self.effects: list[Order] = []
        self.faults: list[str] = []
        self.down = False
        self.reads = 0
        self.subscriptions = Subscriptions(())
        self._keys: dict[str, tuple[datetime, Order, Outcome]] = {}
        self.pays("pay_1", Money(240_000, "USD"))

    def pays(self, payment_id: str, amount: Money, *, customer: str = "cus_1", **more: object) -> None:
        method = PaymentMethod("card", "Visa", "4242", 12, 2030)
        self.payments[payment_id] = replace(
            Payment(payment_id, "succeeded", amount, Money.zero(amount.currency), self._now(), method),
            **more,  # type: ignore[arg-type]
        )
        self.owner[payment_id] = customer

    def find_customers(self, email: str) -> list[CustomerRef]:
        self._answer()
        return [c for c in self.customers if c.email == email]

    def customer(self, customer_id: str) -> CustomerRef:
        self._answer()
        for customer in self.customers:
            if customer.id == customer_id:
                return customer
        raise NoSuchObject(customer_id)

    def read(self, section: Section, *, customer_id: str, now: datetime) -> Facts:
        self._answer()
        mine = [p for p in self.payments.values() if self.owner[p.id] == customer_id]
        if section is Section.ACCOUNT:
            name = self.customer(customer_id).name
            return Account(customer_id, name, "", now, (), None, "USD", self.balance)
        facts: dict[Section, Facts] = {
            Section.SUBSCRIPTIONS: self.subscriptions,
            Section.INVOICES: Invoices(()),
            Section.PAYMENTS: Payments(tuple(mine)),
            Section.UPCOMING: Upcoming(()),
            Section.CREDITS: Credits(tuple(self.credits)),
        }
        return facts[section]

    @property
    def balance(self) -> Money:
        return sum((c.amount for c in self.credits), Money.zero("USD"))

    def payment(self, payment_id: str, *, customer_id: str) -> Payment:
        self._answer()
        if self.owner.get(payment_id) != customer_id:
            raise NoSuchObject(payment_id)
        return self.payments[payment_id]

    def execute(self, order: Order) -> Outcome:
        fault = self.faults.pop(0) if self.faults else ""
        if self.down or fault in ("drop_before", "status_before"):
            return Unknown("The connection was lost.")
        outcome = self._keyed(order, fault)
        return Unknown("The connection was lost.") if fault == "drop_after" else outcome

    def find(self, order: Order) -> Done | None:
        self._answer()
        for number, effect in enumerate(self.effects):
            if effect.request_id == order.request_id:
                return Done(f"effect_{number}")
        return None

    def _keyed(self, order: Order, fault: str) -> Outcome:
        known = self._keys.get(order.key)
        if known and self._now() - known[0] < KEY_LIVES_FOR:
            return known[2]
        outcome = self._effect(order)
        if isinstance(outcome, Done) and fault == "status_after":
            outcome = Unknown("Error 500.")
        if not isinstance(outcome, Refused):
            self._keys[order.key] = (self._now(), order, outcome)
        return outcome

    def _effect(self, order: Order) -> Outcome:
        if isinstance(order, RefundOrder):
            payment = self.payments[order.payment_id]
            if order.amount > payment.refundable:
                return Refused("already-refunded", "This payment has already been refunded.")
            refund = Refund(f"effect_{len(self.effects)}", order.amount, "succeeded", self._now())
            self.payments[payment.id] = replace(
                payment, refunded=payment.refunded + order.amount, refunds=(*payment.refunds, refund)
            )
        if isinstance(order, CreditOrder):
            self.credits.append(CreditEntry(f"effect_{len(self.effects)}", order.amount, self._now()))
        self.effects.append(order)
        return Done(f"effect_{len(self.effects) - 1}")

    def _answer(self) -> None:
        self.reads += 1
        if self.down:
            raise BillingUnavailable("down")
