"""Revenue, months, seats and standing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidebar_app.domain.billing import (
    Facts,
    Invoices,
    Payments,
    Section,
    Subscription,
    SubscriptionItem,
    Subscriptions,
    Upcoming,
    UpcomingInvoice,
)
from sidebar_app.domain.metrics import (
    BillingFacts,
    Seats,
    Standing,
    arr,
    failures,
    months_since,
    mrr,
    next_charge_at,
    outstanding,
    payment_status,
    realized_revenue,
    seats,
)
from sidebar_app.domain.money import Money
from tests.fakes.contexts import NOW, acme_facts, ago, bright_facts, invoice, item, payment, usd


def facts(of: dict[Section, Facts], **changes: Facts | None) -> BillingFacts:
    return replace(BillingFacts.of(of.values()), **changes)  # type: ignore[arg-type]


def subscribed(*items: SubscriptionItem, status: str = "active", **more: object) -> Subscriptions:
    return Subscriptions((Subscription("sub_1", status, ago(days=100), items, **more),))  # type: ignore[arg-type]


class TestRecurringRevenue:
    def test_of_the_seeded_enterprise_customer_is_3400_a_month(self) -> None:
        subscriptions = BillingFacts.of(acme_facts().values()).subscriptions
        assert subscriptions
        assert mrr(subscriptions) == (usd("3400"),)
        assert arr(subscriptions) == (usd("40800"),)

    @pytest.mark.parametrize(
        ("interval", "count", "expected"),
        [
            ("month", 1, "1200.00"),
            ("month", 3, "400.00"),
            ("year", 1, "100.00"),
            ("year", 2, "50.00"),
            ("week", 1, "5200.00"),
            ("day", 1, "36500.00"),
            ("fortnight", 1, None),
        ],
    )
    def test_is_normalised_to_a_month(self, interval: str, count: int, expected: str | None) -> None:
        found = mrr(subscribed(item("A", usd("1200"), interval=interval, interval_count=count)))
        assert found == ((usd(expected),) if expected else ())

    def test_of_a_year_is_the_yearly_price_although_a_month_of_it_is_rounded(self) -> None:
        yearly = subscribed(item("A", usd("1000"), interval="year"))
        assert mrr(yearly) == (usd("83.33"),)
        assert arr(yearly) == (usd("1000"),)

    def test_rounds_once_and_not_for_each_item(self) -> None:
        thirds = [item(name, usd("0.04"), interval="year") for name in "ABC"]
        assert mrr(subscribed(*thirds)) == (usd("0.01"),)

    def test_counts_active_and_past_due_only(self) -> None:
        statuses = ("active", "past_due", "trialing", "unpaid", "paused", "canceled", "ended", "incomplete")
        every = tuple(
            Subscription(s, s, ago(days=1), (item("A", Money(10**k, "USD")),)) for k, s in enumerate(statuses)
        )
        assert mrr(Subscriptions(every)) == (Money(11, "USD"),)

    def test_never_adds_currencies_and_leaves_metered_items_out(self) -> None:
        mixed = subscribed(
            item("A", usd("10")), item("B", Money(500, "JPY"), 2), item("C", Money(999, "EUR"), None)
        )
        assert mrr(mixed) == (Money(1000, "JPY"), usd("10"))


class TestRealizedRevenue:
    def test_is_what_was_collected_less_what_was_given_back(self) -> None:
        found = realized_revenue(
            Payments(
                (
                    payment("a", usd("100"), ago(days=1), refunded=usd("30")),
                    payment("b", usd("50"), ago(days=2), status="failed"),
                    payment("c", Money(7, "JPY"), ago(days=3)),
                )
            )
        )
        assert found.amounts == (Money(7, "JPY"), usd("70"))
        assert not found.at_least

    @pytest.mark.parametrize("why", ["incomplete", "disputed"])
    def test_is_a_lower_bound_when(self, why: str) -> None:
        taken = payment("a", usd("100"), ago(days=1), disputed=why == "disputed")
        found = realized_revenue(Payments((taken,), complete=why != "incomplete"))
        assert found.at_least
        assert found.amounts == (() if why == "disputed" else (usd("100"),))


class TestMonths:
    @pytest.mark.parametrize(
        ("since", "now", "expected"),
        [
            ("2024-03-10T09:00", "2026-01-10T14:05", 22),
            ("2024-03-11T09:00", "2026-01-10T14:05", 21),
            ("2026-01-10T14:05", "2026-01-10T14:05", 0),
            ("2026-01-10T15:00", "2026-01-10T14:05", 0),
            ("2025-01-31T00:00", "2025-02-28T00:00", 1),
            ("2025-01-31T12:00", "2025-02-28T11:00", 0),
            ("2025-12-31T00:00", "2026-12-31T00:00", 12),
        ],
    )
    def test_are_counted_when_they_are_full(self, since: str, now: str, expected: int) -> None:
        moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (since, now)]
        assert months_since(*moments) == expected

    @given(st.integers(0, 60 * 365 * 86_400), st.integers(0, 30_000))
    def test_never_run_backwards(self, seconds: int, days: int) -> None:
        since = datetime(1990, 1, 31, 23, tzinfo=UTC) + timedelta(seconds=seconds)
        later = since + timedelta(days=days)
        assert 0 <= months_since(since, later) <= months_since(since, later + timedelta(days=1))


class TestSeats:
    def test_add_up_over_subscriptions(self) -> None:
        two = [
            replace(s, seats_used=used, seats_total=total)
            for s in subscribed().items
            for used, total in ((45, 50), (3, 10))
        ]
        assert seats(two) == Seats(48, 60)
        assert Seats(48, 60).percent == 80

    def test_used_is_unknown_when_one_subscription_does_not_tell(self) -> None:
        plain = subscribed().items[0]
        found = seats([replace(plain, seats_used=1, seats_total=5), replace(plain, seats_total=5)])
        assert found == Seats(None, 10)
        assert found.percent is None

    def test_are_none_without_seats(self) -> None:
        assert seats(subscribed().items) is None

    def test_may_be_more_than_were_sold(self) -> None:
        assert Seats(11, 10).percent == 110


class TestPaymentStatus:
    def test_is_paid_up_when_nothing_is_open(self) -> None:
        assert payment_status(facts(acme_facts()), now=NOW).standing is Standing.PAID_UP

    def test_is_failed_since_the_last_attempt(self) -> None:
        found = payment_status(facts(bright_facts()), now=NOW)
        assert found.standing is Standing.FAILED
        assert found.since == ago(days=2, hours=2)

    @pytest.mark.parametrize("part", ["invoices", "payments"])
    def test_is_unknown_without(self, part: str) -> None:
        found = payment_status(facts(acme_facts(), **{part: None}), now=NOW)
        assert found.standing is Standing.UNKNOWN

    @pytest.mark.parametrize(("due_in", "standing"), [(5, Standing.OWING), (-5, Standing.OVERDUE)])
    def test_of_an_open_invoice_depends_on_its_due_date(self, due_in: int, standing: Standing) -> None:
        due = NOW + timedelta(days=due_in)
        bill = invoice("in_x", "X", usd("10"), ago(days=20), status="open", remaining=usd("10"), due_at=due)
        found = payment_status(facts(acme_facts(), invoices=Invoices((bill,))), now=NOW)
        assert (found.standing, found.since) == (standing, due)

    @pytest.mark.parametrize(
        ("status", "standing"),
        [
            ("trialing", Standing.TRIAL),
            ("paused", Standing.PAUSED),
            ("unpaid", Standing.OVERDUE),
            ("canceled", Standing.NO_SUBSCRIPTION),
        ],
    )
    def test_follows_the_subscription_when_nothing_is_open(self, status: str, standing: Standing) -> None:
        known = facts(acme_facts(), subscriptions=subscribed(status=status))
        assert payment_status(known, now=NOW).standing is standing


def test_failures_are_counted_over_twelve_months() -> None:
    tried = [payment(str(d), usd("1"), ago(days=d), status="failed") for d in (1, 364, 366)]
    assert failures(Payments(tuple(tried)), now=NOW) == 2
    assert failures(Payments(tuple(tried)), now=NOW, within=timedelta(days=30)) == 1


def test_outstanding_is_what_open_invoices_still_ask_for_by_currency() -> None:
    bills = [
        invoice("a", "A", usd("10"), ago(days=1), status="open", remaining=usd("4")),
        invoice("b", "B", usd("10"), ago(days=1), status="void", remaining=usd("10")),
        invoice("c", "C", Money(5, "JPY"), ago(days=1), status="open", remaining=Money(5, "JPY")),
    ]
    assert outstanding(BillingFacts(invoices=Invoices(tuple(bills)))) == (Money(5, "JPY"), usd("4"))


class TestNextCharge:
    def test_is_the_next_try_of_an_open_invoice(self) -> None:
        assert next_charge_at(facts(bright_facts()), now=NOW) == NOW + timedelta(days=4)

    def test_is_the_next_invoice_else(self) -> None:
        coming = Upcoming((UpcomingInvoice(usd("1"), NOW + timedelta(days=3)),))
        assert next_charge_at(facts(acme_facts(), upcoming=coming), now=NOW) == NOW + timedelta(days=3)

    def test_is_the_renewal_when_upcoming_invoices_could_not_be_read(self) -> None:
        assert next_charge_at(facts(acme_facts(), upcoming=None), now=NOW) == NOW + timedelta(days=18)
