"""The optional classes: found in what is readable, removed from what is raw."""

import pytest

from sidebar_app.domain.brands import brand_name, is_card
from sidebar_app.redaction import Allowlist, apply_mask, redact_marks, scan
from sidebar_app.redaction.beyond_cards import Found, scan_beyond, together
from sidebar_app.redaction.optional import CLASSES, GROUPS, chosen
from sidebar_app.redaction.presidio import finder

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture(scope="module")
def find():
    return finder(CLASSES)


def _masked(text: str, find) -> str:
    hits = together(scan(text), scan_beyond(text, find, markup=False, allowed=None))
    return apply_mask(text, hits)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"my IBAN is {IBAN} ok", "my IBAN is **** **** **** **** **30 00 ok"),
        ("GB29NWBK60161331926819", "******************6819"),
        ("account 12345678901, routing 021000021", "account *******8901, routing *****0021"),
        ("my SSN is 536-90-4399", "my SSN is ***-**-****"),
        ("mi DNI es 12345678Z", "mi DNI es *********"),
        ("codice fiscale RSSMRA85T10A562S", "codice fiscale ****************"),
        ("PESEL: 44051401359", "PESEL: ***********"),
        ("NHS number 943 476 5919", "NHS number *** *** ****"),
        ("hetu 131052-308T", "hetu ******-****"),
        ("my aadhaar is 2341 2341 2346", "my aadhaar is **** **** ****"),
    ],
)
def test_of_an_account_the_last_four_stay_and_of_an_id_nothing(text: str, masked: str, find) -> None:
    assert _masked(text, find) == masked


@pytest.mark.parametrize(
    "text",
    [
        "order 12345678901",
        "call 415 555 2671 or 943 476 5919",
        "ticket 44051401359",
        "DE89 3704 0044 0532 0130 01",
        "serial 12345678Z",
        "2341 2341 2346",
        "",
    ],
)
def test_bare_digits_without_their_word_are_left_alone(text: str, find) -> None:
    assert _masked(text, find) == text


def test_tags_stay_whole_and_a_number_in_a_link_goes_with_its_tag(find) -> None:
    html = (
        "<p>IBAN <b>DE89</b>&nbsp;<i>3704 0044</i> 0532&nbsp;0130 00</p>"
        "<a href='?iban=DE89370400440532013000'>pay</a>"
    )
    marked = redact_marks(html, scan_beyond(html, find, markup=True, allowed=None))
    assert marked == (
        "<p>IBAN <b><redact>DE89</redact></b>&nbsp;<i><redact>3704</redact> <redact>0044</redact></i> "
        "<redact>0532</redact>&nbsp;<redact>01</redact>30 00</p>"
        "<a href='?iban=DE89370400440532013000' redact>pay</a>"
    )


def test_a_card_is_a_card_also_behind_the_word_account(find) -> None:
    text = "account 4111111111111111"
    hits = together(scan(text), scan_beyond(text, find, markup=False, allowed=None))
    assert [(hit.kind, hit.last4) for hit in hits] == [("pan", "1111")]


def test_what_an_account_settles_is_no_doubtful_card_any_more(find) -> None:
    text = "order 62, bank account number 4539578763621"
    assert [hit.certain for hit in scan(text)] == [] or not scan(text)[0].certain
    hits = together(scan(text), scan_beyond(text, find, markup=False, allowed=None))
    assert [hit.kind for hit in hits] == ["bank_account"]


def test_the_companys_own_account_is_left_alone(find) -> None:
    own = Allowlist.of(labels=["our account"])
    text = f"transfer it to our account {IBAN}"
    assert scan_beyond(text, find, markup=False, allowed=own) == []


def test_a_number_on_the_edge_of_a_piece_is_found_once_and_whole() -> None:
    def find(text: str) -> list[Found]:
        import re

        return [("iban", found.start(), found.end()) for found in re.finditer("[0-9]+", text)]

    for before in range(1890, 2070, 7):
        text = "x" * before + "123456789" + "y" * 3000 + "77"
        hits = scan_beyond(text, find, markup=False, allowed=None)
        assert [text[hit.start : hit.end] for hit in hits] == ["123456789", "77"]


def test_an_error_of_a_recognizer_is_no_empty_answer() -> None:
    def broken(_: str) -> list[Found]:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        scan_beyond("text", broken, markup=False, allowed=None)


def test_names_and_groups_are_taken_apart_and_what_is_unknown_is_named_with_all_that_is_known() -> None:
    assert {each.name for each in chosen(["iban", "BANK_ACCOUNT "])} == {"iban", *GROUPS["bank_account"]}
    with pytest.raises(ValueError, match=r"shoe_size.*us_ssn.*national_id"):
        chosen(["shoe_size", "iban"])


def test_every_class_has_a_recognizer_of_presidio_that_calls_its_findings_so_and_a_name() -> None:
    import presidio_analyzer.predefined_recognizers as stock

    for each in CLASSES.values():
        assert each.entity in getattr(stock, each.recognizer)(supported_language="en").supported_entities
        assert not is_card(brand_name(each.name))
    assert "EmailRecognizer" not in {each.recognizer for each in CLASSES.values()}
