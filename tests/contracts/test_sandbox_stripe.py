"""The sandbox Stripe, as the real SDK sees it and as the SDK's own types judge it."""

import calendar
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from flask import Flask, Response, request
from pydantic import ValidationError

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.deliveries import Sender
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
from sidebar_app.sandbox.stripe import create_app, seed
from sidebar_app.sandbox.stripe.params import decode
from sidebar_app.sandbox.stripe.routes import ROUTES
from tests.contracts.stripe_contract import Judge, check_request, check_response, routes

Json = dict[str, Any]
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
ACME, PAYMENT = "cus_acme", "pi_acme_0025"


@dataclass
class Receiver:
    """Stands where our app would: keeps the deliveries whose signature the SDK believes."""

    failures_left: int = 0
    types: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/hook", "hook", self._take, methods=["POST"])
        return app

    def reset(self) -> None:
        self.failures_left = 0
        self.types.clear()
        self.ids.clear()

    def _take(self) -> Response:
        if self.failures_left:
            self.failures_left -= 1
            return Response(status=500)
        event = stripe.Webhook.construct_event(
            request.get_data(), request.headers["Stripe-Signature"], cast.STRIPE_WEBHOOK_SECRET
        )
        with self.arrived:
            self.types.append(event.type)
            self.ids.append(event.id)
            self.arrived.notify_all()
        return Response(status=200)

    def wait(self, count: int) -> list[str]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.types) >= count, timeout=10), self.types
            return list(self.types)


@dataclass
class Sandbox:
    url: str
    documents: Documents
    faults: Faults
    receiver: Receiver
    judge: Judge
    client: stripe.StripeClient
    now: datetime = NOW

    @property
    def v1(self) -> Any:
        return self.client.v1

    def refund(self, amount: int | None = 1000, *, payment: str = PAYMENT, key: str | None = None) -> Any:
        params: Json = {"payment_intent": payment} | ({} if amount is None else {"amount": amount})
        return self.v1.refunds.create(params, {"idempotency_key": key} if key else None)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, Sender]]:
    """One sandbox for all tests; each gets it emptied and seeded anew."""
    documents, faults, receiver, judge = Documents(), Faults(), Receiver(), Judge()
    with Server(receiver.app()) as hook:
        holder: list[Sandbox] = []
        app = create_app(documents, faults, webhook_url=f"{hook.url}/hook", now=lambda: holder[0].now)
        judge.install(app)
        http: Any = stripe.RequestsClient(timeout=10)
        with Server(app) as server:
            client = stripe.StripeClient(
                cast.STRIPE_API_KEY, http_client=http, base_addresses={"api": server.url}
            )
            holder.append(Sandbox(server.url, documents, faults, receiver, judge, client))
            yield holder[0], app.extensions["webhooks"]
        http.close()
        app.extensions["webhooks"].close()
    documents.close()


@pytest.fixture
def box(served: tuple[Sandbox, Sender]) -> Iterator[Sandbox]:
    sandbox, sender = served
    sandbox.documents.clear()
    seed(sandbox.documents, NOW)
    sandbox.now = NOW
    yield sandbox
    sandbox.faults.clear()
    assert sender.idle()
    sandbox.receiver.reset()
    faults, sandbox.judge.faults = sandbox.judge.faults, []
    assert faults == []


def refused(call: Callable[[], object]) -> Any:
    with pytest.raises(stripe.StripeError) as caught:
        call()
    return caught.value


# The contract itself


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/refunds", {"amount": "5"}),
        ("/v1/refunds", {"amount": 5.0}),
        ("/v1/refunds", {"amount": True}),
        ("/v1/refunds", {"reason": "goodwill"}),
        ("/v1/refunds", {"idempotency_key": "k"}),
        ("/v1/subscriptions/sub_1", {"coupon": "X"}),
        ("/v1/subscriptions/sub_1", {"billing_cycle_anchor": "now"}),
        ("/v1/customers/cus_1/balance_transactions", {"amount": -5}),
        ("/v1/no_such_thing", {}),
    ],
)
def test_the_request_contract_refuses_what_stripe_would(path: str, params: Json) -> None:
    with pytest.raises((AssertionError, ValidationError)):
        check_request("post", path, params)


def test_the_request_contract_takes_what_stripe_would() -> None:
    assert len(routes()) > 500
    check_request("post", "/v1/refunds", {"payment_intent": "pi_1", "amount": 5, "metadata": {"a": "b"}})
    check_request("post", "/v1/customers/c/balance_transactions", {"amount": -5, "currency": "usd"})


@pytest.mark.parametrize(
    "change",
    [
        {"current_period_end": 1},
        {"status": "frozen"},
        {"cancel_at_period_end": None},
        {"billing_cycle_anchor": "1"},
        {"metadata": None},
    ],
)
def test_the_response_contract_refuses_fields_that_stripe_does_not_send(box: Sandbox, change: Json) -> None:
    good = box.documents.all("subscription")[0]
    assert check_response(good) == []
    assert check_response(good | change)


def test_every_route_of_the_sandbox_is_one_of_stripes() -> None:
    known = {(verb, url.count("{"), url.split("{")[0]) for verb, url in routes()}
    for route in ROUTES:
        template = route.template
        assert (route.method.lower(), template.count("{"), template.split("{")[0]) in known


def test_every_seeded_object_has_stripes_shape(box: Sandbox) -> None:
    kinds = (
        "customer product price coupon subscription invoice charge payment_intent payment_method refund "
        "customer_balance_transaction dispute invoice_payment"
    ).split()
    for kind in kinds:
        found = box.documents.all(kind)
        assert found, kind
        assert [f for o in found for f in check_response(o)] == []


def test_every_event_has_stripes_shape(box: Sandbox) -> None:
    box.refund()
    events = box.documents.all("event")
    assert [e["type"] for e in events] == ["refund.created", "charge.refunded", "refund.updated"]
    assert [f for e in events for f in check_response(e)] == []


def test_forms_decode_to_what_they_encode() -> None:
    pairs = [
        ("items[0][id]", "si_1"),
        ("items[1][price]", "p"),
        ("expand[]", "a"),
        ("expand[]", "b"),
        ("x", ""),
    ]
    assert decode(pairs) == {"items": [{"id": "si_1"}, {"price": "p"}], "expand": ["a", "b"], "x": ""}


# What was seeded


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        datetime(2026, 8, 31, 3, 0, tzinfo=UTC),
        datetime(2027, 3, 30, 12, 0, tzinfo=UTC),
    ],
)
def test_acme_is_as_its_story_says_on_any_day(now: datetime) -> None:
    documents = Documents()
    seed(documents, now)
    invoices = [i for i in documents.all("invoice") if i["customer"] == ACME]
    month, year = (now.month - 6, now.year) if now.month > 6 else (now.month + 6, now.year - 1)
    day = min(now.day, calendar.monthrange(year, month)[1])
    half_year_ago = now.replace(year=year, month=month, day=day).timestamp()
    recent = [i for i in invoices if i["created"] >= half_year_ago]
    assert [(i["total"], i["status"]) for i in recent] == [(240_000, "paid")] * 6
    assert all(i["status"] == "paid" and i["created"] <= now.timestamp() for i in invoices)
    assert sum(i["total"] == 240_000 for i in invoices) == 23
    items = [i for s in documents.all("subscription") if s["customer"] == ACME for i in s["items"]["data"]]
    yearly = sum(
        i["price"]["unit_amount"]
        * i["quantity"]
        * (12 if i["price"]["recurring"]["interval"] == "month" else 1)
        for i in items
    )
    assert yearly == 4_080_000
    assert all(i["current_period_start"] <= now.timestamp() < i["current_period_end"] for i in items)
    documents.close()


def test_seeding_again_changes_nothing(box: Sandbox) -> None:
    box.refund()
    before = box.documents.all("charge")
    seed(box.documents, NOW + timedelta(days=40))
    assert box.documents.all("charge") == before


def test_the_failed_payment_waits_for_its_third_try(box: Sandbox) -> None:
    invoice = box.v1.invoices.list({"customer": "cus_brightlabs", "status": "open"}).data[0]
    assert (invoice.attempt_count, invoice.amount_remaining) == (2, 48_000)
    assert invoice.next_payment_attempt > NOW.timestamp()
    charges = box.v1.charges.list({"customer": "cus_brightlabs", "limit": 2}).data
    assert [c.failure_code for c in charges] == ["expired_card"] * 2
    assert box.v1.subscriptions.list({"customer": "cus_brightlabs"}).data[0].status == "past_due"


def test_an_address_finds_both_of_two_customers_and_nobody_for_a_stranger(box: Sandbox) -> None:
    def found(email: str) -> list[str]:
        return [c.id for c in box.v1.customers.list({"email": email}).data]

    assert sorted(found("office@iris.example")) == ["cus_iris", "cus_iris_lab"]
    assert found("hello@lumen.example") == []
    assert found("Billing@acme.example") == []  # as case-sensitive as Stripe


# Authentication, parameters, expansion, pages


def test_a_wrong_key_is_refused_and_not_repeated(box: Sandbox) -> None:
    stranger = stripe.StripeClient("sk_test_wrongwrong", base_addresses={"api": box.url})
    error = refused(lambda: stranger.v1.customers.list())
    assert isinstance(error, stripe.AuthenticationError)
    assert "wrongwrong" not in str(error)


def test_an_unknown_parameter_is_refused(box: Sandbox) -> None:
    error = refused(lambda: box.v1.customers.list({"mail": "x"}))
    assert error.code == "parameter_unknown"


@pytest.mark.parametrize(
    "path", ["data.payments.data.payment.payment_intent", "data.number", "data.nonsense"]
)
def test_what_cannot_be_expanded_is_refused(box: Sandbox, path: str) -> None:
    error = refused(lambda: box.v1.invoices.list({"customer": ACME, "expand": [path]}))
    assert error.http_status == 400


def test_references_expand(box: Sandbox) -> None:
    found = box.v1.customers.list(
        {"email": "billing@acme.example", "expand": ["data.invoice_settings.default_payment_method"]}
    )
    assert found.data[0].invoice_settings.default_payment_method.card.last4 == "4242"
    sub = box.v1.subscriptions.retrieve("sub_acme_0002", {"expand": ["items.data.price.product"]})
    assert [i.price.product.name for i in sub["items"].data][:1] == ["Advanced Analytics"]
    box.refund(500)
    charge = box.v1.charges.list({"customer": ACME, "limit": 1, "expand": ["data.refunds"]}).data[0]
    assert [r.amount for r in charge.refunds.data] == [500]


def test_pages_join_to_the_whole_newest_first(box: Sandbox) -> None:
    whole = box.v1.charges.list({"customer": ACME, "limit": 100})
    paged = list(box.v1.charges.list({"customer": ACME, "limit": 7}).auto_paging_iter())
    assert [c.id for c in paged] == [c.id for c in whole.data]
    assert not whole.has_more
    assert box.v1.charges.list({"customer": ACME, "limit": 24}).has_more
    moments = [c.created for c in paged]
    assert moments == sorted(moments, reverse=True)
    before = box.v1.charges.list({"customer": ACME, "limit": 2, "ending_before": paged[4].id})
    assert [c.id for c in before.data] == [c.id for c in paged[2:4]]


def test_lists_filter_by_creation(box: Sandbox) -> None:
    moments = [i.created for i in box.v1.invoices.list({"customer": ACME, "limit": 100}).data]
    edge = moments[5]
    since = box.v1.invoices.list({"customer": ACME, "limit": 100, "created": {"gte": edge}}).data
    after = box.v1.invoices.list({"customer": ACME, "limit": 100, "created": {"gt": edge}}).data
    assert (len(since), len(after)) == (6, 5)


# Idempotency


def test_a_repeated_key_moves_money_once(box: Sandbox) -> None:
    first, second = box.refund(key="k"), box.refund(key="k")
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert box.v1.charges.retrieve(box.documents.all("refund")[-1]["charge"]).amount_refunded == 1000


def test_a_key_with_other_parameters_is_refused(box: Sandbox) -> None:
    box.refund(1000, key="k")
    assert isinstance(refused(lambda: box.refund(1001, key="k")), stripe.IdempotencyError)


def test_a_failure_after_the_work_is_saved_with_its_key(box: Sandbox) -> None:
    box.faults.arm(Fault("status_after", path="/v1/refunds", value=500))
    assert refused(lambda: box.refund(key="k")).http_status == 500
    assert refused(lambda: box.refund(key="k")).http_status == 500
    assert [r.amount for r in box.v1.refunds.list({"payment_intent": PAYMENT}).data] == [1000]


def test_a_connection_cut_after_the_work_is_healed_by_the_same_key(box: Sandbox) -> None:
    box.faults.arm(Fault("drop_after", path="/v1/refunds"))
    assert isinstance(refused(lambda: box.refund(key="k")), stripe.APIConnectionError)
    assert box.refund(key="k").amount == 1000
    assert len(box.v1.refunds.list({"payment_intent": PAYMENT}).data) == 1


def test_refused_parameters_do_not_use_up_a_key(box: Sandbox) -> None:
    refused(lambda: box.v1.refunds.create({"amount": 5}, {"idempotency_key": "k"}))
    assert box.refund(key="k").amount == 1000


def test_a_refusal_that_was_executed_is_saved(box: Sandbox) -> None:
    refused(lambda: box.refund(240_001, key="k"))
    error = refused(lambda: box.refund(240_001, key="k"))
    assert error.headers["Idempotent-Replayed"] == "true"


def test_a_rate_limit_saves_nothing_and_says_when_to_come_back(box: Sandbox) -> None:
    box.faults.arm(Fault("status", path="/v1/refunds", value=429, retry_after=3))
    error = refused(lambda: box.refund(key="k"))
    assert type(error) is stripe.RateLimitError
    assert (error.headers or {})["Retry-After"] == "3"
    assert box.refund(key="k").amount == 1000


def test_a_key_in_use_is_a_conflict(box: Sandbox) -> None:
    box.faults.arm(Fault("hold", path="/v1/refunds", value=400))
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(box.refund, key="k") for _ in range(2)]
        errors = [error for call in calls if (error := call.exception())]
    assert len(errors) == 1
    assert isinstance(errors[0], stripe.StripeError)
    assert errors[0].http_status == 409
    assert errors[0].error is not None
    assert errors[0].error.code == "idempotency_key_in_use"
    assert len(box.v1.refunds.list({"payment_intent": PAYMENT}).data) == 1


def test_a_key_is_forgotten_after_a_day(box: Sandbox) -> None:
    first = box.refund(key="k")
    box.now = NOW + timedelta(hours=23, minutes=59)
    assert box.refund(key="k").id == first.id
    box.now = NOW + timedelta(hours=24)
    assert box.refund(key="k").id != first.id


# Money


def test_refunds_never_exceed_the_payment(box: Sandbox) -> None:
    box.refund(200_000)
    error = refused(lambda: box.refund(40_001))
    assert (error.http_status, error.param) == (400, "amount")
    assert "greater than unrefunded amount on charge ($400.00)" in str(error)
    assert box.refund(None).amount == 40_000
    assert refused(lambda: box.refund(1)).code == "charge_already_refunded"


@pytest.mark.parametrize("amount", [0, -5, 100_000_000])
def test_a_refund_of_no_sensible_amount_is_refused(box: Sandbox, amount: int) -> None:
    assert refused(lambda: box.refund(amount)).http_status == 400


def test_a_disputed_payment_is_not_refunded(box: Sandbox) -> None:
    dispute = box.v1.disputes.list({"limit": 1}).data[0]
    assert refused(lambda: box.refund(payment=dispute.payment_intent)).code == "charge_disputed"


def test_a_failed_or_unknown_payment_is_not_refunded(box: Sandbox) -> None:
    failed = box.v1.charges.list({"customer": "cus_brightlabs", "limit": 1}).data[0].payment_intent
    assert "does not have a successful charge" in str(refused(lambda: box.refund(payment=failed)))
    assert refused(lambda: box.refund(payment="pi_nobody")).code == "resource_missing"


def test_a_bank_refund_stays_pending(box: Sandbox) -> None:
    made = box.refund(2_400_000, payment="pi_harbor_0002")
    assert (made.status, made.pending_reason) == ("pending", "processing")


def test_yen_and_dinars_are_counted_in_their_own_units(box: Sandbox) -> None:
    assert "(48,000 JPY)" in str(refused(lambda: box.refund(48_001, payment="pi_fuji_0011")))
    assert box.refund(5_250, payment="pi_gulf_0006").amount == 5_250
    assert "nearest ten" in str(refused(lambda: box.refund(5_251, payment="pi_gulf_0006")))


def test_metadata_comes_back(box: Sandbox) -> None:
    made = box.v1.refunds.create({"payment_intent": PAYMENT, "amount": 1, "metadata": {"request": "req_1"}})
    listed = box.v1.refunds.list({"payment_intent": PAYMENT}).data[0]
    assert (listed.id, listed.metadata["request"]) == (made.id, "req_1")
    long = {"payment_intent": PAYMENT, "metadata": {"k": "x" * 501}}
    assert refused(lambda: box.v1.refunds.create(long)).http_status == 400


def test_a_negative_balance_movement_is_a_credit(box: Sandbox) -> None:
    made = box.v1.customers.balance_transactions.create(
        ACME, {"amount": -5000, "currency": "usd", "description": "Outage"}
    )
    assert (made.ending_balance, made.type) == (-5000, "adjustment")
    assert box.v1.customers.retrieve(ACME).balance == -5000
    assert box.v1.invoices.create_preview({"subscription": "sub_acme_0001"}).amount_due == 235_000
    listed = box.v1.customers.balance_transactions.list(ACME).data
    assert [t.id for t in listed] == [made.id]


def test_a_balance_has_one_currency(box: Sandbox) -> None:
    error = refused(
        lambda: box.v1.customers.balance_transactions.create(ACME, {"amount": -5, "currency": "eur"})
    )
    assert error.param == "currency"


# Subscriptions


def test_the_preview_of_an_upgrade_halfway_is_prorated_to_the_second(box: Sandbox) -> None:
    item = box.v1.subscriptions.retrieve("sub_cobalt_0001")["items"].data[0]
    half = (item.current_period_start + item.current_period_end) // 2
    preview = box.v1.invoices.create_preview(
        {
            "subscription": "sub_cobalt_0001",
            "subscription_details": {
                "items": [{"id": item.id, "price": "price_business", "quantity": 10}],
                "proration_behavior": "always_invoice",
                "proration_date": half,
            },
        }
    )
    assert [line.amount for line in preview.lines.data] == [-24_000, 45_000]
    assert preview.amount_due == 21_000
    kept = box.v1.subscriptions.retrieve("sub_cobalt_0001")["items"].data[0]
    assert kept.price.id == "price_team"


def test_cancelling_at_the_end_leaves_nothing_upcoming_and_can_be_undone(box: Sandbox) -> None:
    sub = box.v1.subscriptions.update("sub_acme_0001", {"cancel_at_period_end": True})
    assert sub.cancel_at == sub["items"].data[0].current_period_end
    error = refused(lambda: box.v1.invoices.create_preview({"subscription": sub.id}))
    assert error.code == "invoice_upcoming_none"
    assert box.v1.subscriptions.update(sub.id, {"cancel_at_period_end": False}).cancel_at is None


def test_an_item_without_id_is_added_and_a_new_price_starts_at_one(box: Sandbox) -> None:
    added = box.v1.subscriptions.update("sub_cobalt_0001", {"items": [{"price": "price_support"}]})
    assert [i.price.id for i in added["items"].data] == ["price_team", "price_support"]
    first = added["items"].data[0].id
    changed = box.v1.subscriptions.update(
        "sub_cobalt_0001", {"items": [{"id": first, "price": "price_business"}]}
    )
    assert next((i.price.id, i.quantity) for i in changed["items"].data) == ("price_business", 1)


def test_trial_pause_and_discount_are_kept(box: Sandbox) -> None:
    until = int((NOW + timedelta(days=17)).timestamp())
    trial = box.v1.subscriptions.update("sub_ember_0001", {"trial_end": until, "proration_behavior": "none"})
    assert (trial.status, trial.trial_end, trial["items"].data[0].current_period_end) == (
        "trialing", until, until,
    )  # fmt: skip
    paused = box.v1.subscriptions.update("sub_acme_0001", {"pause_collection": {"behavior": "void"}})
    assert (paused.status, paused.pause_collection.behavior) == ("active", "void")
    assert box.v1.subscriptions.update("sub_acme_0001", {"pause_collection": ""}).pause_collection is None
    box.v1.subscriptions.update("sub_acme_0001", {"discounts": [{"coupon": "GOODWILL10"}]})
    sub = box.v1.subscriptions.update(
        "sub_acme_0001", {"discounts": [{"coupon": "LOYAL20"}], "expand": ["discounts.source.coupon"]}
    )
    assert [d.source.coupon.id for d in sub.discounts] == ["LOYAL20"]
    assert box.v1.subscriptions.update("sub_acme_0001", {"discounts": ""}).discounts == []


def test_seats_change_through_the_item(box: Sandbox) -> None:
    changed = box.v1.subscription_items.update("si_acme_0001", {"quantity": 60})
    assert changed.quantity == 60
    assert box.v1.invoices.create_preview({"subscription": "sub_acme_0001"}).total == 288_000


def test_the_list_leaves_cancelled_subscriptions_out_until_asked(box: Sandbox) -> None:
    sub = box.documents.get("subscription", "sub_acme_0002")
    assert sub is not None
    box.documents.put("subscription", sub["id"], sub | {"status": "canceled"})
    assert len(box.v1.subscriptions.list({"customer": ACME}).data) == 1
    assert len(box.v1.subscriptions.list({"customer": ACME, "status": "all"}).data) == 2


# Everything else that is served


def test_the_rest_of_the_surface_answers_in_stripes_shape(box: Sandbox) -> None:
    v1 = box.v1
    assert v1.products.list({"ids": ["prod_team"]}).data[0].name == "Team"
    assert v1.products.retrieve("prod_business").active
    assert v1.prices.list({"product": "prod_team", "limit": 100}).data
    assert v1.prices.retrieve("price_team").unit_amount == 4800
    assert v1.coupons.create({"percent_off": 12.5, "duration": "once"}).percent_off == 12.5
    assert v1.coupons.retrieve("LOYAL20").valid
    assert v1.coupons.list().data
    assert v1.payment_intents.retrieve(PAYMENT).status == "succeeded"
    assert v1.payment_intents.list({"customer": ACME}).data
    assert v1.payment_methods.list({"customer": ACME}).data[0].card.last4 == "4242"
    assert v1.payment_methods.retrieve("pm_harbor_0001").us_bank_account.last4 == "6789"
    paid = v1.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": PAYMENT}})
    assert [p.invoice for p in paid.data] == ["in_acme_0025"]
    assert (
        v1.invoices.retrieve("in_acme_0025", {"expand": ["payments"]}).payments.data[0].amount_paid == 240_000
    )
    assert v1.invoices.line_items.list("in_delta_0007").data[0].amount == -24_000
    assert v1.credit_notes.list({"customer": ACME}).data == []
    assert v1.refunds.retrieve(box.refund().id).status == "succeeded"
    assert v1.customers.update(ACME, {"tax_exempt": "exempt"}).tax_exempt == "exempt"
    assert v1.invoices.update("in_brightlabs_0010", {"auto_advance": False}).next_payment_attempt is None
    assert v1.invoices.mark_uncollectible("in_brightlabs_0010").status == "uncollectible"
    assert refused(lambda: v1.invoices.void_invoice("in_acme_0025")).http_status == 400
    made = v1.customers.balance_transactions.create(ACME, {"amount": 5, "currency": "usd"})
    assert v1.customers.balance_transactions.retrieve(ACME, made.id).amount == 5


def test_hosted_pages_get_an_address(box: Sandbox) -> None:
    item = {
        "price_data": {"currency": "usd", "unit_amount": 480_00, "product_data": {"name": "Due"}},
        "quantity": 1,
    }
    session = box.v1.checkout.sessions.create(
        {"mode": "payment", "customer": ACME, "line_items": [item], "success_url": "https://ours.example/ok"}
    )
    assert (session.amount_total, session.status) == (48_000, "open")
    assert session.url.startswith("https://")
    portal = box.v1.billing_portal.sessions.create(
        {"customer": ACME, "flow_data": {"type": "payment_method_update"}}
    )
    assert portal.flow.type == "payment_method_update"


def test_the_page_shows_what_happened(box: Sandbox) -> None:
    made = box.refund(145_000)
    with urllib.request.urlopen(box.url + "/", timeout=10) as answer:
        text = answer.read().decode()
    assert made.id in text
    assert "$1,450.00" in text


# Webhooks


def test_a_refund_is_announced_signed_and_retried_until_taken(box: Sandbox) -> None:
    box.receiver.failures_left = 2
    box.refund()
    assert sorted(box.receiver.wait(3)) == ["charge.refunded", "refund.created", "refund.updated"]


def test_changes_of_customer_subscription_and_invoice_are_announced(box: Sandbox) -> None:
    box.v1.customers.balance_transactions.create(ACME, {"amount": -5, "currency": "usd"})
    box.v1.subscriptions.update("sub_acme_0001", {"cancel_at_period_end": True})
    box.v1.invoices.send_invoice("in_acme_0025")
    assert box.receiver.wait(3) == ["customer.updated", "customer.subscription.updated", "invoice.sent"]


def test_deliveries_are_doubled_overtaken_or_lost_on_demand(box: Sandbox) -> None:
    box.faults.arm(Fault("duplicate", path="refund.updated", method="WEBHOOK"))
    box.faults.arm(Fault("reorder", path="refund.created", method="WEBHOOK"))
    box.faults.arm(Fault("lose", path="charge.refunded", method="WEBHOOK"))
    box.refund()
    assert box.receiver.wait(3) == ["refund.updated", "refund.updated", "refund.created"]
    assert len(set(box.receiver.ids)) == 2
