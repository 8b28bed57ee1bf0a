"""The billing backend."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidebar_app.domain.billing import CustomerRef, Facts, Payment, Section
from sidebar_app.domain.money import Money
from sidebar_app.domain.outcome import Done, Outcome


class BillingUnavailable(Exception):
    """A read got no usable answer (timeout, refused connection, 5xx, rate limit): try again later."""


class BillingMisconfigured(Exception):
    """The backend refuses our credentials or lacks a permission; the text names which, never the key."""


class NoSuchObject(Exception):
    """The backend knows no object of that id."""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give `amount` of a payment back. `key` is the idempotency key, `request_id` goes into the metadata."""

    request_id: str
    key: str
    customer_id: str
    payment_id: str
    amount: Money
    reason: str
    ticket_id: int


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """Add `amount` (positive) to the customer's balance."""

    request_id: str
    key: str
    customer_id: str
    amount: Money
    reason: str
    ticket_id: int


Order = RefundOrder | CreditOrder


class BillingGateway(Protocol):
    """Reads raise BillingUnavailable, BillingMisconfigured or NoSuchObject.

    Writes never raise for what the backend did: they answer Done, Refused or Unknown, and are sent
    at most once per call (the caller decides about repeats, with the same key). Everything is safe
    to call from several threads.
    """

    @property
    def name(self) -> str:
        """The backend's name as people know it, e.g. "Stripe"."""
        ...

    @property
    def abilities(self) -> frozenset[str]:
        """The actions (policy names: "refund", "credit", …) this backend can carry out."""
        ...

    def find_customers(self, email: str) -> list[CustomerRef]:
        """All customers with this e-mail address, oldest first; several are legal."""
        ...

    def customer(self, customer_id: str) -> CustomerRef: ...

    def read(self, section: Section, *, customer_id: str, now: datetime) -> Facts:
        """One section, as one round of calls. Payments reach back as far as pages allow (all-time revenue)."""
        ...

    def payment(self, payment_id: str, *, customer_id: str) -> Payment:
        """The live state of one payment; NoSuchObject also when it belongs to another customer."""
        ...

    def execute(self, order: Order) -> Outcome:
        """Refuses (code "not-supported") an order it has no ability for."""
        ...

    def find(self, order: Order) -> Done | None:
        """The effect of this order if it happened, found by our metadata through strongly consistent lists."""
        ...


@dataclass(frozen=True, slots=True)
class BillingEvent:
    """A verified webhook of the backend: these sections of this customer are no longer fresh."""

    id: str
    customer_id: str | None
    sections: frozenset[Section]


class InvalidDelivery(Exception):
    """A webhook that is unsigned, wrongly signed, too old or unreadable; the text says which."""
