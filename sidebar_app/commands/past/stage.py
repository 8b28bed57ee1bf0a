"""The stage on which the past is played: one transaction, a clock that is set, and a backend that plays along."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any, cast

from sidebar_app.domain.billing import Account, CustomerRef, Facts, Payment, PaymentMethod, Section
from sidebar_app.domain.money import Money
from sidebar_app.domain.outcome import Done, Outcome, Refused
from sidebar_app.domain.people import SlackIdentity
from sidebar_app.ports.billing import NoSuchObject, Order
from sidebar_app.ports.chat import ApprovalCard, MessageRef
from sidebar_app.ports.outbox import Tasks
from sidebar_app.ports.store import Transaction


class OneTransaction:
    """A store whose transactions are all the same one: two months commit together, or not at all."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = cast("Transaction", _Quiet(tx))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        yield self._tx

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        yield self._tx

    def ping(self) -> None:
        """It is there."""


class _Quiet:
    """The transaction, but without the tasks that would tell people of it: no cards, notes or mails of long ago."""

    def __init__(self, tx: Transaction) -> None:
        self._tx, self.tasks = tx, _QuietTasks(tx.tasks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


class _QuietTasks:
    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def add(self, topic: str, subject: str, *, detail: str = "", now: datetime) -> str:
        return self._tasks.add(topic, subject, detail=detail, now=now) if topic == "execute" else ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tasks, name)


class SetClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class SeededIds:
    """The same ids in every preview."""

    def __init__(self) -> None:
        self._chance = Random(1)  # noqa: S311 -- names, not secrets

    def new(self, prefix: str) -> str:
        return f"{prefix}_past{self._chance.randrange(16**12):012x}"


class NoBell:
    def ring(self, task_id: str) -> None:
        """Whoever plays works on the tasks themselves."""


class AllAreMembers:
    """A chat that is only asked who belongs to it."""

    def post_card(self, card: ApprovalCard) -> MessageRef:
        raise NotImplementedError

    def update_card(self, ref: MessageRef, card: ApprovalCard) -> None:
        raise NotImplementedError

    def warn_security(self, text: str) -> None:
        raise NotImplementedError

    def is_active_member(self, identity: SlackIdentity) -> bool:  # noqa: ARG002 -- the port's signature
        return True

    def email_of(self, identity: SlackIdentity) -> str:
        raise NotImplementedError

    def member_of(self, email: str) -> SlackIdentity | None:
        raise NotImplementedError


class PlayedBilling:
    """A backend with one payment per request, that does what it is asked unless it is told to refuse."""

    name = "Stripe"
    abilities = frozenset({"refund", "credit"})

    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}
        self.refuses: set[str] = set()
        self._chance = Random(2)  # noqa: S311 -- names, not secrets

    def takes(self, payment_id: str, amount: Money, at: datetime) -> None:
        method = PaymentMethod("card", "Visa", "4242")
        self.payments[payment_id] = Payment(
            payment_id, "succeeded", amount, Money.zero(amount.currency), at, method
        )

    def find_customers(self, email: str) -> list[CustomerRef]:  # noqa: ARG002
        return []

    def customer(self, customer_id: str) -> CustomerRef:
        raise NoSuchObject(customer_id)

    def read(self, section: Section, *, customer_id: str, now: datetime) -> Facts:
        if section is not Section.ACCOUNT:
            raise NoSuchObject(section)
        return Account(customer_id, "", "", now)

    def payment(self, payment_id: str, *, customer_id: str) -> Payment:  # noqa: ARG002
        return self.payments[payment_id]

    def execute(self, order: Order) -> Outcome:
        if order.request_id in self.refuses:
            return Refused("card-gone", "The bank refuses: this card no longer exists.")
        return Done(f"re_past{self._chance.randrange(16**8):08x}")

    def find(self, order: Order) -> Done | None:  # noqa: ARG002
        return None
