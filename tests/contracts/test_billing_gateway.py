"""What every billing backend behind the port promises, told once and run against each adapter.

A new adapter joins by adding its `Backend` to the `backend` fixture; the stories of the sandboxes'
shared cast are the common ground.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from stripe._stripe_service import StripeService

from sidebar_app.adapters.billing.stripe import StripeGateway, connect
from sidebar_app.adapters.billing.stripe.client import Reader
from sidebar_app.domain.billing import (
    FACTS_OF,
    Account,
    Credits,
    Invoices,
    Payment,
    Payments,
    Section,
    Subscriptions,
    Upcoming,
)
from sidebar_app.domain.money import Money, total
from sidebar_app.domain.outcome import Done, Outcome, Refused, Unknown
from sidebar_app.ports.billing import (
    BillingGateway,
    BillingMisconfigured,
    BillingUnavailable,
    CreditOrder,
    NoSuchObject,
    Order,
    RefundOrder,
)
from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.stripe import create_app, seed
from tests.contracts.stripe_contract import Judge, check_request

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@dataclass
class Backend:
    """One adapter on its sandbox. `*_call` are the paths of its calls, for the fault switch."""

    gateway: BillingGateway
    impatient: BillingGateway  # gives up after a fraction of a second
    stranger: BillingGateway  # has credentials that are not accepted
    unable: BillingGateway  # has no ability at all
    faults: Faults
    refund_call: str
    credit_call: str
    read_call: str
    start_over: Callable[[], None]
    pauses: list[float] = field(default_factory=list)

    def customer_of(self, ticket: int) -> str:
        return self.gateway.find_customers(cast.story(ticket).email)[0].id

    def payments_of(self, ticket: int) -> tuple[Payment, ...]:
        facts = self.read(Section.PAYMENTS, ticket)
        assert isinstance(facts, Payments)
        return facts.items

    def read(self, section: Section, ticket: int) -> Any:
        return self.gateway.read(section, customer_id=self.customer_of(ticket), now=NOW)

    def refund(
        self, ticket: int = 1001, *, amount: Money | None = None, request: str = "req_1"
    ) -> RefundOrder:
        payment = next(p for p in self.payments_of(ticket) if p.refundable)
        return RefundOrder(
            request_id=request,
            key=f"op_{request}_v1",
            customer_id=self.customer_of(ticket),
            payment_id=payment.id,
            amount=amount or payment.refundable,
            reason="service outage",
            ticket_id=ticket,
        )

    def credit(self, ticket: int = 1001, *, amount: Money, request: str = "req_1") -> CreditOrder:
        return CreditOrder(
            request_id=request,
            key=f"op_{request}_v1",
            customer_id=self.customer_of(ticket),
            amount=amount,
            reason="goodwill",
            ticket_id=ticket,
        )

    def order(self, ability: str, *, request: str = "req_1") -> Order:
        amount = Money(14_500, "USD")
        if ability == "refund":
            return self.refund(amount=amount, request=request)
        return self.credit(amount=amount, request=request)

    def moved(self, order: Order) -> list[Money]:
        """What really happened for this customer or payment, as the backend tells it."""
        if isinstance(order, RefundOrder):
            payment = self.gateway.payment(order.payment_id, customer_id=order.customer_id)
            assert payment.refunded == total((r.amount for r in payment.refunds), order.amount.currency)
            return [r.amount for r in payment.refunds]
        facts = self.gateway.read(Section.CREDITS, customer_id=order.customer_id, now=NOW)
        assert isinstance(facts, Credits)
        return [entry.amount for entry in facts.items]

    def call_of(self, order: Order) -> str:
        return self.refund_call if isinstance(order, RefundOrder) else self.credit_call


@contextmanager
def stripe_backend(judge: Judge) -> Iterator[Backend]:
    documents, faults, pauses = Documents(), Faults(), list[float]()
    app = create_app(documents, faults, now=lambda: NOW)

    def start_over() -> None:
        documents.clear()
        seed(documents, NOW)

    judge.install(app)
    with Server(app) as server:
        normal = connect(cast.STRIPE_API_KEY, base_url=server.url)
        hasty = connect(cast.STRIPE_API_KEY, base_url=server.url, read_seconds=0.3)
        wrong = connect("sk_test_wrong", base_url=server.url)
        reader = Reader(sleep=pauses.append)
        yield Backend(
            gateway=StripeGateway(normal.client, reader=reader),
            impatient=StripeGateway(hasty.client, reader=reader),
            stranger=StripeGateway(wrong.client, reader=reader),
            unable=StripeGateway(normal.client, abilities=frozenset(), reader=reader),
            faults=faults,
            refund_call="/v1/refunds$",
            credit_call="/balance_transactions$",
            read_call="/v1/charges$",
            start_over=start_over,
            pauses=pauses,
        )
        for connection in (normal, hasty, wrong):
            connection.close()
    documents.close()


BACKENDS = {"stripe": stripe_backend}


@pytest.fixture(scope="module", params=BACKENDS)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Backend, Judge]]:
    judge = Judge()
    with BACKENDS[request.param](judge) as made:
        yield made, judge


@pytest.fixture
def backend(served: tuple[Backend, Judge], monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The sandbox as seeded, and at the end no complaint of the vendor's own types."""
    made, judge = served
    judge_every_request(monkeypatch)
    made.start_over()
    yield made
    made.faults.clear()
    made.pauses.clear()
    complaints, judge.faults = judge.faults, []
    assert complaints == []


def judge_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the SDK sends anything, its own types say whether Stripe would take it."""
    original = StripeService._request

    def checked(
        self: StripeService, method: str, url: str, params: Any = None, *rest: Any, **more: Any
    ) -> Any:
        check_request(method, url, params or {})
        return original(self, method, url, params, *rest, **more)

    monkeypatch.setattr(StripeService, "_request", checked)


ABILITIES = pytest.mark.parametrize("ability", ["refund", "credit"])


def eventually(answer: Callable[[], Any]) -> Any:
    """The first answer that is not None, within a generous time."""
    deadline = time.monotonic() + 10
    while (found := answer()) is None:
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return found


# Finding customers


def test_an_address_finds_every_customer_who_has_it_oldest_first(backend: Backend) -> None:
    found = backend.gateway.find_customers("office@iris.example")
    assert [c.name for c in found] == ["Iris Consulting", "Iris Consulting (Lab)"]
    assert {c.email for c in found} == {"office@iris.example"}


def test_an_address_in_other_letters_finds_the_same(backend: Backend) -> None:
    assert backend.gateway.find_customers("Billing@ACME.example") == backend.gateway.find_customers(
        "billing@acme.example"
    )


def test_an_unknown_address_finds_nobody(backend: Backend) -> None:
    assert backend.gateway.find_customers("hello@lumen.example") == []


def test_a_customer_is_known_by_id_and_a_stranger_is_not(backend: Backend) -> None:
    acme = backend.customer_of(1001)
    assert backend.gateway.customer(acme).name == "Acme Corp"
    with pytest.raises(NoSuchObject):
        backend.gateway.customer("cus_nobody")


# Reading


@pytest.mark.parametrize("section", list(Section))
def test_every_section_of_every_story_can_be_read(backend: Backend, section: Section) -> None:
    for story in cast.STORIES:
        for customer in backend.gateway.find_customers(story.email):
            facts = backend.gateway.read(section, customer_id=customer.id, now=NOW)
            assert isinstance(facts, FACTS_OF[section])


@pytest.mark.parametrize("section", list(Section))
def test_no_section_of_an_unknown_customer_can_be_read(backend: Backend, section: Section) -> None:
    with pytest.raises(NoSuchObject):
        backend.gateway.read(section, customer_id="cus_nobody", now=NOW)


def test_the_account_is_told_whole(backend: Backend) -> None:
    account: Account = backend.read(Section.ACCOUNT, 1001)
    assert (account.name, account.email, account.currency) == ("Acme Corp", "billing@acme.example", "USD")
    assert account.payment_method is not None
    assert account.payment_method.label == "Visa ···· 4242"
    assert not account.payment_method.has_expired(NOW.date())
    assert account.credit == Money(0, "USD")
    assert len(account.address) == 3
    assert 22 * 30 < (NOW - account.since).days < 23 * 31


def test_subscriptions_tell_plan_contract_seats_and_addons(backend: Backend) -> None:
    found: Subscriptions = backend.read(Section.SUBSCRIPTIONS, 1001)
    plan, yearly = found.items
    assert (plan.status, plan.items[0].name, plan.items[0].interval) == ("active", "Enterprise Pro", "month")
    assert (plan.seats_used, plan.seats_total, plan.auto_renews, plan.contract_months) == (45, 50, True, 12)
    assert plan.contract_end is not None
    assert plan.contract_end > NOW.date()
    assert plan.period_end is not None
    assert plan.period_end > NOW
    assert [i.name for i in yearly.items] == ["Advanced Analytics", "Priority Support", "API Extra Pack"]
    assert all(i.is_addon and i.interval == "year" for i in yearly.items)
    per_year = Decimal(0)
    for item in (*plan.items, *yearly.items):
        assert item.quantity is not None
        per_year += item.price.major * item.quantity * (12 if item.interval == "month" else 1)
    assert per_year == 40_800


def test_six_months_of_invoices_are_paid_and_join_to_their_payments(backend: Backend) -> None:
    invoices: Invoices = backend.read(Section.INVOICES, 1001)
    recent = [i for i in invoices.items if i.created_at > NOW - timedelta(days=180)]
    assert [(str(i.total), i.status, i.remaining.minor) for i in recent] == [("$2,400.00", "paid", 0)] * 6
    payments = {p.id: p for p in backend.payments_of(1001)}
    for invoice in recent:
        assert [payments[name].amount for name in invoice.payment_ids] == [invoice.total]
        assert invoice.paid_at is not None


def test_payments_are_whole_unique_and_newest_first(backend: Backend) -> None:
    found: Payments = backend.read(Section.PAYMENTS, 1001)
    assert found.complete
    assert len({p.id for p in found.items}) == len(found.items) == 25
    assert total((p.amount for p in found.items), "USD") == Money(23 * 240_000 + 2 * 1_200_000, "USD")
    moments = [p.created_at for p in found.items]
    assert moments == sorted(moments, reverse=True)


def test_failed_payments_say_why_and_when_they_are_tried_again(backend: Backend) -> None:
    failed = [p for p in backend.payments_of(1002) if p.status == "failed"]
    assert [p.failure for p in failed] == ["Your card has expired."] * 2
    assert all(not p.refundable for p in failed)
    invoices: Invoices = backend.read(Section.INVOICES, 1002)
    (still_open,) = [i for i in invoices.items if i.status == "open"]
    assert (still_open.attempts, still_open.remaining) == (2, Money(48_000, "USD"))
    assert still_open.next_attempt_at == NOW + timedelta(days=3)
    account: Account = backend.read(Section.ACCOUNT, 1002)
    assert account.payment_method is not None
    assert account.payment_method.has_expired(NOW.date())


def test_the_next_invoice_has_an_amount_and_a_day(backend: Backend) -> None:
    upcoming: Upcoming = backend.read(Section.UPCOMING, 1001)
    assert [str(i.amount) for i in upcoming.items] == ["$2,400.00"]
    assert NOW < upcoming.items[0].at < NOW + timedelta(days=32)


def test_credits_count_in_the_customers_favour(backend: Backend) -> None:
    found: Credits = backend.read(Section.CREDITS, 1010)
    account: Account = backend.read(Section.ACCOUNT, 1010)
    assert account.credit == total((e.amount for e in found.items), "USD") == Money(2500, "USD")


def test_yen_and_dinars_keep_their_own_decimals(backend: Backend) -> None:
    assert str(backend.payments_of(1006)[0].amount) == "¥48,000"
    assert str(backend.payments_of(1007)[0].amount) == "KWD 45.500"


def test_one_payment_is_read_live_and_only_for_its_own_customer(backend: Backend) -> None:
    listed = backend.payments_of(1001)[0]
    acme, other = backend.customer_of(1001), backend.customer_of(1003)
    assert backend.gateway.payment(listed.id, customer_id=acme) == listed
    for payment, customer in ((listed.id, other), ("pi_nobody", acme), ("ch_nobody", acme)):
        with pytest.raises(NoSuchObject):
            backend.gateway.payment(payment, customer_id=customer)


# A backend in trouble


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", value=500, times=0),
        Fault("status", value=503, times=0),
        Fault("drop_before", times=0),
        Fault("status", value=429, times=0, retry_after=1),
        Fault("status", value=429, times=0, retry_after=3600),
    ],
    ids=lambda f: f"{f.kind}-{f.value}-{f.retry_after}",
)
def test_a_read_without_an_answer_is_unavailable(backend: Backend, fault: Fault) -> None:
    customer = backend.customer_of(1001)
    backend.faults.arm(replace(fault, path=backend.read_call))
    with pytest.raises(BillingUnavailable):
        backend.gateway.read(Section.PAYMENTS, customer_id=customer, now=NOW)
    assert sum(backend.pauses) < 10


def test_a_read_that_takes_too_long_is_unavailable(backend: Backend) -> None:
    customer = backend.customer_of(1001)
    backend.faults.arm(Fault("latency", path=backend.read_call, value=600, times=0))
    with pytest.raises(BillingUnavailable):
        backend.impatient.read(Section.PAYMENTS, customer_id=customer, now=NOW)


@pytest.mark.parametrize("value", [500, 429])
def test_a_read_survives_one_hiccup(backend: Backend, value: int) -> None:
    backend.faults.arm(Fault("status", path=backend.read_call, value=value, retry_after=2))
    assert len(backend.payments_of(1001)) == 25
    assert backend.pauses == ([2.0] if value == 429 else [])


def test_credentials_that_are_not_accepted_are_named_and_not_shown(backend: Backend) -> None:
    with pytest.raises(BillingMisconfigured) as caught:
        backend.stranger.find_customers("billing@acme.example")
    assert "wrong" not in str(caught.value)
    outcome = backend.stranger.execute(backend.order("refund"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "not-permitted"


# Moving money


@ABILITIES
def test_money_moves_and_is_found_again(backend: Backend, ability: str) -> None:
    order = backend.order(ability)
    assert backend.gateway.find(order) is None
    done = backend.gateway.execute(order)
    assert isinstance(done, Done)
    assert done.detail
    assert backend.moved(order) == [order.amount]
    found = backend.gateway.find(order)
    assert found is not None
    assert found.reference == done.reference


@ABILITIES
def test_the_same_key_moves_money_once(backend: Backend, ability: str) -> None:
    order = backend.order(ability)
    assert backend.gateway.execute(order) == backend.gateway.execute(order)
    assert backend.moved(order) == [order.amount]


@ABILITIES
def test_a_key_that_was_used_for_something_else_is_unknown(backend: Backend, ability: str) -> None:
    order = backend.order(ability)
    backend.gateway.execute(order)
    other = replace(order, amount=Money(1, "USD"))
    assert isinstance(backend.gateway.execute(other), Unknown)
    assert backend.moved(order) == [order.amount]


@ABILITIES
def test_many_workers_with_one_order_move_money_once(backend: Backend, ability: str) -> None:
    order = backend.order(ability)
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: backend.gateway.execute(order), range(6)))
    assert all(isinstance(o, Done | Unknown) for o in outcomes)
    assert len({o.reference for o in outcomes if isinstance(o, Done)}) == 1
    assert backend.moved(order) == [order.amount]


@ABILITIES
def test_an_order_does_not_find_the_effect_of_another(backend: Backend, ability: str) -> None:
    backend.gateway.execute(backend.order(ability, request="req_1"))
    assert backend.gateway.find(backend.order(ability, request="req_2")) is None


@ABILITIES
@pytest.mark.parametrize("kind", ["drop_after", "status_after"])
def test_a_lost_answer_is_unknown_and_then_found(backend: Backend, ability: str, kind: str) -> None:
    order = backend.order(ability)
    backend.faults.arm(Fault(kind, path=backend.call_of(order), method="POST", value=500))
    assert isinstance(backend.gateway.execute(order), Unknown)
    assert isinstance(backend.gateway.find(order), Done)
    backend.gateway.execute(order)
    assert backend.moved(order) == [order.amount]


@ABILITIES
def test_an_answer_that_comes_too_late_is_unknown_and_then_found(backend: Backend, ability: str) -> None:
    order = backend.order(ability)
    backend.faults.arm(Fault("latency", path=backend.call_of(order), method="POST", value=700))
    assert isinstance(backend.impatient.execute(order), Unknown)
    assert isinstance(eventually(lambda: backend.gateway.find(order)), Done)
    assert isinstance(backend.gateway.execute(order), Done)
    assert backend.moved(order) == [order.amount]


@ABILITIES
@pytest.mark.parametrize(
    "fault",
    [Fault("drop_before"), Fault("status", value=429, retry_after=1), Fault("status", value=503)],
    ids=lambda f: f"{f.kind}-{f.value}",
)
def test_a_request_that_was_never_worked_on_is_unknown_not_found_and_not_repeated_by_itself(
    backend: Backend, ability: str, fault: Fault
) -> None:
    order = backend.order(ability)
    backend.faults.arm(replace(fault, path=backend.call_of(order), method="POST"))
    assert isinstance(backend.gateway.execute(order), Unknown)
    assert backend.gateway.find(order) is None
    assert isinstance(backend.gateway.execute(order), Done)
    assert backend.moved(order) == [order.amount]


def test_partial_refunds_never_exceed_the_payment(backend: Backend) -> None:
    def refund(minor: int, request: str) -> Outcome:
        return backend.gateway.execute(
            replace(first, amount=Money(minor, "USD"), request_id=request, key=request)
        )

    first = backend.refund()
    rest = first.amount.minor
    assert isinstance(refund(rest - 5_000, "a"), Done)
    above = refund(5_001, "b")
    assert isinstance(above, Refused)
    assert above.code == "above-refundable"
    assert isinstance(refund(5_000, "c"), Done)
    again = refund(1, "d")
    assert isinstance(again, Refused)
    assert again.code == "already-refunded"
    assert total(backend.moved(first), "USD") == first.amount
    payment = backend.gateway.payment(first.payment_id, customer_id=first.customer_id)
    assert not payment.refundable


def test_many_refunds_at_once_never_exceed_the_payment(backend: Backend) -> None:
    first = backend.refund()
    third = Money(first.amount.minor // 3 + 1, "USD")
    orders = [replace(first, amount=third, request_id=f"r{n}", key=f"k{n}") for n in range(5)]
    with ThreadPoolExecutor(5) as pool:
        outcomes = list(pool.map(backend.gateway.execute, orders))
    assert sum(isinstance(o, Done) for o in outcomes) == 2
    assert sum(isinstance(o, Refused) for o in outcomes) == 3
    assert total(backend.moved(first), "USD") <= first.amount


def test_a_refund_keeps_our_reason(backend: Backend) -> None:
    order = backend.refund(amount=Money(100, "USD"))
    backend.gateway.execute(order)
    payment = backend.gateway.payment(order.payment_id, customer_id=order.customer_id)
    assert [r.reason for r in payment.refunds] == ["service outage"]


def test_a_credit_is_in_the_customers_hand(backend: Backend) -> None:
    order = backend.credit(amount=Money(5_000, "USD"))
    backend.gateway.execute(order)
    account: Account = backend.read(Section.ACCOUNT, 1001)
    assert account.credit == Money(5_000, "USD")
    upcoming: Upcoming = backend.read(Section.UPCOMING, 1001)
    assert [str(i.amount) for i in upcoming.items] == ["$2,350.00"]


def test_yen_and_dinars_move_as_asked(backend: Backend) -> None:
    yen = backend.credit(1006, amount=Money.parse("12000", "JPY"), request="yen")
    dinar = backend.refund(1007, amount=Money.parse("5.250", "KWD"), request="dinar")
    assert isinstance(backend.gateway.execute(yen), Done)
    assert isinstance(backend.gateway.execute(dinar), Done)
    assert [str(m) for m in (*backend.moved(yen), *backend.moved(dinar))] == ["¥12,000", "KWD 5.250"]


def test_a_disputed_payment_is_not_refunded(backend: Backend) -> None:
    second = backend.gateway.find_customers("office@iris.example")[1].id
    payments = backend.gateway.read(Section.PAYMENTS, customer_id=second, now=NOW)
    assert isinstance(payments, Payments)
    disputed = next(p for p in payments.items if p.disputed)
    order = replace(backend.refund(), customer_id=second, payment_id=disputed.id, amount=Money(100, "USD"))
    outcome = backend.gateway.execute(order)
    assert isinstance(outcome, Refused)
    assert outcome.code == "disputed"


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(0, "USD"), "amount-invalid"),
        (Money(-100, "USD"), "amount-invalid"),
        (Money(100, "ISK"), "unknown-currency"),
        (Money(100, "XXX"), "unknown-currency"),
    ],
    ids=str,
)
def test_an_amount_that_is_none_is_refused(backend: Backend, amount: Money, code: str) -> None:
    for order in (
        replace(backend.refund(), amount=amount),
        replace(backend.credit(amount=Money(1, "USD")), amount=amount),
    ):
        outcome = backend.gateway.execute(order)
        assert isinstance(outcome, Refused)
        assert outcome.code == code
        assert outcome.sentence.endswith(".")


def test_a_credit_in_another_currency_is_refused(backend: Backend) -> None:
    outcome = backend.gateway.execute(backend.credit(amount=Money(100, "EUR")))
    assert isinstance(outcome, Refused)
    assert outcome.code == "other-currency"


def test_unknown_customers_and_payments_are_refused(backend: Backend) -> None:
    credit = backend.credit(amount=Money(100, "USD"), request="credit")
    refund = backend.refund(request="refund")
    for order in (replace(credit, customer_id="cus_nobody"), replace(refund, payment_id="pi_nobody")):
        outcome = backend.gateway.execute(order)
        assert isinstance(outcome, Refused)
        assert outcome.code == "no-such-object"
        assert backend.gateway.find(order) is None


@ABILITIES
def test_an_ability_that_is_lacking_is_refused_politely(backend: Backend, ability: str) -> None:
    gateways = [backend.unable] + ([] if ability in backend.gateway.abilities else [backend.gateway])
    for gateway in gateways:
        assert ability not in gateway.abilities
        order = backend.order(ability)
        outcome = gateway.execute(order)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.sentence[-1]) == ("not-supported", ".")
        assert backend.moved(order) == []


def test_the_backend_has_a_name_that_people_know(backend: Backend) -> None:
    assert backend.gateway.name == "Stripe"
    assert backend.gateway.abilities == {"refund", "credit"}
