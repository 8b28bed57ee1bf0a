"""Charged twice, or only twice the same price?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.billing import (
    Invoice,
    Invoices,
    Payment,
    PaymentMethod,
    Payments,
    Subscription,
    Subscriptions,
)
from sidebar_app.domain.duplicates import Strength, possible_duplicates
from sidebar_app.domain.metrics import BillingFacts
from sidebar_app.domain.money import Money
from tests.fakes.contexts import NOW, VISA, ago, invoice, item, payment, usd

AT = ago(days=20)


def two(*, apart: timedelta = timedelta(minutes=6), **second: Any) -> tuple[Payment, Payment]:
    given = {"amount": usd("480"), **second}
    return payment("a", usd("480"), AT), payment("b", at=AT + apart, **given)


def look(
    payments: Sequence[Payment], *invoices: Invoice, price: str = "99", interval: str = "month"
) -> list[Any]:
    plan = Subscription("sub_1", "active", ago(days=99), (item("Plan", usd(price), interval=interval),))
    known = BillingFacts(
        payments=Payments(tuple(payments)),
        invoices=Invoices(invoices),
        subscriptions=Subscriptions((plan, replace(plan, id="sub_2"))),
    )
    return [(d.first.id, d.second.id, d.strength) for d in possible_duplicates(known, now=NOW)]


STRONG, WEAK = [("a", "b", Strength.STRONG)], [("a", "b", Strength.WEAK)]


def test_one_invoice_paid_twice_is_strong_and_the_later_payment_is_the_one_too_many() -> None:
    paid = two(apart=timedelta(days=3))
    assert look(paid, invoice("in", "1", usd("480"), AT, "a", "b")) == STRONG
    assert look(paid[::-1], invoice("in", "1", usd("480"), AT, "b", "a")) == STRONG


def test_one_invoice_paid_in_two_halves_is_none() -> None:
    assert look(two(), invoice("in", "1", usd("960"), AT, "a", "b")) == []


def test_an_invoice_each_are_two_sales_however_close() -> None:
    assert look(two(), invoice("1", "1", usd("480"), AT, "a"), invoice("2", "2", usd("480"), AT, "b")) == []


def test_the_same_card_within_a_day_is_strong_without_an_invoice() -> None:
    assert look(two(apart=timedelta(hours=24))) == STRONG
    assert look(two(), invoice("1", "1", usd("480"), AT, "a")) == STRONG


@pytest.mark.parametrize(
    ("apart", "method"),
    [
        (timedelta(hours=25), VISA),
        (timedelta(days=7), VISA),
        (timedelta(minutes=5), PaymentMethod("card", "Visa", "1111", 1, 2030)),
        (timedelta(minutes=5), None),
    ],
)
def test_another_card_or_another_day_is_weak(apart: timedelta, method: PaymentMethod | None) -> None:
    assert look(two(apart=apart, method=method)) == WEAK


@pytest.mark.parametrize(
    "second",
    [
        {"status": "failed"},
        {"status": "pending"},
        {"refunded": usd("480")},
        {"amount": usd("480.01")},
        {"amount": Money(48_000, "EUR"), "refunded": Money.zero("EUR")},
        {"apart": timedelta(days=7, seconds=1)},
    ],
    ids=lambda second: next(iter(second)),
)
def test_is_none_when_the_second_payment_differs_in(second: dict[str, Any]) -> None:
    assert look(two(**second)) == []


def test_a_part_given_back_is_still_a_duplicate() -> None:
    assert look(two(refunded=usd("100"))) == STRONG


def test_a_price_that_two_subscriptions_share_explains_two_payments() -> None:
    assert look(two(), price="480") == []


@pytest.mark.parametrize("interval", ["day", "week"])
def test_who_is_billed_every(interval: str) -> None:
    assert look(two(apart=timedelta(days=1)), interval=interval) == []


def test_three_payments_give_one_finding_for_each_payment_too_many() -> None:
    third = payment("c", usd("480"), AT + timedelta(minutes=9))
    found = look([*two(), third], invoice("in", "1", usd("480"), AT, "a", "b", "c"))
    assert [second for _, second, _ in found] == ["c", "b"]


def test_old_ones_are_no_news() -> None:
    old = [replace(p, created_at=p.created_at - timedelta(days=200)) for p in two()]
    assert look(old) == []


def test_nothing_is_claimed_without_invoices() -> None:
    assert possible_duplicates(BillingFacts(payments=Payments(two())), now=NOW) == ()
