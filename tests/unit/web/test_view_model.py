"""The panel in words."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.billing import Account, Payments, Section, Subscriptions
from sidebar_app.domain.context import BillingContext, CardLeft, MaskedCard, Offer, Reading
from sidebar_app.domain.decision import Step, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.web.view.shapes import Alert, SectionView
from sidebar_app.web.view_model import PanelView, panel_view, to_json
from tests.fakes.contexts import (
    NOW,
    STORIES,
    VISA,
    acme,
    acme_facts,
    ago,
    allowed,
    ambiguous,
    bright,
    degraded,
    hostile,
    in_currency,
    needs,
    never_seen,
    readings,
    specialist,
    trial,
    unknown,
    usd,
)


def section(view: PanelView, key: str) -> SectionView:
    return next(s for s in view.sections if s.key == key)


def terms(view: PanelView, key: str) -> dict[str, tuple[str, ...]]:
    return {t.label: t.lines for t in section(view, key).terms}


def alert(view: PanelView, key: str) -> Alert:
    return next(a for a in view.alerts if a.key.startswith(key))


def with_facts(context: BillingContext, part: Section, **changes: Any) -> BillingContext:
    known = dict(context.readings)
    known[part] = Reading(replace(known[part].facts, **changes), NOW)  # type: ignore[type-var]
    return replace(context, readings=known)


@pytest.mark.parametrize("story", STORIES)
def test_every_story_is_json_made_of_plain_types_only(story: str) -> None:
    found = to_json(panel_view(STORIES[story]()))
    assert json.loads(json.dumps(found))["ticket"] == 1001


@pytest.mark.parametrize("story", STORIES)
def test_no_story_says_none_or_shows_a_representation(story: str) -> None:
    text = json.dumps(to_json(panel_view(STORIES[story]())))
    for slip in ("None", "Money(", "datetime", "<Section", " ,", "  ", "1 months", "1 seats", "1 requests"):
        assert slip not in text


class TestHeader:
    def test_says_who_which_plan_and_how_they_stand(self) -> None:
        head = panel_view(acme()).header
        assert head.name == "Acme Corp"
        assert head.match
        assert (head.match.text, head.match.tone) == ("verified", "good")
        assert (head.plan, head.terms) == ("Enterprise Pro", "$2,400.00 a month · renews 28 Jan")
        assert (head.tone, head.status) == ("good", "Paid up, no failures in 12 months")
        assert head.age == "12 s ago"
        assert head.url == "https://dashboard.stripe.com/customers/cus_1"

    @pytest.mark.parametrize(
        ("context", "tone", "status"),
        [
            (bright(), "bad", "Payment failed 2 days ago"),
            (trial(), "info", "On trial, ends in 3 days"),
            (degraded(Section.PAYMENTS), "mute", "Payment status unknown: payments could not be read"),
            (degraded(Section.INVOICES), "mute", "Payment status unknown: invoices could not be read"),
        ],
        ids=["failed", "trial", "no payments", "no invoices"],
    )
    def test_status(self, context: BillingContext, tone: str, status: str) -> None:
        head = panel_view(context).header
        assert (head.tone, head.status) == (tone, status)

    def test_age_is_that_of_the_oldest_part(self) -> None:
        known = readings(acme_facts())
        known[Section.CREDITS] = replace(known[Section.CREDITS], read_at=ago(minutes=9))
        assert panel_view(acme(readings=known)).header.age == "9 min ago"

    def test_follows_no_address_that_is_not_of_the_web(self) -> None:
        assert panel_view(hostile()).header.url == ""


class TestAlerts:
    def test_are_none_when_all_is_well(self) -> None:
        assert panel_view(acme()).alerts == ()

    def test_name_the_expired_card_the_duplicate_and_the_masked_card_in_this_order(self) -> None:
        found = panel_view(bright()).alerts
        assert [(a.tone, a.title) for a in found] == [
            ("bad", "Card expired."),
            ("warn", "Charged twice?"),
            ("warn", "Card number masked"),
        ]
        assert found[0].text == "Visa ···· 4242 ran out in 12/2025. Tried twice, next try 14 Jan."
        assert found[1].text == "Two payments of $480.00, 6 minutes apart, same invoice INV-0311."
        assert (found[1].action, found[1].payment) == ("refund", "pay_d2")
        assert found[2].text == "in this ticket (Visa ···· 1111). Never ask for full numbers."

    def test_offer_no_refund_to_whom_the_policy_gives_none(self) -> None:
        found = alert(panel_view(bright(offers=())), "duplicate")
        assert (found.action, found.action_label, found.payment) == ("", "", "")

    def test_offer_the_update_link_when_this_person_may_send_it(self) -> None:
        offered = alert(panel_view(bright(offers=(Offer("update_payment_method", allowed()),))), "card")
        assert (offered.action, offered.action_label) == ("update_payment_method", "Send update link")

    def test_say_why_a_payment_failed_when_the_card_is_good(self) -> None:
        context = with_facts(bright(), Section.ACCOUNT, payment_method=VISA)
        assert alert(panel_view(context), "failed").title == "Payment of $480.00 failed."
        assert alert(panel_view(context), "failed").text.startswith("Your card has expired. Tried twice")

    def test_warn_of_a_card_that_ends_before_the_next_charge(self) -> None:
        card = replace(VISA, exp_month=1, exp_year=2026)
        context = with_facts(acme(), Section.ACCOUNT, payment_method=card)
        late = replace(context, now=NOW + timedelta(days=2))
        upcoming = replace(late.readings[Section.UPCOMING].facts.items[0], at=NOW + timedelta(days=30))  # type: ignore[union-attr]
        found = panel_view(with_facts(late, Section.UPCOMING, items=(upcoming,)))
        assert alert(found, "card").tone == "warn"
        assert alert(found, "card").text == "Visa ···· 4242 ends in 01/2026; the next charge is on 9 Feb."

    def test_count_several_masked_cards(self) -> None:
        cards = tuple(MaskedCard("Visa", n, NOW) for n in ("1111", "4242"))
        found = alert(panel_view(acme(masked_cards=cards)), "masked")
        assert found.title == "2 card numbers masked"
        assert "Visa ···· 1111, Visa ···· 4242" in found.text

    def test_say_when_a_card_was_masked_in_the_chat(self) -> None:
        chatted = MaskedCard("Visa", "1111", NOW, in_chat=True)
        view = panel_view(acme(masked_cards=(chatted,)))
        assert alert(view, "masked").text.startswith("in the chat of this ticket (Visa ···· 1111).")
        view = panel_view(acme(masked_cards=(chatted, MaskedCard("JCB", "0000", NOW))))
        assert alert(view, "masked").text.startswith("in this ticket (")

    def test_lead_from_a_masked_card_to_the_training(self) -> None:
        cards = (MaskedCard("Visa", "1111", NOW),)
        learn = "https://learn.acme.example/cards"
        assert alert(panel_view(acme(masked_cards=cards, training_url=learn)), "masked").link == learn
        assert alert(panel_view(acme(masked_cards=cards)), "masked").link_label == ""

    def test_name_card_numbers_that_are_still_there_and_those_in_doubt(self) -> None:
        left = (CardLeft("Visa", "1111", in_doubt=False), CardLeft("JCB", "0000", in_doubt=True))
        view = panel_view(acme(cards_left=left))
        assert alert(view, "card-left").tone == "bad"
        assert "Visa ···· 1111" in alert(view, "card-left").text
        assert "JCB" not in alert(view, "card-left").text
        assert alert(view, "card-review").title == "Perhaps a card number"
        assert "JCB ···· 0000" in alert(view, "card-review").text

    def test_name_the_files_that_were_removed(self) -> None:
        cards = tuple(MaskedCard("Visa", n, NOW, "cards.xlsx") for n in ("1111", "4242"))
        view = panel_view(acme(masked_cards=(*cards, MaskedCard("JCB", "0000", NOW))))
        assert alert(view, "file-removed").title == "File removed"
        assert alert(view, "file-removed").text.startswith(
            "“cards.xlsx” held card numbers (Visa ···· 1111, Visa ···· 4242)."
        )
        assert alert(view, "masked").text == "in this ticket (JCB ···· 0000). Never ask for full numbers."
        happened = section(view, "happened").happenings
        assert ("File “cards.xlsx”", "removed") in {(h.title, h.status) for h in happened}

    def test_name_a_disputed_payment(self) -> None:
        assert "cannot be refunded" in alert(panel_view(ambiguous()), "dispute").text


class TestUnknownRequester:
    def test_is_told_with_the_next_step_and_offers_nothing(self) -> None:
        view = panel_view(unknown())
        assert view.header.name == "Lumen Studio"
        assert [a.key for a in view.alerts] == ["unknown"]
        assert "hello@lumen.example" in view.alerts[0].text
        assert (view.figures, view.buttons, view.forms, view.sections) == ((), (), (), ())

    def test_is_not_claimed_while_billing_is_down(self) -> None:
        assert [a.title for a in panel_view(never_seen()).alerts] == ["Billing cannot be read."]

    def test_still_shows_what_happened_on_the_ticket(self) -> None:
        view = panel_view(unknown(masked_cards=(MaskedCard("Visa", "1111", ago(minutes=3)),)))
        assert [s.key for s in view.sections] == ["happened"]


class TestAmbiguousCustomer:
    def test_lets_the_agent_choose(self) -> None:
        view = panel_view(ambiguous())
        assert [(c.id, c.chosen) for c in view.choices] == [("cus_1", True), ("cus_9", False)]
        assert view.header.match
        assert view.header.match.text == "ambiguous"
        assert alert(view, "ambiguous").title == "2 customers share this address."

    def test_one_customer_is_no_choice(self) -> None:
        assert panel_view(acme()).choices == ()


class TestFailingParts:
    def test_a_failed_section_says_so_and_the_others_stay(self) -> None:
        view = panel_view(degraded(Section.CREDITS))
        assert section(view, "credits").problem == "Stripe did not answer. This part could not be read."
        assert section(view, "credits").summary == "not read"
        assert section(view, "payments").problem == ""
        assert len(section(view, "payments").rows) == 6
        assert "down" not in {a.key for a in view.alerts}

    def test_an_old_section_says_how_old(self) -> None:
        view = panel_view(degraded(Section.SUBSCRIPTIONS, keep_old=True))
        assert section(view, "subscription").problem == "Stripe did not answer. This is as it was 3 h ago."
        assert section(view, "subscription").summary == "45 of 50 seats"

    def test_all_old_is_one_alert_and_not_one_for_each_part(self) -> None:
        view = panel_view(degraded(*Section, keep_old=True))
        assert "3 h ago" in alert(view, "down").text
        assert {s.problem for s in view.sections} == {""}

    def test_nothing_read_leaves_no_figure_that_could_be_taken_for_zero(self) -> None:
        view = panel_view(degraded(*Section))
        assert {f.value for f in view.figures} == {"–"}
        assert {f.hint for f in view.figures} == {"not read"}
        assert all(form.blocked for form in view.forms)

    @pytest.mark.parametrize("part", list(Section))
    def test_any_single_part_may_be_missing(self, part: Section) -> None:
        assert len(panel_view(degraded(part)).sections) == 6


class TestFigures:
    def test_are_outstanding_next_invoice_and_credit(self) -> None:
        found = [(f.label, f.value, f.hint) for f in panel_view(acme()).figures]
        assert found == [
            ("Outstanding", "$0.00", ""),
            ("Next invoice", "$2,400.00", "28 Jan"),
            ("Credit", "$0.00", ""),
        ]

    def test_tell_the_next_try_when_a_payment_failed(self) -> None:
        found = panel_view(bright()).figures
        assert (found[0].value, found[0].tone) == ("$480.00", "bad")
        assert (found[1].label, found[1].value) == ("Next try", "14 Jan")

    def test_tell_a_negative_balance_as_what_it_is(self) -> None:
        found = panel_view(with_facts(acme(), Section.ACCOUNT, credit=usd("-12.50"))).figures[2]
        assert (found.label, found.value) == ("Owes", "$12.50")

    @pytest.mark.parametrize(
        ("currency", "price", "shown", "zero"),
        [("JPY", "120000", "¥120,000", "¥0"), ("KWD", "45.500", "KWD 45.500", "KWD 0.000")],
    )
    def test_have_the_decimals_of_their_currency(
        self, currency: str, price: str, shown: str, zero: str
    ) -> None:
        view = panel_view(in_currency(currency, price))
        assert [f.value for f in view.figures] == [zero, shown, zero]
        assert terms(view, "lifetime")["MRR"] == (shown,)


class TestButtons:
    @pytest.mark.parametrize(
        ("offer", "note"),
        [
            (Offer("refund", allowed()), "runs at once"),
            (Offer("refund", allowed(), usd("500")), "up to $500.00 at once"),
            (Offer("refund", needs(Role.MANAGER)), "a manager approves"),
            (
                Offer("refund", needs(Role.BILLING_SPECIALIST, Role.VP)),
                "a billing specialist, then a VP approve",
            ),
            (Offer("refund", replace(needs(), steps=(Step(Role.MANAGER, 2),))), "2 managers approve"),
        ],
    )
    def test_say_beforehand_what_will_happen(self, offer: Offer, note: str) -> None:
        assert [(b.label, b.note) for b in panel_view(acme(offers=(offer,))).buttons] == [("Refund…", note)]

    def test_beyond_three_wait_under_more_actions_and_a_denied_one_is_not_there(self) -> None:
        view = panel_view(specialist())
        assert [b.action for b in view.buttons] == ["refund", "credit", "payment_link"]
        assert [b.action for b in view.more_buttons] == ["resend_invoice", "apply_discount"]
        assert {f.action for f in view.forms} == {b.action for b in (*view.buttons, *view.more_buttons)}

    def test_three_need_no_more(self) -> None:
        offers = tuple(Offer(a, allowed()) for a in ("refund", "credit", "payment_link"))
        view = panel_view(acme(offers=offers))
        assert (len(view.buttons), view.more_buttons) == (3, ())

    def test_verdicts_that_are_offered_are_never_denials(self) -> None:
        denied = replace(allowed(), verdict=Verdict.DENY)
        assert panel_view(acme(offers=(Offer("refund", denied),))).forms == ()


class TestRefundForm:
    def test_offers_payments_newest_first_with_what_was_seen(self) -> None:
        form = panel_view(acme()).forms[0]
        options = form.fields[0].options
        assert form.seen == {"customer": "cus_1"}
        assert len(options) == 22
        assert options[0].label == "1 Jan · $2,400.00 · Visa ···· 4242"
        assert options[0].seen == {"refundable": "2400.00", "currency": "USD"}
        assert [f.name for f in form.fields] == ["payment", "amount", "reason", "note"]

    def test_leaves_out_what_cannot_be_refunded(self) -> None:
        failed_or_disputed = panel_view(ambiguous()).forms[0].fields[0].options
        assert "pay_0" not in {o.value for o in failed_or_disputed}
        assert "pay_f1" not in {o.value for o in panel_view(bright()).forms[0].fields[0].options}

    def test_says_what_is_left_of_a_payment(self) -> None:
        option = panel_view(specialist()).forms[0].fields[0].options[0]
        assert option.label.endswith("$1,450.00 left")
        assert option.limit == "1450.00"

    @pytest.mark.parametrize(
        ("currency", "price", "seen", "digits"),
        [("JPY", "120000", "120000", 0), ("KWD", "45.500", "45.500", 3)],
    )
    def test_speaks_the_currency_of_the_payment(
        self, currency: str, price: str, seen: str, digits: int
    ) -> None:
        option = panel_view(in_currency(currency, price)).forms[0].fields[0].options[0]
        assert option.seen == {"refundable": seen, "currency": currency}
        assert (option.currency, option.digits, option.limit) == (currency, digits, seen)

    def test_is_blocked_with_a_reason_when_payments_are_unread_or_spent(self) -> None:
        assert "could not be read" in panel_view(degraded(Section.PAYMENTS)).forms[0].blocked
        assert "No payment can be refunded" in panel_view(trial()).forms[0].blocked

    def test_never_offers_a_currency_of_unknown_decimals(self) -> None:
        odd = Money(100, "XXX")
        known = acme().readings[Section.PAYMENTS].facts
        assert isinstance(known, Payments)
        paid = replace(known.items[0], amount=odd, refunded=Money.zero("XXX"))
        assert panel_view(with_facts(acme(), Section.PAYMENTS, items=(paid,))).forms[0].blocked


class TestCreditForm:
    def test_carries_the_balance_that_was_seen(self) -> None:
        form = panel_view(with_facts(acme(), Section.ACCOUNT, credit=usd("15"))).forms[1]
        assert form.seen == {"customer": "cus_1", "credit": "15.00", "currency": "USD"}
        assert form.fields[0].hint.startswith("The balance is $15.00.")
        assert (form.fields[1].kind, form.fields[1].value) == ("fixed", "USD")

    def test_takes_the_currency_of_the_subscription_for_who_was_never_billed(self) -> None:
        context = with_facts(in_currency("KWD", "45.500"), Section.ACCOUNT, currency=None, credit=None)
        form = panel_view(context).forms[1]
        assert (form.fields[1].value, form.seen["credit"]) == ("KWD", "0.000")

    def test_is_blocked_in_a_currency_of_unknown_decimals(self) -> None:
        context = with_facts(acme(), Section.ACCOUNT, currency="XXX", credit=None)
        assert "XXX" in panel_view(context).forms[1].blocked


class TestSections:
    def test_payments_show_six_months_with_their_invoices(self) -> None:
        found = section(panel_view(acme()), "payments")
        assert found.summary == "6 months, all paid"
        assert [r.when for r in found.rows] == ["1 Jan", "1 Dec", "1 Nov", "1 Oct", "1 Sep", "1 Aug"]
        assert (found.rows[0].amount, found.rows[0].state) == ("$2,400.00", "paid")
        assert found.rows[0].reference == "INV-2026-01"

    def test_payments_sum_up_the_trouble(self) -> None:
        found = section(panel_view(bright()), "payments")
        assert found.summary == "2 failed · 1 open"
        assert [r.state for r in found.rows[:3]] == ["failed", "failed", "open"]

    def test_subscription_tells_since_contract_seats_and_addons(self) -> None:
        view = panel_view(acme())
        found = terms(view, "subscription")
        assert found["Since"] == ("10 Mar 2024 (22 months)",)
        assert found["Contract"] == ("annual, ends 10 Mar 2026, renews by itself",)
        assert found["Seats"] == ("45 of 50 (90 %)",)
        addons = section(view, "subscription").terms[-1]
        assert addons.pairs == (
            ("Advanced Analytics", "$500"),
            ("Priority Support", "$300"),
            ("API Extra Pack", "$200"),
        )
        assert addons.note == "a month, billed yearly"

    def test_subscription_that_does_not_run_is_none(self) -> None:
        view = panel_view(with_facts(acme(), Section.SUBSCRIPTIONS, items=()))
        assert section(view, "subscription").summary == "none running"
        assert view.header.status == "No running subscription"

    def test_a_cancelled_subscription_says_when_it_ends(self) -> None:
        known = acme().readings[Section.SUBSCRIPTIONS].facts
        assert isinstance(known, Subscriptions)
        ending = replace(known.items[0], cancel_at=NOW + timedelta(days=5))
        view = panel_view(with_facts(acme(), Section.SUBSCRIPTIONS, items=(ending,)))
        assert view.header.terms.endswith("ends 15 Jan")
        assert "cancelled" in terms(view, "subscription")["Contract"][0]

    def test_account_tells_how_they_pay_and_where_bills_go(self) -> None:
        found = terms(panel_view(acme()), "account")
        assert found["Pays by"] == ("Visa ···· 4242, expires 12/2030",)
        assert found["Bills go to"] == ("billing@acme.example",)
        assert found["Address"][0] == "500 Market Street"

    def test_lifetime_value_tells_revenue_mrr_arr_and_the_risk_with_its_reasons(self) -> None:
        view = panel_view(acme())
        assert section(view, "lifetime").summary == "MRR $3,400 · risk low"
        found = terms(view, "lifetime")
        assert found["Revenue"] == ("$52,800.00",)
        assert found["Customer"] == ("22 months, since 10 Mar 2024",)
        assert (found["MRR"], found["ARR"]) == (("$3,400.00",), ("$40,800.00",))
        assert found["Churn risk"] == ("low (0 of 100)", "nothing points to it")
        assert "a payment is overdue (+30)" in terms(panel_view(bright()), "lifetime")["Churn risk"]

    def test_revenue_is_at_least_when_not_everything_was_read(self) -> None:
        view = panel_view(with_facts(acme(), Section.PAYMENTS, complete=False))
        assert terms(view, "lifetime")["Revenue"] == ("at least $52,800.00",)

    def test_credits_and_refunds_stand_together_newest_first(self) -> None:
        found = section(panel_view(specialist()), "credits")
        assert [(r.amount, r.state) for r in found.rows] == [("$950.00", "refunded"), ("+$25.00", "credit")]

    def test_credit_in_hand_is_the_summary(self) -> None:
        view = panel_view(with_facts(acme(), Section.ACCOUNT, credit=usd("15")))
        assert section(view, "credits").summary == "$15.00 in hand"

    def test_what_happened_counts_requests_and_masked_cards(self) -> None:
        assert section(panel_view(acme()), "happened").summary == "nothing yet"
        found = section(panel_view(bright()), "happened")
        assert found.summary == "2 events"
        assert [h.title for h in found.happenings] == [
            "Card number Visa ···· 1111",
            "Refund $480.00 to Visa ···· 4242",
        ]


def test_a_customer_without_a_name_is_called_by_address() -> None:
    context = acme()
    assert context.customer
    nameless = replace(context, customer=replace(context.customer, name=""))
    assert panel_view(nameless).header.name == "billing@acme.example"


def test_names_are_passed_on_as_they_are_for_the_template_to_escape() -> None:
    account = hostile().readings[Section.ACCOUNT].facts
    assert isinstance(account, Account)
    assert panel_view(hostile()).header.name == account.name
