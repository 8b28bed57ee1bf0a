"""`policy decide` for somebody who tries everything: one answer per line, an error or a decision, never a crash."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner

from sidebar_app.__main__ import main
from sidebar_app.domain.decision import Question
from sidebar_app.domain.money import MINOR_DIGITS, Money
from sidebar_app.permissions import Policy, decide

Line = tuple[str, bytes, str]
ERROR, INVALID, MISSING, UNLISTED = "error", "measure-invalid", "measure-missing", "not-listed"

NO_NUMBERS: tuple[Any, ...] = (
    True, 5, 5.5, None, ["5"], {"a": 1}, "", " ", " 5", "5 ", "5\n", "5\t", "5\u00a0", "5\u0000", "+5", "5e1", "5E1",
    ".5", "5.", "5,0", "NaN", "Infinity", "-", "--5", "0x10", "1_0", "٥٠", "５０", "１.5", "½", "5" * 13,
    "5." + "0" * 13,
)  # fmt: skip
NOTHING = ("0", "0.00", "-0", "-0.00", "-5", "-0.01", "000")
NO_WHOLE: tuple[Any, ...] = (True, False, "5", 5.0, None, [1], {"a": 1})
NO_CURRENCY: tuple[Any, ...] = (
    "usd",
    "Usd",
    "US",
    "USDX",
    "U$D",
    "",
    " USD",
    "USD\n",
    "ＵＳＤ",
    None,
    5,
    True,
    ["USD"],
)
NO_TRUTH: tuple[Any, ...] = ("true", "", 1, 0, None, [], {})
NO_MATCH: tuple[Any, ...] = ("EMAIL", "Email", "", None, 1, True, ["email"], {"a": 1}, "ｅmail")
NO_ID: tuple[Any, ...] = (None, True, False, 1.5, [], {})
ANY_ID: tuple[Any, ...] = ("", "x" * 60_000, -1, 10**50, "\ud800", "\u0000", '"\\', "日本")
NO_NAMES = (
    "",
    " ",
    "L2_AGENT",
    "l2_agent ",
    "l2-agent",
    "vp",
    "compliance",
    "admin",
    "system",
    "l2_agent\u0000",
    "__class__",
)
NO_JSON = (
    b"?", b"\x00", b"{", b"}", b"'x'", b"{'id':1}", b'{"id":1,}', b'{"id":1 /*x*/}', b'{"id":01}', b'{"id":+1}',
    b"[" * 30_000, b'{"a":' * 20_000, b'{"id":' + b"9" * 5000 + b"}", b'{"id":"\xe9"}', b'{"id":"\xc0\xaf"}',
    b'{"id":"\xed\xa0\x80"}', b'{"id":"\xf4\x90\x80\x80"}', b'{"id":"a\tb"}', b"\xff\xfe", b"\xef\xbb\xbf",
)  # fmt: skip
NO_OBJECT = (b"[]", b'"x"', b"1", b"null", b"true", b"NaN", b"-Infinity")


def question(**changes: Any) -> dict[str, Any]:
    asked = {"id": "x", "role": "l2_agent", "action": "credit", "amount": "50", "currency": "USD"}
    return {**asked, **changes}


def line(**changes: Any) -> bytes:
    return json.dumps(question(**changes)).encode()


def lines() -> Iterator[Line]:
    """What is asked, the line, and the expected: an error, a rule, or a verdict."""
    discount = {"role": "manager", "action": "apply_discount"}
    trial = {"role": "l1_agent", "action": "extend_trial"}
    for value in NO_NUMBERS:
        yield f"amount {value!r}", line(amount=value), ERROR
        yield f"recent {value!r}", line(context={"recent_credit_total": value}), ERROR
        yield f"percent {value!r}", line(**discount, percent=value), ERROR
    for value in NOTHING:
        yield f"amount {value!r}", line(amount=value), INVALID
        yield f"percent {value!r}", line(**discount, percent=value), INVALID
    for value in NO_WHOLE:
        yield f"days {value!r}", line(**trial, days=value), ERROR
        yield f"count {value!r}", line(context={"recent_refund_count": value}), ERROR
    for value in NO_CURRENCY:
        yield f"currency {value!r}", line(currency=value), ERROR
    for value in NO_TRUTH:
        yield f"requested {value!r}", line(context={"customer_requested": value}), ERROR
        yield f"bound {value!r}", line(context={"multi_year_contract": value}), ERROR
    yield from ((f"match {value!r}", line(context={"customer_match": value}), ERROR) for value in NO_MATCH)
    yield from ((f"id {value!r}", line(id=value), ERROR) for value in NO_ID)
    yield from ((f"id {str(value)[:9]!r}", line(id=value), "credit-small") for value in ANY_ID)
    yield from ((f"role {name!r}", line(role=name), UNLISTED) for name in NO_NAMES)
    yield from ((f"action {name!r}", line(action=name), UNLISTED) for name in NO_NAMES)
    yield from ((f"role {value!r}", line(role=value), ERROR) for value in (None, 1, True, ["l2_agent"], {}))
    yield from ((f"bytes {text[:12]!r}", text, ERROR) for text in (*NO_JSON, *NO_OBJECT))
    yield from measures(discount, trial)
    yield from shapes()


def measures(discount: dict[str, Any], trial: dict[str, Any]) -> Iterator[Line]:
    for percent, rule in {
        "100": "discount-large", "100.000000000000": "discount-large", "100.0001": INVALID, "101": INVALID,
        "15": "discount-large", "14.999999999999": "discount-within-limit", "0.000000000001": "discount-within-limit",
    }.items():  # fmt: skip
        yield f"percent {percent}", line(**discount, percent=percent), rule
    for days, rule in {
        -1: INVALID,
        0: INVALID,
        14: "trial-short",
        15: "trial-long",
        10**30: "trial-long",
    }.items():
        yield f"days {days}", line(**trial, days=days), rule
    raw = b'{"id":1,"role":"l1_agent","action":"extend_trial","days":%s}'
    for text, rule in {
        b"-0": INVALID,
        b"1e1": ERROR,
        b"NaN": ERROR,
        b"Infinity": ERROR,
        b"9" * 4000: "trial-long",
    }.items():
        yield f"days {text[:9]!r}", raw % text, rule
    for currency, amount, rule in (
        ("JPY", "50.00", ERROR), ("JPY", "5000", "credit-small"), ("KWD", "5.0001", ERROR),
        ("KWD", "5.001", "credit-small"),
        ("USD", "5.001", ERROR), ("XXX", "5.123456", INVALID), ("ISK", "5", INVALID), ("USD", "9" * 12, ERROR),
    ):  # fmt: skip
        yield f"{amount} {currency}", line(currency=currency, amount=amount), rule
    for recent, rule in {
        "-60": INVALID,
        "0": "credit-small",
        "49.99": "credit-small",
        "50": "credit-by-l2",
    }.items():
        yield f"recent {recent}", line(context={"recent_credit_total": recent}), rule
    yen = question(currency="JPY", amount="100", context={"recent_credit_total": "14825"})
    yield "recent yen", json.dumps(yen).encode(), "credit-small"
    yen["context"]["recent_credit_total"] = "14826"
    yield "one yen more", json.dumps(yen).encode(), "credit-by-l2"
    without = {key: value for key, value in question().items() if key != "currency"}
    yield "no currency", json.dumps(without).encode(), MISSING
    yield "no measure", json.dumps({"id": 1, "role": "manager", "action": "refund"}).encode(), MISSING


def shapes() -> Iterator[Line]:
    good = line()
    yield "byte order mark", b"\xef\xbb\xbf" + good, "credit-small"
    yield "carriage return", good + b"\r", "credit-small"
    yield "spaces around", b" \t" + good + b"  ", "credit-small"
    yield "garbage after", good + b" x", ERROR
    yield "two in one", good + good, ERROR
    yield "UTF-16", json.dumps(question()).encode("utf-16-le"), ERROR
    yield "UTF-16, big", json.dumps(question()).encode("utf-16-be"), ERROR
    yield "UTF-32", json.dumps(question()).encode("utf-32-le"), ERROR
    yield "too long", line(id="x" * 70_000), ERROR
    yield "a key twice", good[:-1] + b',"role":"manager"}', ERROR
    yield "a key twice, escaped", good[:-1] + b',"\\u0072ole":"manager"}', ERROR
    yield (
        "a key twice, inside",
        good[:-1] + b',"context":{"customer_match":"email","customer_match":"verified"}}',
        ERROR,
    )
    for key in ("Amount", "amounts", "__proto__", "constructor", "", "role\u0000"):
        yield f"key {key!r}", json.dumps({**question(), key: "5"}).encode(), ERROR
        yield f"context key {key!r}", line(context={key: "5"}), ERROR
    for context in (None, [], "", 1, True):
        yield f"context {context!r}", line(context=context), ERROR


LINES = list(lines())


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    sent = b"\n".join(text for _, text, _ in LINES)
    result = CliRunner(env={"POLICY_FILE": None}).invoke(main, ["policy", "decide"], input=sent)
    assert result.exit_code == 1
    return [json.loads(told) for told in result.stdout.splitlines()]


def test_every_line_gets_one_answer(answers: list[dict[str, Any]]) -> None:
    assert len(LINES) > 250
    assert len(answers) == len(LINES)


@pytest.mark.parametrize("number", range(len(LINES)), ids=[name for name, _, _ in LINES])
def test_the_answer_is(number: int, answers: list[dict[str, Any]]) -> None:
    _, text, expected = LINES[number]
    answer = answers[number]
    if expected == ERROR:
        assert set(answer) <= {"id", "error"}
        assert answer["error"].endswith(".")
        assert len(answer["error"]) < 120  # nothing of the line is repeated but its id
    else:
        assert answer["rules"] == [expected]
        assert set(answer) == {"id", "verdict", "steps", "rules", "reason", "next_step", "policy_version"}
        assert answer["id"] == json.loads(text.decode("utf-8-sig"))["id"]


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "KRW", "KWD", "BHD"])
@pytest.mark.parametrize(
    ("action", "role", "threshold", "within", "beyond"),
    [
        ("credit", "l2_agent", 500, "credit-by-l2", "credit-large"),
        ("refund", "manager", 1000, "refund-within-limit", "refund-over-limit"),
        ("refund", "manager", 10_000, "refund-over-limit", "refund-large"),
    ],
)
def test_a_threshold_holds_to_the_last_unit_of_every_currency(
    action: str, role: str, threshold: int, within: str, beyond: str, currency: str, policy: Policy
) -> None:
    """Up to and including: the last whole unit that is worth no more, and the one after it."""
    worth = policy.book.rates.worth.get(currency, Decimal(1))
    last = int(Fraction(threshold) / Fraction(worth) * 10 ** MINOR_DIGITS[currency])
    for minor, rule in ((last, within), (last + 1, beyond)):
        found = decide(policy, Question(role, action, Money(minor, currency)), today=policy.book.rates.as_of)
        assert rule in found.rules
    assert beyond not in decide(policy, Question(role, action, Money(last, currency))).rules
