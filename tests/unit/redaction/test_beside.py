"""Security codes, expiry dates and magnetic stripe data that stand with a card."""

import pytest

from sidebar_app.redaction import mask, scan


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4242 4242 4242 4242 12/27 123", "**** **** **** 4242 **/** ***"),
        ("4242 4242 4242 4242 123", "**** **** **** 4242 ***"),
        ("4242424242424242|12|2027|123", "************4242|**|****|***"),
        ("4242424242424242 1227 123", "************4242 **** ***"),
        ("4242424242424242,12,27,123", "************4242,**,**,***"),
        ("4242424242424242\n12/27\n123", "************4242\n**/**\n***"),
        ("378282246310005 12/27 1234", "***********0005 **/** ****"),
        ("CVV 123 card 4242424242424242 exp. Dec 2027", "CVV *** card ************4242 exp. Dec ****"),
        ("card 4242424242424242, security code is 123", "card ************4242, security code is ***"),
        ("card 4242424242424242 cvc2: 1 2 3", "card ************4242 cvc2: * * *"),
        ("card 4242424242424242 valid thru 12/2027", "card ************4242 valid thru **/****"),
        (
            "4242424242424242 gültig bis 12/27, Prüfnummer 123",
            "************4242 gültig bis **/**, Prüfnummer ***",
        ),
        (
            "4242424242424242 válida 12/27 código de seguridad: 123",
            "************4242 válida **/** código de seguridad: ***",
        ),
        (
            "4242424242424242有効期限12/27セキュリティコード123",
            "************4242有効期限**/**セキュリティコード***",
        ),
        ("4242424242424242 code:123", "************4242 code:***"),
        ("4242-4242-4242-4242\nMarch 2028\n123", "****-****-****-4242\nMarch ****\n***"),
        ("4242 4242 4242 4242\n\n123", "**** **** **** 4242\n\n***"),
        ("4242 4242 4242 4242 ccv 123", "**** **** **** 4242 ccv ***"),
        ("CVV (123), 12/27, 4242424242424242", "CVV (***), 12/27, ************4242"),
        ("4242424242424242 срок 12/27 код 123", "************4242 срок **/** код ***"),
        ("Kortin numero 4242424242424242 turvaluku 123", "Kortin numero ************4242 turvaluku ***"),
        ("123 is the cvv of 4242424242424242", "*** is the cvv of ************4242"),
        (
            "<td>4242424242424242</td><td>12/27</td><td>123</td>",
            "<td>************4242</td><td>**/**</td><td>***</td>",
        ),
        (
            '{"number":"4242424242424242","exp_month":12,"exp_year":2027,"cvc":"123"}',
            '{"number":"************4242","exp_month":**,"exp_year":****,"cvc":"***"}',
        ),
        (
            "<Card>4242424242424242</Card><CVV>123</CVV><ExpDate>1227</ExpDate>",
            "<Card>************4242</Card><CVV>***</CVV><ExpDate>****</ExpDate>",
        ),
        ("card 42424242424242421227123", "card ************4242*******"),
    ],
)
def test_what_stands_beside_a_card_goes_whole(text: str, masked: str) -> None:
    assert mask(text, markup="<" in text).text == masked


@pytest.mark.parametrize(
    "rest",
    [
        " 100 USD",
        " error code 402",
        " £123",
        " - $450",
        " 250.00",
        ", 123 Main St",
        " 90210",
        " on 21/11/2026",
        " at 12:30",
        " and 415-555-0132",
        " 500€",
        " x 1000 times",
    ],
)
def test_amounts_addresses_and_dates_behind_a_card_stay(rest: str) -> None:
    assert mask("4242 4242 4242 4242" + rest).text == "**** **** **** 4242" + rest


def test_a_code_without_a_card_stays() -> None:
    assert mask("my cvv is 123, exp 12/27").text == "my cvv is 123, exp 12/27"


def test_a_code_beside_a_number_for_review_stays() -> None:
    assert mask("order number: 4539578763621486 code 123").text == "order number: 4539578763621486 code 123"


def test_kinds_and_values_are_told_without_digits() -> None:
    hits = scan("4242 4242 4242 4242 12/27 123")
    assert [(hit.kind, hit.brand, hit.last4, hit.length) for hit in hits] == [
        ("pan", "visa", "4242", 16),
        ("expiry", "visa", "", 4),
        ("cvv", "visa", "", 3),
    ]


@pytest.mark.parametrize(
    "track",
    [
        "%B4242424242424242^DOE/JOHN^27121010000000000000?",
        "B4242424242424242^DOE/JOHN              ^2712101123456789",
        ";4242424242424242=27121010000000000?",
        "4242424242424242D2712101000000000F",
    ],
)
def test_track_data_goes_whole(track: str) -> None:
    result = mask(f"swiped: {track} ok")
    assert result.text == f"swiped: {'*' * len(track)} ok"
    assert [(hit.kind, hit.brand, hit.last4) for hit in result.hits] == [("track", "visa", "4242")]
