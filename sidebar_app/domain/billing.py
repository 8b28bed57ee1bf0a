"""A customer's billing facts, as every backend is translated into."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sidebar_app.domain.money import Money


class Section(StrEnum):
    """The parts of the billing context that are read and that fail independently."""

    ACCOUNT = "account"
    SUBSCRIPTIONS = "subscriptions"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    UPCOMING = "upcoming"
    CREDITS = "credits"


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """A billing customer as found by e-mail address."""

    id: str
    name: str
    email: str


# Kinds that are not written as their words are.
_KINDS = {
    "us_bank_account": "Bank account",
    "sepa_debit": "SEPA debit",
    "bacs_debit": "Bacs debit",
    "au_becs_debit": "BECS debit",
    "acss_debit": "Pre-authorised debit",
    "paypal": "PayPal",
}


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """How the customer pays. `kind` is "card" or the backend's name of another method."""

    kind: str
    brand: str = ""
    last4: str = ""
    exp_month: int | None = None
    exp_year: int | None = None

    @property
    def label(self) -> str:
        name = self.brand or _KINDS.get(self.kind) or self.kind.replace("_", " ").capitalize()
        return f"{name} ···· {self.last4}" if self.last4 else name

    def has_expired(self, today: date) -> bool:
        """A card works until the end of the month printed on it."""
        if not (self.exp_month and self.exp_year):
            return False
        return (self.exp_year, self.exp_month) < (today.year, today.month)


@dataclass(frozen=True, slots=True)
class Account:
    """`credit` is what the customer has in hand (positive = in their favour), None when they never had a currency."""

    customer_id: str
    name: str
    email: str
    since: datetime
    address: tuple[str, ...] = ()
    payment_method: PaymentMethod | None = None
    currency: str | None = None
    credit: Money | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionItem:
    """`price` is for one unit and one interval; `quantity` is None for metered items."""

    id: str
    name: str
    price: Money
    quantity: int | None
    interval: str
    interval_count: int = 1
    is_addon: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """`status`: active · trialing · past_due · unpaid · paused · incomplete · canceled · ended, or as the
    backend says."""

    id: str
    status: str
    started_at: datetime
    items: tuple[SubscriptionItem, ...]
    period_end: datetime | None = None
    trial_end: datetime | None = None
    cancel_at: datetime | None = None
    contract_end: date | None = None
    contract_months: int | None = None
    auto_renews: bool | None = None
    seats_used: int | None = None
    seats_total: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """`status`: draft · open · paid · void · uncollectible. `payment_ids` join it to payments."""

    id: str
    number: str
    status: str
    total: Money
    remaining: Money
    created_at: datetime
    paid_at: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    url: str = ""
    payment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refund:
    """`status`: pending · succeeded · failed · canceled · requires_action."""

    id: str
    amount: Money
    status: str
    created_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to collect money. `status`: succeeded · pending · failed. `id` is what a refund names."""

    id: str
    status: str
    amount: Money
    refunded: Money
    created_at: datetime
    method: PaymentMethod | None = None
    disputed: bool = False
    failure: str = ""
    refunds: tuple[Refund, ...] = ()

    @property
    def refundable(self) -> Money:
        """What could still be given back; zero unless the payment succeeded."""
        return self.amount - self.refunded if self.status == "succeeded" else Money.zero(self.amount.currency)


@dataclass(frozen=True, slots=True)
class UpcomingInvoice:
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """One movement of the customer's balance; `amount` is positive when in the customer's favour."""

    id: str
    amount: Money
    created_at: datetime
    description: str = ""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    items: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Invoices:
    items: tuple[Invoice, ...]


@dataclass(frozen=True, slots=True)
class Payments:
    """`complete` is False when the backend holds more payments than were read: sums are then "at least"."""

    items: tuple[Payment, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Empty when nothing more will be billed."""

    items: tuple[UpcomingInvoice, ...]


@dataclass(frozen=True, slots=True)
class Credits:
    items: tuple[CreditEntry, ...]


Facts = Account | Subscriptions | Invoices | Payments | Upcoming | Credits
FACTS_OF: dict[Section, type[Facts]] = {
    Section.ACCOUNT: Account,
    Section.SUBSCRIPTIONS: Subscriptions,
    Section.INVOICES: Invoices,
    Section.PAYMENTS: Payments,
    Section.UPCOMING: Upcoming,
    Section.CREDITS: Credits,
}
