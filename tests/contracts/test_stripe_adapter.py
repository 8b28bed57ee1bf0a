"""What is Stripe's own about the Stripe adapter: shapes its sandbox does not hold, errors, webhooks."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import stripe

from sidebar_app.adapters.billing.stripe import StripeConnection, StripeGateway, StripeWebhooks, connect
from sidebar_app.adapters.billing.stripe import payments as translate
from sidebar_app.adapters.billing.stripe.errors import read_failure, write_outcome
from sidebar_app.adapters.billing.stripe.subscriptions import subscription
from sidebar_app.adapters.billing.stripe.values import account, default_method
from sidebar_app.adapters.billing.stripe.webhooks import sections_of
from sidebar_app.adapters.billing.stripe.writes import refund_outcome
from sidebar_app.domain.billing import Invoices, Payments, Section, Subscriptions, Upcoming
from sidebar_app.domain.money import Money
from sidebar_app.domain.outcome import Done, Refused, Unknown
from sidebar_app.ports.billing import (
    BillingMisconfigured,
    BillingUnavailable,
    CreditOrder,
    InvalidDelivery,
    NoSuchObject,
    RefundOrder,
)
from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.stripe import create_app, seed
from sidebar_app.sandbox.stripe.webhooks import signature

Json = dict[str, Any]
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
SECRETS = ("whsec_old", "whsec_new")


@pytest.fixture(scope="module")
def documents() -> Iterator[Documents]:
    made = Documents()
    seed(made, NOW)
    yield made
    made.close()


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults()


@pytest.fixture(scope="module")
def connection(documents: Documents, faults: Faults) -> Iterator[StripeConnection]:
    with Server(create_app(documents, faults, now=lambda: NOW)) as server:
        made = connect(cast.STRIPE_API_KEY, base_url=server.url)
        yield made
        made.close()


@pytest.fixture
def gateway(connection: StripeConnection) -> StripeGateway:
    return StripeGateway(connection.client)


def stored(documents: Documents, kind: str, id: str) -> Json:
    found = documents.get(kind, id)
    assert found is not None
    return found


# Translating


def test_attempts_under_one_intent_have_names_of_their_own(documents: Documents) -> None:
    good = stored(documents, "charge", "ch_acme_0025")
    later = good | {"id": "ch_later", "status": "failed", "captured": False}
    earlier = good | {"id": "ch_earlier", "status": "failed", "captured": False}
    found = translate.payments([later, good, earlier])
    assert [(p.id, p.status) for p in found] == [
        ("ch_later", "failed"),
        ("pi_acme_0025", "succeeded"),
        ("ch_earlier", "failed"),
    ]


def test_a_payment_without_intent_is_named_and_refunded_by_its_charge(
    documents: Documents, gateway: StripeGateway
) -> None:
    documents.put(
        "charge",
        "py_old",
        stored(documents, "charge", "ch_acme_0001") | {"id": "py_old", "payment_intent": None},
    )
    payment = gateway.payment("py_old", customer_id="cus_acme")
    assert payment.id == "py_old"
    order = RefundOrder(
        "req_old", "key_old", "cus_acme", "py_old", Money(500, "USD"), "duplicate charge", 1001
    )
    assert isinstance(gateway.execute(order), Done)
    assert gateway.find(order) is not None
    assert documents.all("refund")[-1]["reason"] == "duplicate"
    documents.delete("charge", "py_old")


def test_a_held_authorisation_is_pending_and_not_refundable(documents: Documents) -> None:
    held = stored(documents, "charge", "ch_acme_0025") | {"captured": False, "amount_captured": 0}
    (payment,) = translate.payments([held])
    assert (payment.status, payment.amount, payment.refundable.minor) == ("pending", Money(240_000, "USD"), 0)


def _subscription(documents: Documents, **changes: Any) -> Any:
    value = stored(documents, "subscription", "sub_acme_0001") | changes
    return subscription(value, names={"prod_enterprise_pro": "The product"}, today=NOW.date())


def test_a_contract_that_renewed_itself_ends_in_the_future(documents: Documents) -> None:
    metadata = {"contract_end": "2024-02-29", "contract_months": "12", "auto_renew": "yes"}
    assert _subscription(documents, metadata=metadata).contract_end == date(2027, 2, 28)
    fixed = metadata | {"auto_renew": "false"}
    assert _subscription(documents, metadata=fixed).contract_end == date(2024, 2, 29)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"contract_end": "soon", "contract_months": "a year", "auto_renew": "maybe", "seats_used": "-3"},
        {"contract_end": "", "contract_months": "99999999999", "auto_renew": "", "seats_used": "٣"},
    ],
)
def test_metadata_that_says_nothing_readable_is_left_out(documents: Documents, metadata: Json) -> None:
    found = _subscription(documents, metadata=metadata)
    assert (found.contract_end, found.contract_months, found.auto_renews) == (None, None, None)
    assert (found.seats_used, found.seats_total) == (None, None)


@pytest.mark.parametrize(
    ("price", "quantity", "expected"),
    [
        ({"nickname": None}, 50, ("The product", 4800, 50)),
        ({"nickname": None, "product": "prod_x"}, None, ("prod_x", 4800, None)),
        ({"unit_amount": None, "unit_amount_decimal": "0.5"}, 1001, ("Enterprise Pro × 1001", 500, 1)),
        ({"unit_amount": None, "unit_amount_decimal": None}, 7, ("Enterprise Pro (tiered price)", 0, 7)),
    ],
)
def test_prices_of_every_kind_are_told(
    documents: Documents, price: Json, quantity: int | None, expected: tuple[str, int, int | None]
) -> None:
    value = stored(documents, "subscription", "sub_acme_0001")
    item = value["items"]["data"][0]
    item["price"] |= price
    item["quantity"] = quantity
    (found,) = _subscription(documents, items=value["items"]).items
    assert (found.name, found.price.minor, found.quantity) == expected


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"pause_collection": {"behavior": "void", "resumes_at": None}}, "paused"),
        ({"status": "incomplete_expired"}, "ended"),
        ({"status": "past_due"}, "past_due"),
    ],
)
def test_statuses_are_the_domains(documents: Documents, changes: Json, status: str) -> None:
    assert _subscription(documents, **changes).status == status


def test_a_cancellation_at_the_end_has_a_day(documents: Documents) -> None:
    found = _subscription(documents, cancel_at_period_end=True, cancel_at=None)
    assert found.cancel_at == found.period_end


def test_the_payment_method_of_the_running_subscription_comes_first() -> None:
    card = {"object": "payment_method", "type": "card", "card": {"brand": "amex", "last4": "0005"}}
    link = {"object": "payment_method", "type": "link", "link": {"email": "a@b.example"}}
    source = {"object": "card", "brand": "Visa", "last4": "1111", "exp_month": 1, "exp_year": 2030}
    running = {"status": "active", "default_payment_method": card}
    ended = {"status": "canceled", "default_payment_method": link}
    customer: Json = {
        "subscriptions": {"data": [ended, running]},
        "invoice_settings": {"default_payment_method": link},
        "default_source": source,
    }
    labels = []
    for name in ("subscriptions", "invoice_settings", "default_source"):
        method = default_method(customer)
        labels.append(method.label if method else "")
        customer[name] = None
    assert labels == ["American Express ···· 0005", "Link", "Visa ···· 1111"]
    assert default_method(customer) is None


def test_a_customer_who_never_paid_has_no_currency_and_no_credit(documents: Documents) -> None:
    customer = stored(documents, "customer", "cus_acme") | {"currency": None, "address": None, "name": None}
    found = account(customer)
    assert (found.currency, found.credit, found.address, found.name) == (None, None, (), found.email)


def test_product_names_are_asked_for_once_and_can_be_missing(gateway: StripeGateway, faults: Faults) -> None:
    faults.arm(Fault("status", path="/v1/products", value=403))

    def plan() -> str:
        found = gateway.read(Section.SUBSCRIPTIONS, customer_id="cus_delta", now=NOW)
        assert isinstance(found, Subscriptions)
        return found.items[0].items[0].name

    assert plan() == "prod_business"
    assert plan() == "Business"
    faults.arm(Fault("status", path="/v1/products", value=403, times=0))
    assert plan() == "Business"
    faults.clear()


def test_nothing_is_upcoming_after_a_cancellation(documents: Documents, gateway: StripeGateway) -> None:
    sub = stored(documents, "subscription", "sub_gulf_0001")
    documents.put("subscription", sub["id"], sub | {"cancel_at_period_end": True})
    assert gateway.read(Section.UPCOMING, customer_id="cus_gulf", now=NOW) == Upcoming(())


# Writing


def test_dinars_move_in_steps_that_stripe_takes(documents: Documents, gateway: StripeGateway) -> None:
    credit = CreditOrder("req_kwd", "key_kwd", "cus_gulf", Money.parse("5.251", "KWD"), "goodwill", 1007)
    outcome = gateway.execute(credit)
    assert isinstance(outcome, Refused)
    assert (outcome.code, "0.010" in outcome.sentence) == ("amount-invalid", True)
    assert documents.get("_idempotency", "key_kwd") is None


def test_a_refund_that_the_bank_returned_is_neither_found_nor_believed_again(
    documents: Documents, gateway: StripeGateway, faults: Faults
) -> None:
    order = RefundOrder("req_b", "key_b", "cus_harbor", "pi_harbor_0001", Money(900, "USD"), "goodwill", 1008)
    faults.arm(Fault("drop_after", path="/v1/refunds"))
    assert isinstance(gateway.execute(order), Unknown)
    made = documents.all("refund")[-1]
    documents.put("refund", made["id"], made | {"status": "failed", "failure_reason": "declined"})
    assert gateway.find(order) is None
    outcome = gateway.execute(order)
    assert isinstance(outcome, Refused)
    assert outcome.code == "refund-failed"
    faults.arm(Fault("status", path="/v1/refunds/re_", value=500))
    assert isinstance(gateway.execute(order), Unknown)
    faults.clear()


# Many pages


def test_everything_is_read_over_pages_and_our_mark_found_on_the_last(
    documents: Documents, gateway: StripeGateway
) -> None:
    charge = stored(documents, "charge", "ch_kestrel_0001")
    invoice = stored(documents, "invoice", "in_kestrel_0001")
    mark = CreditOrder("req_deep", "key_deep", "cus_kestrel", Money(700, "USD"), "goodwill", 1011)
    done = gateway.execute(mark)
    moved = documents.all("customer_balance_transaction")[-1]
    for n in range(250):
        old = {"created": charge["created"] - 86_400 * n}
        documents.put("charge", f"ch_many_{n}", charge | old | {"id": f"ch_many_{n}", "payment_intent": None})
        documents.put("invoice", f"in_many_{n}", invoice | old | {"id": f"in_many_{n}"})
        later = moved | {"id": f"cbtxn_many_{n}", "metadata": {}, "created": moved["created"] + 1}
        documents.put("customer_balance_transaction", later["id"], later)
    payments = gateway.read(Section.PAYMENTS, customer_id="cus_kestrel", now=NOW)
    assert isinstance(payments, Payments)
    assert (len(payments.items), payments.complete) == (255, True)
    invoices = gateway.read(Section.INVOICES, customer_id="cus_kestrel", now=NOW)
    assert isinstance(invoices, Invoices)
    assert len(invoices.items) == 255
    found = gateway.find(mark)
    assert found is not None
    assert isinstance(done, Done)
    assert found.reference == done.reference


def test_more_payments_than_are_read_are_told_as_incomplete(
    documents: Documents, gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidebar_app.adapters.billing.stripe.gateway._PAYMENT_PAGES", 1)
    charge = stored(documents, "charge", "ch_fuji_0001")
    for n in range(120):
        documents.put("charge", f"ch_fm_{n}", charge | {"id": f"ch_fm_{n}", "payment_intent": None})
    payments = gateway.read(Section.PAYMENTS, customer_id="cus_fuji", now=NOW)
    assert isinstance(payments, Payments)
    assert (len(payments.items), payments.complete) == (100, False)


# Errors


def _error(kind: type[Any], status: int | None, code: str = "", param: str = "") -> Any:
    text = "The key sk_live_secret does not have the required permissions: rak_refund_write"
    body = {"error": {"code": code, "message": text}}
    if kind in (stripe.InvalidRequestError, stripe.CardError):
        return kind(text, param, code=code or None, http_status=status, json_body=body)
    return kind(text, http_status=status, json_body=body)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (_error(stripe.APIConnectionError, None), Unknown),
        (_error(stripe.APIError, 500), Unknown),
        (_error(stripe.APIError, 200), Unknown),
        (_error(stripe.APIError, 409, "idempotency_key_in_use"), Unknown),
        (_error(stripe.APIError, 409, "lock_timeout"), Unknown),
        (_error(stripe.RateLimitError, 429), Unknown),
        (_error(stripe.IdempotencyError, 400), Unknown),
        (_error(stripe.AuthenticationError, 401), "not-permitted"),
        (_error(stripe.PermissionError, 403), "not-permitted"),
        (_error(stripe.CardError, 402), "declined"),
        (_error(stripe.InvalidRequestError, 400, "charge_already_refunded"), "already-refunded"),
        (_error(stripe.InvalidRequestError, 400, "charge_disputed"), "disputed"),
        (_error(stripe.InvalidRequestError, 404, "resource_missing"), "no-such-object"),
        (_error(stripe.InvalidRequestError, 400, "balance_insufficient"), "insufficient-funds"),
        (_error(stripe.InvalidRequestError, 400, param="amount"), "above-refundable"),
        (_error(stripe.InvalidRequestError, 400, param="currency"), "other-currency"),
        (_error(stripe.InvalidRequestError, 400), "refused"),
    ],
    ids=lambda v: f"{type(v).__name__}-{v.http_status}" if isinstance(v, stripe.StripeError) else str(v),
)
def test_a_failed_write_is_refused_only_when_stripe_certainly_did_nothing(error: Any, outcome: Any) -> None:
    found = write_outcome(error)
    assert (found.code if isinstance(found, Refused) else type(found)) == outcome
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_error(stripe.AuthenticationError, 401), BillingMisconfigured),
        (_error(stripe.PermissionError, 403), BillingMisconfigured),
        (_error(stripe.InvalidRequestError, 404, "resource_missing"), NoSuchObject),
        (_error(stripe.InvalidRequestError, 400, "parameter_unknown"), BillingMisconfigured),
        (_error(stripe.APIError, 502), BillingUnavailable),
        (_error(stripe.RateLimitError, 429), BillingUnavailable),
        (_error(stripe.APIConnectionError, None), BillingUnavailable),
    ],
    ids=lambda v: type(v).__name__,
)
def test_a_failed_read_is_told_without_any_text_of_stripes(error: Any, kind: type[Exception]) -> None:
    found = read_failure(error)
    assert type(found) is kind
    assert "secret" not in str(found)


def test_a_missing_permission_is_named() -> None:
    assert "rak_refund_write" in str(read_failure(_error(stripe.PermissionError, 403)))


def test_an_answer_about_something_else_is_unknown() -> None:
    order = RefundOrder("r", "k", "cus_1", "pi_1", Money(100, "USD"), "goodwill", 1)
    good = {"id": "re_1", "amount": 100, "currency": "usd", "payment_intent": "pi_1", "status": "succeeded"}
    assert isinstance(refund_outcome(good, order), Done)
    for change in ({"amount": 101}, {"currency": "eur"}, {"payment_intent": "pi_2"}, {"amount": None}):
        assert isinstance(refund_outcome(good | change, order), Unknown)
    assert isinstance(refund_outcome(good | {"status": "failed"}, order), Refused)


def test_an_answer_that_cannot_be_read_is_unavailable_or_unknown(gateway: StripeGateway) -> None:
    class Odd:
        def __getattr__(self, name: str) -> Any:
            return Odd()

        def __call__(self, *_: Any, **__: Any) -> Any:
            return SimpleNamespace(to_dict=lambda: {"id": "x", "object": "odd"})

    odd = StripeGateway(Odd())  # type: ignore[arg-type]
    with pytest.raises(BillingUnavailable):
        odd.read(Section.ACCOUNT, customer_id="cus_1", now=NOW)
    with pytest.raises(BillingUnavailable):
        odd.read(Section.PAYMENTS, customer_id="cus_1", now=NOW)
    order = CreditOrder("r", "k", "cus_1", Money(100, "USD"), "goodwill", 1)
    assert isinstance(odd.execute(order), Unknown)


def test_the_client_waits_a_bounded_time_and_repeats_nothing_by_itself() -> None:
    made = connect("sk_test_x", base_url="http://127.0.0.1:9")
    requestor: Any = made.client._requestor
    assert requestor._options.max_network_retries == 0
    assert requestor._client._timeout == (3.0, 10.0)
    made.close()


# Webhooks


def _delivery(event: Any, *, secret: str = SECRETS[1], age: int = 0) -> tuple[dict[str, str], bytes]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return {"Stripe-Signature": signature(body, secret, int(time.time()) - age)}, body


def _event(type: str = "charge.refunded", **subject: Any) -> Json:
    return {
        "id": "evt_1",
        "type": type,
        "data": {"object": {"object": "charge", "customer": "cus_1"} | subject},
    }


@pytest.mark.parametrize("secret", SECRETS)
def test_a_signed_event_names_customer_and_sections(secret: str) -> None:
    found = StripeWebhooks(SECRETS).event(*_delivery(_event(), secret=secret))
    assert (found.id, found.customer_id, found.sections) == ("evt_1", "cus_1", frozenset({Section.PAYMENTS}))


@pytest.mark.parametrize(
    ("type", "sections"),
    [
        ("customer.updated", {Section.ACCOUNT, Section.CREDITS, Section.UPCOMING}),
        ("customer.subscription.updated", {Section.ACCOUNT, Section.SUBSCRIPTIONS, Section.UPCOMING}),
        ("customer.subscription.trial_will_end", {Section.ACCOUNT, Section.SUBSCRIPTIONS, Section.UPCOMING}),
        ("invoice.paid", {Section.ACCOUNT, Section.CREDITS, Section.INVOICES, Section.UPCOMING}),
        ("invoice_payment.paid", {Section.INVOICES, Section.PAYMENTS}),
        ("refund.updated", {Section.PAYMENTS}),
        ("charge.dispute.created", {Section.PAYMENTS}),
        ("payment_method.attached", {Section.ACCOUNT}),
        ("product.updated", set()),
    ],
)
def test_an_event_makes_only_what_it_is_about_stale(type: str, sections: set[Section]) -> None:
    assert sections_of(type) == sections


def test_the_customer_is_found_wherever_the_event_has_it() -> None:
    hooks = StripeWebhooks(SECRETS)
    own = _event("customer.updated") | {"data": {"object": {"object": "customer", "id": "cus_9"}}}
    expanded = _event(customer={"id": "cus_8", "object": "customer"})
    detached = _event("payment_method.detached", customer=None)
    detached["data"]["previous_attributes"] = {"customer": "cus_7"}
    nobody = _event("refund.updated", customer=None)
    found = [hooks.event(*_delivery(e)).customer_id for e in (own, expanded, detached, nobody)]
    assert found == ["cus_9", "cus_8", "cus_7", None]


def test_what_was_not_signed_by_stripe_is_refused() -> None:
    hooks = StripeWebhooks(SECRETS)
    headers, body = _delivery(_event())
    lies: list[tuple[dict[str, str], bytes, str]] = [
        ({}, body, "not signed"),
        (headers, body + b" ", "does not match"),
        (_delivery(_event(), secret="whsec_other")[0], body, "does not match"),
        (_delivery(_event(), age=301)[0], body, "too old"),
        ({"Stripe-Signature": "t=1"}, body, "does not match"),
        ({"Stripe-Signature": "t=now,v1=é"}, body, "does not match"),
        ({"Stripe-Signature": f"t={int(time.time())},v1=é"}, body, "does not match"),
        (_delivery(b"\xff")[0], b"\xff", "does not match"),
    ]
    for given, payload, why in lies:
        with pytest.raises(InvalidDelivery, match=why):
            hooks.event(given, payload)
    with pytest.raises(InvalidDelivery):
        StripeWebhooks(()).event(headers, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"id":"evt_1","type":"x","data":null}',
        b'{"object":"v2.core.event"}',
        b"[" * 90_000,
    ],
    ids=lambda b: repr(b[:20]),
)
def test_a_signed_delivery_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidDelivery, match="no event"):
        StripeWebhooks(SECRETS).event(*_delivery(body))


def test_an_event_is_accepted_until_it_is_five_minutes_old() -> None:
    assert StripeWebhooks(SECRETS).event(*_delivery(_event(), age=int(timedelta(minutes=4).total_seconds())))
