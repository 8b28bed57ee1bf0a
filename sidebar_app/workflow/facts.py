"""Billing facts for a person who looks, and for a decision that moves money."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from sidebar_app.domain.billing import Account, CustomerRef, Payment, Payments, Section, Subscriptions
from sidebar_app.domain.context import Reading
from sidebar_app.ports.billing import (
    BillingGateway,
    BillingMisconfigured,
    BillingUnavailable,
    NoSuchObject,
)
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.mirrors import Mirrored
from sidebar_app.ports.store import Store
from sidebar_app.redaction import masked
from sidebar_app.workflow.breaker import Breaker

# Webhooks keep the mirror fresh; this bounds what a lost webhook costs.
FRESH_FOR = timedelta(minutes=10)
_CUSTOMERS_FRESH_FOR = timedelta(minutes=10)
_READERS = 24
T = TypeVar("T")
F = TypeVar("F", Account, Payments, Subscriptions)
_FAILURES = (BillingUnavailable, BillingMisconfigured, NoSuchObject)


class Mirror:
    """Reads through the billing mirror: fresh facts from the database, the rest from the backend in parallel.

    One reading of a (customer, section) runs at a time in this process; a section that fails keeps its
    old facts and says why.
    """

    def __init__(self, *, billing: BillingGateway, store: Store, clock: Clock) -> None:
        self._billing = billing
        self._store = store
        self._clock = clock
        self._pool = ThreadPoolExecutor(max_workers=_READERS, thread_name_prefix="billing")
        self._flights: dict[tuple[str, Section], Future[Reading]] = {}
        self._lock = threading.Lock()
        self._breaker = Breaker()

    def customers(self, email: str) -> tuple[CustomerRef, ...]:
        """Raises BillingUnavailable only when the answer was never known."""
        now = self._clock.now()
        with self._store.reading() as tx:
            known = tx.mirror.customers(email)
        if known and now - known[1] < _CUSTOMERS_FRESH_FOR:
            return known[0]
        try:
            found = masked(tuple(self._guarded(lambda: self._billing.find_customers(email))))
        except _FAILURES:
            if known:
                return known[0]
            raise
        with self._store.transaction() as tx:
            tx.mirror.save_customers(email, found, read_at=now)
        return found

    def readings(self, customer_id: str) -> dict[Section, Reading]:
        """All sections, each as fresh as it can be had."""
        now = self._clock.now()
        with self._store.reading() as tx:
            known = tx.mirror.sections(customer_id)
        wanted = [s for s in Section if not _is_fresh(known.get(s), now)]
        flights = {s: self._flight(customer_id, s, known.get(s)) for s in wanted}
        fresh = {s: Reading(m.facts, m.read_at) for s, m in known.items() if s not in flights}
        return {s: fresh[s] if s in fresh else flights[s].result() for s in Section}

    def refresh(self, customer_id: str, sections: Iterable[Section]) -> None:
        """Reads these sections now and waits."""
        with self._store.reading() as tx:
            known = tx.mirror.sections(customer_id)
        for flight in [self._flight(customer_id, s, known.get(s)) for s in sections]:
            flight.result()

    def live(self, customer_id: str) -> "LiveFacts":
        """Nothing of these comes from the mirror."""
        return LiveFacts(customer_id, billing=self._billing, now=self._clock.now(), pool=self._pool)

    def mirrored(self, customer_id: str) -> "MirroredFacts":
        return MirroredFacts(customer_id, self.readings(customer_id))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _flight(self, customer_id: str, section: Section, known: Mirrored | None) -> Future[Reading]:
        """The running reading of this section, or a new one."""
        here = (customer_id, section)
        with self._lock:
            if running := self._flights.get(here):
                return running
            flight = self._pool.submit(self._read, customer_id, section, known)
            self._flights[here] = flight
        flight.add_done_callback(lambda _: self._land(here))
        return flight

    def _land(self, here: tuple[str, Section]) -> None:
        with self._lock:
            self._flights.pop(here, None)

    def _read(self, customer_id: str, section: Section, known: Mirrored | None) -> Reading:
        begun = self._clock.now()
        try:
            facts = masked(
                self._guarded(lambda: self._billing.read(section, customer_id=customer_id, now=begun))
            )
        except _FAILURES as error:
            return Reading(
                known.facts if known else None, known.read_at if known else None, self._problem(error)
            )
        with self._store.transaction() as tx:
            tx.mirror.save(customer_id, section, facts, read_at=begun)
        return Reading(facts, begun)

    def _guarded(self, call: Callable[[], T]) -> T:
        if not self._breaker.allows(self._clock.now()):
            raise BillingUnavailable(f"{self._billing.name} did not answer a moment ago.")
        try:
            answer = call()
        except BillingUnavailable:
            self._breaker.failed(self._clock.now())
            raise
        self._breaker.succeeded()
        return answer

    def _problem(self, error: Exception) -> str:
        if isinstance(error, BillingMisconfigured):
            return f"{self._billing.name} refuses our access to this part. An administrator can run selftest."
        return f"{self._billing.name} did not answer."


def _is_fresh(known: Mirrored | None, now: datetime) -> bool:
    return known is not None and not known.stale and now - known.read_at < FRESH_FOR


class MirroredFacts:
    """What the panel shows, for a preview that changes nothing."""

    def __init__(self, customer_id: str, readings: dict[Section, Reading]) -> None:
        self.customer_id = customer_id
        self._readings = readings

    def account(self) -> Account:
        return self._facts(Section.ACCOUNT, Account)

    def payment(self, payment_id: str) -> Payment:
        for payment in self._facts(Section.PAYMENTS, Payments).items:
            if payment.id == payment_id:
                return payment
        raise NoSuchObject(payment_id)

    def subscriptions(self) -> Subscriptions:
        return self._facts(Section.SUBSCRIPTIONS, Subscriptions)

    def _facts(self, section: Section, kind: type[F]) -> F:
        facts = self._readings[section].facts
        if not isinstance(facts, kind):
            raise BillingUnavailable(self._readings[section].problem)
        return facts


class LiveFacts:
    """Asked from the backend at this moment: what a decision that moves money stands on."""

    def __init__(
        self, customer_id: str, *, billing: BillingGateway, now: datetime, pool: Executor | None = None
    ) -> None:
        """With a pool, the subscriptions that every decision needs are already on their way."""
        self.customer_id = customer_id
        self._billing = billing
        self._now = now
        self._subscriptions = pool.submit(self._read, Section.SUBSCRIPTIONS, Subscriptions) if pool else None

    def account(self) -> Account:
        return self._read(Section.ACCOUNT, Account)

    def payment(self, payment_id: str) -> Payment:
        return masked(self._billing.payment(payment_id, customer_id=self.customer_id))

    def subscriptions(self) -> Subscriptions:
        if self._subscriptions:
            return self._subscriptions.result()
        return self._read(Section.SUBSCRIPTIONS, Subscriptions)

    def _read(self, section: Section, kind: type[F]) -> F:
        facts = masked(self._billing.read(section, customer_id=self.customer_id, now=self._now))
        if not isinstance(facts, kind):
            raise TypeError(f"{section} gave {type(facts).__name__}")
        return facts
