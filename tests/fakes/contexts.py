"""Billing contexts for drawing panels: each story is a function of the moment it is drawn at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sidebar_app.domain.billing import (
    Account,
    CreditEntry,
    Credits,
    CustomerRef,
    Facts,
    Invoice,
    Invoices,
    Payment,
    PaymentMethod,
    Payments,
    Refund,
    Section,
    Subscription,
    SubscriptionItem,
    Subscriptions,
    Upcoming,
    UpcomingInvoice,
)
from sidebar_app.domain.context import BillingContext, MaskedCard, Offer, Reading, RequestHistory
from sidebar_app.domain.decision import CustomerMatch, Decision, Step, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import ActionRequest, Approval, Choice, Requester

NOW = datetime(2026, 1, 10, 14, 5, tzinfo=UTC)
VISA = PaymentMethod("card", "Visa", "4242", 12, 2030)
EXPIRED = PaymentMethod("card", "Visa", "4242", 12, 2025)
POLICY = "2026-01"


def usd(major: str) -> Money:
    return Money.parse(major, "USD")


def ago(**by: float) -> datetime:
    return NOW - timedelta(**by)


def payment(id: str, amount: Money, at: datetime, **more: Any) -> Payment:
    given = {"refunded": Money.zero(amount.currency), "method": VISA, "status": "succeeded", **more}
    return Payment(id=id, amount=amount, created_at=at, **given)


def invoice(id: str, number: str, total: Money, at: datetime, *paid_by: str, **more: Any) -> Invoice:
    zero = Money.zero(total.currency)
    given = {
        "status": "paid",
        "remaining": zero,
        "paid_at": at,
        "url": f"https://billing.example/{id}",
        **more,
    }
    return Invoice(id=id, number=number, total=total, created_at=at, payment_ids=paid_by, **given)


def item(name: str, price: Money, quantity: int | None = 1, **more: Any) -> SubscriptionItem:
    return SubscriptionItem(f"si_{name}", name, price, quantity, **{"interval": "month", **more})


def months_back(number: int, *, day: int = 1) -> datetime:
    year, month = divmod(NOW.year * 12 + NOW.month - 1 - number, 12)
    return datetime(year, month + 1, day, 9, 0, tzinfo=UTC)


def allowed(**more: Any) -> Decision:
    return replace(Decision(Verdict.ALLOW, ("allowed",), "Within your limit.", "", POLICY), **more)


def needs(*roles: Role) -> Decision:
    return Decision(
        Verdict.NEEDS_APPROVAL, ("refund-by-agent",), "Refunds are a manager's decision.",
        "It goes to #billing-approvals.", POLICY, tuple(Step(role) for role in roles),
    )  # fmt: skip


AGENT_OFFERS = (Offer("refund", needs(Role.MANAGER)), Offer("credit", needs(Role.MANAGER)))


def readings(facts: Mapping[Section, Facts], *, age: float = 12) -> dict[Section, Reading]:
    return {section: Reading(known, ago(seconds=age)) for section, known in facts.items()}


def paid_monthly(amount: Money, months: int, *, method: PaymentMethod = VISA) -> dict[Section, Facts]:
    """Payments and invoices of a customer who paid on the first of each month."""
    days = [months_back(k) for k in range(months)]
    return {
        Section.PAYMENTS: Payments(
            tuple(payment(f"pay_{k}", amount, at, method=method) for k, at in enumerate(days))
        ),
        Section.INVOICES: Invoices(
            tuple(invoice(f"in_{k}", f"INV-{at:%Y-%m}", amount, at, f"pay_{k}") for k, at in enumerate(days))
        ),
    }


def acme_facts() -> dict[Section, Facts]:
    addons = ("Advanced Analytics", "6000"), ("Priority Support", "3600"), ("API Extra Pack", "2400")
    start = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)
    plan = Subscription(
        "sub_1", "active", start, (item("Enterprise Pro", usd("48"), 50),), period_end=NOW + timedelta(days=18),
        contract_end=date(2026, 3, 10), contract_months=12, auto_renews=True, seats_used=45, seats_total=50,
    )  # fmt: skip
    yearly = Subscription(
        "sub_2", "active", start + timedelta(days=60),
        tuple(item(name, usd(price), interval="year", is_addon=True) for name, price in addons),
    )  # fmt: skip
    return {
        Section.ACCOUNT: Account(
            "cus_1", "Acme Corp", "billing@acme.example", start,
            ("500 Market Street", "San Francisco, CA 94105", "US"), VISA, "USD", usd("0"),
            "https://dashboard.stripe.com/customers/cus_1",
        ),
        Section.SUBSCRIPTIONS: Subscriptions((plan, yearly)),
        Section.UPCOMING: Upcoming((UpcomingInvoice(usd("2400"), NOW + timedelta(days=18)),)),
        Section.CREDITS: Credits(()),
        **paid_monthly(usd("2400"), 22),
    }  # fmt: skip


def acme(**more: Any) -> BillingContext:
    """1001: all is well, an L1 agent looks."""
    customer = CustomerRef("cus_1", "Acme Corp", "billing@acme.example")
    given: dict[str, Any] = {
        "customer": customer,
        "candidates": (customer,),
        "match": CustomerMatch.VERIFIED,
        "readings": readings(acme_facts()),
        "offers": AGENT_OFFERS,
        "viewer": "l1",
        "backend": "Stripe",
        "now": NOW,
        **more,
    }
    return BillingContext(
        ticket_id=1001, requester_name="Acme Billing", requester_email="billing@acme.example", **given
    )


def bright_facts() -> dict[Section, Facts]:
    """1002 and 1003 in one: an expired card, a failed payment, and something charged twice before."""
    due, start = ago(days=5), months_back(9)
    twice = ago(days=34)
    paid = paid_monthly(usd("480"), 9, method=EXPIRED)
    attempts = (
        payment("pay_f1", usd("480"), due, status="failed", failure="Your card has expired.", method=EXPIRED),
        payment(
            "pay_f2", usd("480"), ago(days=2, hours=2), status="failed", failure="Your card has expired."
        ),
        payment("pay_d1", usd("480"), twice, method=EXPIRED),
        payment("pay_d2", usd("480"), twice + timedelta(minutes=6), method=EXPIRED),
    )
    invoices = (
        invoice("in_open", "INV-0312", usd("480"), due, "pay_f1", "pay_f2", status="open", remaining=usd("480"),
                attempts=2, next_attempt_at=NOW + timedelta(days=4)),
        invoice("in_twice", "INV-0311", usd("480"), twice, "pay_d1", "pay_d2"),
    )  # fmt: skip
    old_payments, old_invoices = paid[Section.PAYMENTS], paid[Section.INVOICES]
    assert isinstance(old_payments, Payments)
    assert isinstance(old_invoices, Invoices)
    return {
        Section.ACCOUNT: Account(
            "cus_2", "Bright Labs", "billing@brightlabs.example", start, ("12 Canal Walk", "Richmond, VA"),
            EXPIRED, "USD", usd("0"), "https://dashboard.stripe.com/customers/cus_2",
        ),
        Section.SUBSCRIPTIONS: Subscriptions(
            (Subscription("sub_1", "past_due", start, (item("Team", usd("48"), 10),),
                          period_end=NOW + timedelta(days=33), seats_used=8, seats_total=10),)
        ),
        Section.PAYMENTS: Payments((*attempts, *old_payments.items[2:])),
        Section.INVOICES: Invoices((*invoices, *old_invoices.items[2:])),
        Section.UPCOMING: Upcoming(()),
        Section.CREDITS: Credits((CreditEntry("c_1", usd("15"), ago(days=200), "Late delivery"),)),
    }  # fmt: skip


def request(state: State = State.PENDING_APPROVAL, **more: Any) -> ActionRequest:
    """Refund $480.00, asked two hours ago by the L1 agent."""
    given: dict[str, Any] = {
        "id": "req_1",
        "ticket_id": 1001,
        "customer_id": "cus_2",
        "customer_name": "Bright Labs",
        "action": "refund",
        "params": {"payment": "pay_d2", "amount": "480.00", "currency": "USD", "reason": "duplicate"},
        "amount": usd("480"),
        "summary": "Refund $480.00 to Visa ···· 4242",
        "note": "Charged twice for INV-0311",
        "requester": Requester("l1", "l1", "l1@support.example", Role.L1_AGENT),
        "decision": needs(Role.MANAGER),
        "created_at": ago(hours=2),
        "updated_at": ago(hours=2),
        "expires_at": NOW + timedelta(hours=22),
        **more,
    }
    return ActionRequest(state=state, **given)


def approval(choice: Choice = Choice.APPROVED, **more: Any) -> Approval:
    given = {"step": 0, "role": Role.MANAGER, "person_id": "manager", "person_name": "manager", **more}
    return Approval("req_1", 1, choice=choice, at=ago(minutes=20), **given)


def bright(**more: Any) -> BillingContext:
    """Something is wrong, something is waiting."""
    customer = CustomerRef("cus_2", "Bright Labs", "billing@brightlabs.example")
    given: dict[str, Any] = {
        "customer": customer,
        "candidates": (customer,),
        "match": CustomerMatch.EMAIL,
        "readings": readings(bright_facts(), age=4),
        "masked_cards": (MaskedCard("Visa", "1111", ago(minutes=9)),),
        "history": (RequestHistory(request()),),
        **more,
    }
    return acme(**given)


def unknown(**more: Any) -> BillingContext:
    """1012: billing does not know the requester."""
    context = acme(customer=None, candidates=(), readings={}, offers=(), match=CustomerMatch.EMAIL, **more)
    return replace(context, requester_name="Lumen Studio", requester_email="hello@lumen.example")


def ambiguous(**more: Any) -> BillingContext:
    """1009: two customers share the address, one payment is disputed."""
    facts = acme_facts()
    known = facts[Section.PAYMENTS]
    assert isinstance(known, Payments)
    facts[Section.PAYMENTS] = Payments((replace(known.items[0], disputed=True), *known.items[1:]))
    first = CustomerRef("cus_1", "Iris Consulting", "iris@iris.example")
    second = CustomerRef("cus_9", "Iris Consulting (Lab)", "iris@iris.example")
    given: dict[str, Any] = {
        "customer": first,
        "candidates": (first, second),
        "match": CustomerMatch.AMBIGUOUS,
        "readings": readings(facts),
        **more,
    }
    return acme(**given)


def degraded(*sections: Section, keep_old: bool = False) -> BillingContext:
    """These sections failed; with `keep_old` their facts of three hours ago are still known."""
    found = readings(acme_facts())
    for section in sections:
        old = found[section].facts if keep_old else None
        found[section] = Reading(old, ago(hours=3) if keep_old else None, "Stripe did not answer.")
    return acme(readings=found)


def never_seen() -> BillingContext:
    """The backend is down and this customer is new."""
    problem = "Stripe does not answer at the moment, and this customer was never seen before."
    return replace(unknown(), problem=problem)


def in_currency(currency: str, price: str, *, brand: str = "JCB") -> BillingContext:
    """1006 and 1007: nothing has two decimals."""
    amount = Money.parse(price, currency)
    card = PaymentMethod("card", brand, "0505", 7, 2028)
    start = months_back(10)
    facts: dict[Section, Facts] = {
        Section.ACCOUNT: Account(
            "cus_6", "Fuji", "f@fuji.example", start, (), card, currency, Money.zero(currency)
        ),
        Section.SUBSCRIPTIONS: Subscriptions(
            (
                Subscription(
                    "sub_1", "active", start, (item("Team", amount),), period_end=NOW + timedelta(days=9)
                ),
            )
        ),
        Section.UPCOMING: Upcoming((UpcomingInvoice(amount, NOW + timedelta(days=9)),)),
        Section.CREDITS: Credits(()),
        **paid_monthly(amount, 10, method=card),
    }
    return acme(readings=readings(facts))


def trial() -> BillingContext:
    """1005: three days left, no payment method."""
    start = ago(days=11)
    facts: dict[Section, Facts] = {
        Section.ACCOUNT: Account("cus_5", "Ember Clinic", "e@ember.example", start),
        Section.SUBSCRIPTIONS: Subscriptions(
            (Subscription("sub_1", "trialing", start, (item("Team", usd("48"), 5),),
                          trial_end=NOW + timedelta(days=3), seats_used=3, seats_total=5),)
        ),
        Section.PAYMENTS: Payments(()),
        Section.INVOICES: Invoices(()),
        Section.UPCOMING: Upcoming(()),
        Section.CREDITS: Credits(()),
    }  # fmt: skip
    customer = CustomerRef("cus_5", "Ember Clinic", "e@ember.example")
    return acme(customer=customer, candidates=(customer,), readings=readings(facts))


def hostile() -> BillingContext:
    """Names that want to break out, and names that are too long."""
    name = "<script>alert(1)</script> & \"Söhne\" 'GmbH' " + "Donaudampfschifffahrtsgesellschaft" * 3
    customer = CustomerRef("cus_'\"<x>", name, f"{'long' * 20}@example.example")
    facts = acme_facts()
    known = facts[Section.ACCOUNT]
    assert isinstance(known, Account)
    facts[Section.ACCOUNT] = replace(known, name=name, url="javascript:alert(1)", address=("</dd><b>x</b>",))
    subscriptions = facts[Section.SUBSCRIPTIONS]
    assert isinstance(subscriptions, Subscriptions)
    plan = replace(
        subscriptions.items[0], items=(item("<img src=x onerror=alert(1)>", usd("1234567.89"), 50),)
    )
    facts[Section.SUBSCRIPTIONS] = Subscriptions((plan,))
    asked = request(
        customer_name=name, note="<b>bold</b>", requester=Requester("l2", "<i>l2</i>", "", Role.L2_AGENT)
    )
    return acme(
        customer=customer, candidates=(customer,), readings=readings(facts), history=(RequestHistory(asked),)
    )


def specialist() -> BillingContext:
    """Everything on the menu, also what has no form of its own; something was done, refused and given back."""
    offers = (
        Offer("refund", allowed(), usd("1000")),
        Offer("credit", allowed(), usd("500")),
        Offer("payment_link", allowed()),
        Offer("resend_invoice", allowed()),
        Offer("apply_discount", needs(Role.BILLING_SPECIALIST, Role.VP)),
        Offer("force_cancel", Decision(Verdict.DENY, ("never",), "No.", "", POLICY)),
    )
    facts = acme_facts()
    known = facts[Section.PAYMENTS]
    assert isinstance(known, Payments)
    back = Refund("re_1", usd("950"), "succeeded", ago(minutes=4), "service_outage")
    refunded = replace(known.items[0], refunded=usd("950"), refunds=(back,))
    facts[Section.PAYMENTS] = Payments((refunded, *known.items[1:]))
    facts[Section.CREDITS] = Credits((CreditEntry("c_1", usd("25"), ago(days=45), "Import took two days"),))
    done = request(
        State.SUCCEEDED, id="req_2", amount=usd("950"), summary="Refund $950.00 to Visa ···· 4242",
        decision=allowed(), updated_at=ago(minutes=4), created_at=ago(minutes=5), params={"reason": "service_outage"},
    )  # fmt: skip
    two_steps = request(
        id="req_3", action="credit", amount=usd("750"), summary="Credit $750.00 to the balance", step=1,
        decision=needs(Role.BILLING_SPECIALIST, Role.VP), params={"reason": "goodwill"},
    )  # fmt: skip
    first = approval(role=Role.BILLING_SPECIALIST, person_id="specialist", person_name="specialist")
    rejected = request(State.REJECTED, id="req_4", updated_at=ago(days=1), created_at=ago(days=2))
    refused = approval(Choice.REJECTED, reason="Already refunded by hand")
    unclear = request(State.UNKNOWN, id="req_5", outcome="The connection was lost.")
    return acme(
        offers=offers,
        readings=readings(facts),
        history=(
            RequestHistory(unclear, (approval(),)),
            RequestHistory(done),
            RequestHistory(two_steps, (first,)),
            RequestHistory(rejected, (refused,)),
        ),
    )


STORIES: dict[str, Any] = {
    "acme": acme,
    "bright": bright,
    "specialist": specialist,
    "unknown": unknown,
    "ambiguous": ambiguous,
    "degraded": lambda: degraded(Section.PAYMENTS, Section.CREDITS),
    "down": lambda: degraded(*Section, keep_old=True),
    "never_seen": never_seen,
    "yen": lambda: in_currency("JPY", "120000"),
    "dinar": lambda: in_currency("KWD", "45.500", brand="Visa"),
    "trial": trial,
    "hostile": hostile,
}
