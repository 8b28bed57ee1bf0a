"""The billing side of the seeded tickets (`cast.STORIES`). Dates hang on the moment of seeding."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sidebar_app.sandbox.kit import Documents
from sidebar_app.sandbox.stripe.books import Line, add_months, billing_day, stamp
from sidebar_app.sandbox.stripe.desk import Desk, Prices, contract


def acme(desk: Desk) -> None:
    """1001: 22 months of paid invoices, an annual contract, add-ons on a yearly subscription."""
    last = billing_day(desk.ago(3))
    start = add_months(last, -22)
    account = desk.account(
        1001, "acme", address=("500 Market Street", "San Francisco", "CA", "94105", "US"), since=start
    )
    account.pays_by_card("visa", "4242", expires=add_months(desk.now, 26), since=start)
    monthly = account.subscribes(
        [(desk.prices["enterprise_pro"], 50)],
        since=start,
        period_start=last,
        metadata=contract(start, months=12, terms=2, seats_used=45),
    )
    first = add_months(start, 2)
    addons = [(desk.prices[p], 1) for p in ("analytics_year", "support_year", "api_year")]
    yearly = account.subscribes(addons, since=first, period_start=add_months(first, 12))
    bills = [(add_months(start, k), monthly) for k in range(23)]
    bills += [(add_months(first, 12 * k), yearly) for k in (0, 1)]
    for at, subscription in sorted(bills, key=lambda bill: bill[0]):
        account.bills(subscription, at=at)


def bright_labs(desk: Desk) -> None:
    """1002: the card expired, two of three tries failed, the third is in three days."""
    due = billing_day(desk.ago(5))
    start = add_months(due, -9)
    account = desk.account(
        1002, "brightlabs", address=("12 Canal Walk", "Richmond", "VA", "23219", "US"), since=start
    )
    account.pays_by_card("visa", "4242", expires=add_months(desk.now, -1), since=start)
    subscription, _ = desk.monthly(
        account,
        [(desk.prices["team"], 10)],
        months=8,
        last=add_months(due, -1),
        metadata={"seats_used": "8"},
    )
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": stamp(due), "current_period_end": stamp(add_months(due, 1))}
    item = subscription["items"]["data"][0]
    lines = [Line(48_000, "10 × Team", item, 10)]
    invoice = account.invoices(lines, at=due, until=add_months(due, 1), subscription=subscription)
    tries = (due + timedelta(hours=1), max(desk.ago(2), due + timedelta(days=3)))
    for place, at in enumerate(tries):
        intent = account.charges(
            48_000, at=at, description=f"Invoice {invoice['number']}", decline="expired_card"
        )
        if place == 0:
            account.links(invoice, intent)
    invoice |= {
        "attempt_count": 2,
        "attempted": True,
        "next_payment_attempt": stamp(desk.now + timedelta(days=3)),
    }
    account.save(invoice)
    account.save(subscription | {"status": "past_due", "latest_invoice": invoice["id"]})
    account.save(account.customer | {"delinquent": True})


def cobalt(desk: Desk) -> None:
    """1003: one invoice paid twice six minutes apart; beside it two equal charges for two things."""
    last = billing_day(desk.ago(2))
    account = desk.account(
        1003,
        "cobalt",
        address=("8 Foundry Lane", "Portland", "OR", "97209", "US"),
        since=add_months(last, -7),
    )
    account.pays_by_card("mastercard", "4444", expires=add_months(desk.now, 14), since=add_months(last, -7))
    _, paid = desk.monthly(account, [(desk.prices["team"], 10)], months=7, last=last)
    latest = paid[-1]
    again = last + timedelta(hours=1, minutes=6)
    second = account.charges(latest["total"], at=again, description=f"Invoice {latest['number']}")
    account.links(latest, second, is_default=False)
    account.save(latest | {"amount_overpaid": latest["total"], "attempt_count": 2})
    for name, days in (("Data export, March archive", 20), ("Data export, April archive", 20)):
        at = billing_day(desk.ago(days)) + timedelta(minutes=len(name))
        account.collects(account.invoices([Line(7500, name)], at=at, until=at, subscription=None))


def delta(desk: Desk) -> None:
    """1004: upgrade in mid-cycle, more seats, a new add-on and a new tax on one invoice."""
    last = billing_day(desk.ago(4))
    start = add_months(last, -6)
    account = desk.account(
        1004, "delta", address=("77 Harbor Drive", "Baltimore", "MD", "21230", "US"), since=start
    )
    account.pays_by_card("visa", "1881", expires=add_months(desk.now, 20), since=start)
    old = account.subscribes([(desk.prices["team"], 10)], since=start, period_start=last)
    for k in range(6):
        account.bills(old, at=add_months(start, k))
    new = account.subscribes(
        [(desk.prices["business"], 12), (desk.prices["support"], 1)], since=start, period_start=last
    )
    desk.documents.delete("subscription", old["id"])
    plan, support = new["items"]["data"]
    lines = [
        Line(-24_000, "Unused time on 10 × Team", plan, 10, proration=True),
        Line(54_000, "Remaining time on 12 × Business", plan, 12, proration=True),
        Line(15_000, "Remaining time on Priority Support", support, 1, proration=True),
        Line(108_000, "12 × Business", plan, 12),
        Line(30_000, "1 × Priority Support", support, 1),
    ]
    invoice = account.invoices(lines, at=last, until=add_months(last, 1), subscription=new, tax=10_980)
    account.collects(invoice)


def ember(desk: Desk) -> None:
    """1005: eleven days into a trial of fourteen, no payment method yet."""
    start = desk.ago(11)
    end = desk.now + timedelta(days=3)
    account = desk.account(
        1005, "ember", address=("3 Clinic Road", "Boston", "MA", "02114", "US"), since=start
    )
    subscription = account.subscribes(
        [(desk.prices["team"], 5)],
        since=start,
        period_start=start,
        status="trialing",
        trial_start=stamp(start),
        trial_end=stamp(end),
        billing_cycle_anchor=stamp(end),
        metadata={"seats_used": "3"},
    )
    for item in subscription["items"]["data"]:
        item["current_period_end"] = stamp(end)
    account.save(subscription)


def fuji(desk: Desk) -> None:
    """1006: an account in yen."""
    last = billing_day(desk.ago(9))
    account = desk.account(
        1006, "fuji", currency="jpy", address=("2-4-1 Marunouchi", "Tokyo", "", "100-0005", "JP"),
        since=add_months(last, -10),
    )  # fmt: skip
    account.pays_by_card("jcb", "0505", expires=add_months(desk.now, 30), since=add_months(last, -10))
    desk.monthly(account, [(desk.prices["team_jpy"], 10)], months=10, last=last, metadata={"seats_used": "9"})


def gulf(desk: Desk) -> None:
    """1007: an account in dinars, KWD 45.500 charged where 40.250 was agreed."""
    last = billing_day(desk.ago(6))
    account = desk.account(
        1007, "gulf", currency="kwd", address=("Ahmad Al Jaber Street", "Kuwait City", "", "15462", "KW"),
        since=add_months(last, -5),
    )  # fmt: skip
    account.pays_by_card("visa", "0002", expires=add_months(desk.now, 11), since=add_months(last, -5))
    desk.monthly(account, [(desk.prices["team_kwd"], 1)], months=5, last=last)


def harbor(desk: Desk) -> None:
    """1008: a three-year contract, paid yearly by bank debit."""
    last = billing_day(desk.ago(60))
    start = add_months(last, -12)
    account = desk.account(
        1008, "harbor", address=("1 Pier Plaza", "Seattle", "WA", "98101", "US"), since=start
    )
    account.pays_by_bank("6789", since=start)
    subscription = account.subscribes(
        [(desk.prices["enterprise_year"], 1)],
        since=start,
        period_start=last,
        metadata=contract(start, months=36, terms=1, renews=False),
    )
    for years in (0, 1):
        account.bills(subscription, at=add_months(start, 12 * years))


def iris(desk: Desk) -> None:
    """1009: two customers with one e-mail address; an older payment of the second is disputed."""
    last = billing_day(desk.ago(8))
    address = ("21 Orchard Street", "New York", "NY", "10002", "US")
    first = desk.account(1009, "iris", address=address, since=add_months(last, -14))
    first.pays_by_card("visa", "4242", expires=add_months(desk.now, 9), since=add_months(last, -14))
    desk.monthly(first, [(desk.prices["team"], 5)], months=14, last=last)
    second = desk.account(
        1009, "iris_lab", name="Iris Consulting (Lab)", address=address, since=add_months(last, -5)
    )
    second.pays_by_card("amex", "8431", expires=add_months(desk.now, 17), since=add_months(last, -5))
    _, paid = desk.monthly(second, [(desk.prices["starter"], 1)], months=5, last=last)
    older = desk.documents.get("payment_intent", f"pi_iris_lab_{len(paid) - 2:04d}")
    if older:
        second.is_disputed(older, at=desk.ago(30), reason="product_not_received")


def juniper(desk: Desk) -> None:
    """1010: a small shop whose card was lost; two goodwill credits wait for the next invoice."""
    last = billing_day(desk.ago(12))
    account = desk.account(
        1010, "juniper", address=("9 Book Row", "Austin", "TX", "78701", "US"), since=add_months(last, -14)
    )
    account.pays_by_card("visa", "0341", expires=add_months(desk.now, 5), since=add_months(last, -14))
    desk.monthly(account, [(desk.prices["starter"], 1)], months=14, last=last)
    account.credits(1500, at=desk.ago(10), description="Late delivery of the welcome kit")
    account.credits(1000, at=desk.ago(4), description="Import took two days")


def kestrel(desk: Desk) -> None:
    """1011: billed in dollars although the contract says euros; part of a payment was given back."""
    last = billing_day(desk.ago(7))
    account = desk.account(
        1011, "kestrel", address=("Torstrasse 45", "Berlin", "", "10119", "DE"), since=add_months(last, -4)
    )
    account.pays_by_card("mastercard", "5454", expires=add_months(desk.now, 21), since=add_months(last, -4))
    desk.monthly(
        account, [(desk.prices["starter"], 1)], months=4, last=last, metadata={"contract_currency": "eur"}
    )
    older = desk.documents.get("payment_intent", "pi_kestrel_0003")
    if older:
        account.gives_back(older, 900, at=desk.ago(60), reason="requested_by_customer")


# 1012 is unknown to billing on purpose.
STORIES: tuple[Callable[[Desk], None], ...] = (
    acme, bright_labs, cobalt, delta, ember, fuji, gulf, harbor, iris, juniper, kestrel,
)  # fmt: skip


def write_all(documents: Documents, prices: Prices, now: datetime) -> None:
    desk = Desk(documents, prices, now)
    for story in STORIES:
        story(desk)
