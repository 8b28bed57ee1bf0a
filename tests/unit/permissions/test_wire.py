"""A line is a question exactly as agreed, or an error that says what to correct."""

import json
from decimal import Decimal
from typing import Any

import pytest

from sidebar_app.domain.decision import Context, CustomerMatch, Question
from sidebar_app.domain.money import Money
from sidebar_app.permissions import Policy, decide
from sidebar_app.permissions.wire import Asked, UnreadableQuestion, decision_line, error_line, parse_line

FULL = {
    "id": "q-1",
    "role": "l2_agent",
    "action": "credit",
    "amount": "12.50",
    "currency": "USD",
    "percent": "12.5",
    "days": 3,
    "context": {
        "customer_requested": True,
        "multi_year_contract": True,
        "recent_credit_total": "99.99",
        "recent_refund_count": 2,
        "customer_match": "verified",
    },
}


def line(**changes: Any) -> str:
    values = {**FULL, **changes}
    return json.dumps({key: value for key, value in values.items() if value is not ...})


def test_every_key_is_read() -> None:
    assert parse_line(line()) == Asked(
        "q-1",
        Question(
            "l2_agent",
            "credit",
            Money(1250, "USD"),
            Decimal("12.5"),
            3,
            Context(
                customer_requested=True,
                multi_year_contract=True,
                recent_credit_total=Money(9999, "USD"),
                recent_refund_count=2,
                customer_match=CustomerMatch.VERIFIED,
            ),
        ),
    )


def test_what_is_not_said_has_the_agreed_default() -> None:
    assert parse_line('{"id": 7, "role": "manager", "action": "view_billing"}') == Asked(
        7, Question("manager", "view_billing")
    )


def test_an_amount_without_its_currency_is_no_measure(policy: Policy) -> None:
    asked = parse_line(line(currency=..., context=...))
    assert asked.question.amount is None
    assert decide(policy, asked.question).rules == ("measure-missing",)


UNREADABLE = {
    "not JSON": "This line is not JSON.",
    "": "This line is not JSON.",
    '{"id": "a"': "This line is not JSON.",
    "[" * 100_000: "This line is not JSON.",
    '{"id": ' + "9" * 5000 + "}": "This line is not JSON.",
    "[]": "A question is a JSON object.",
    "{}": "“id” is missing",
    line(id=...): "“id” is missing",
    line(id=True): "“id” is missing",
    line(id=None): "“id” is missing",
    line(role=...): "“role” is missing or not a text.",
    line(role=1): "“role” is missing or not a text.",
    line(action=["refund"]): "“action” is missing or not a text.",
    line(roel="x"): "There is an unknown key “roel” in the question.",
    line(**{"4242 4242 4242 4242": 1}): "There is an unknown key in the question.",
    '{"id": "a", "id": "b"}': "A key stands twice in this line.",
    line(amount=12.5): "“amount” is written as decimal digits in a text",
    line(amount=12): "“amount” is written as decimal digits in a text",
    line(amount=None): "“amount” is written as decimal digits in a text",
    line(amount="1e3"): "“amount” is written as decimal digits in a text",
    line(amount="1,000"): "“amount” is written as decimal digits in a text",
    line(amount="١٢"): "“amount” is written as decimal digits in a text",
    line(amount="12.505"): "“amount”: USD has 2 decimals; the amount has 3.",
    line(amount="1.5", currency="JPY"): "“amount”: JPY has no decimals; the amount has 1.",
    line(amount="99999999999"): "“amount”: The amount is larger than this service moves.",
    line(currency="usd"): "“currency” is written as three capital letters",
    line(currency=840): "“currency” is written as three capital letters",
    line(percent=15): "“percent” is written as decimal digits in a text",
    line(days="3"): "“days” is a whole number.",
    line(days=3.0): "“days” is a whole number.",
    line(days=True): "“days” is a whole number.",
    line(context=[]): "“context” is a JSON object.",
    line(context={"vip": True}): "There is an unknown key “vip” in the context.",
    line(context={"customer_requested": "yes"}): "“customer_requested” is true or false.",
    line(context={"multi_year_contract": 1}): "“multi_year_contract” is true or false.",
    line(context={"recent_credit_total": 5}): "“recent_credit_total” is written as decimal digits",
    line(context={"recent_refund_count": "3"}): "“recent_refund_count” is a whole number.",
    line(context={"recent_refund_count": -1}): "“recent_refund_count” is 0 or more.",
    line(context={"customer_match": "sure"}): "“customer_match” is one of verified, email, ambiguous.",
    line(context={"customer_match": []}): "“customer_match” is one of verified, email, ambiguous.",
}


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_line_that_cannot_be_read_says_what_to_correct(text: str) -> None:
    with pytest.raises(UnreadableQuestion) as caught:
        parse_line(text)
    assert str(caught.value).startswith(UNREADABLE[text])
    assert "4242" not in error_line(caught.value)


def test_bytes_that_are_no_text_are_an_error_too() -> None:
    with pytest.raises(UnreadableQuestion):
        parse_line(b'{"id": "\xff"}')


def test_an_error_line_carries_the_id_where_there_was_one() -> None:
    with pytest.raises(UnreadableQuestion) as caught:
        parse_line(line(days="x"))
    assert json.loads(error_line(caught.value)) == {"id": "q-1", "error": "“days” is a whole number."}
    with pytest.raises(UnreadableQuestion) as caught:
        parse_line("?")
    assert json.loads(error_line(caught.value)) == {"error": "This line is not JSON."}


def test_a_decision_line_has_exactly_the_agreed_keys(policy: Policy) -> None:
    asked = parse_line(line(amount="500.01", context={}))
    assert json.loads(decision_line(asked, decide(policy, asked.question))) == {
        "id": "q-1",
        "verdict": "needs_approval",
        "steps": [{"role": "billing_specialist", "quorum": 1}, {"role": "vp", "quorum": 1}],
        "rules": ["credit-large"],
        "reason": "Credits over $500.00 need a billing specialist and a VP.",
        "next_step": "Ask for approval: a billing specialist, then a VP decide within 24 hours.",
        "policy_version": policy.version,
    }
