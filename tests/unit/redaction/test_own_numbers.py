"""How a company's own numbers may be recognised, and what is refused because cards would slip through."""

import re

import pytest

from sidebar_app.redaction import Allowlist, scan
from sidebar_app.redaction.own_numbers import digest_of, plain_label, plain_shape, schemes_of

KEY = b"k" * 32
PAN = "4111111111111111"


@pytest.mark.parametrize(
    ("shape", "plain"),
    [
        ("90011#########", "90011#########"),
        ("9001 1### ####-##", "90011#########"),
        ("12345678####", "12345678####"),
    ],
)
def test_a_shape_is_kept_plain(shape: str, plain: str) -> None:
    assert plain_shape(shape) == plain


@pytest.mark.parametrize(
    "shape",
    [
        "", "#############", "900#############", "90011", "4111111111111111", "411111111#######", "9001#####",
        "90011###############", "90011#####1###", "٩٠٠١########", "90011.........", PAN[:15] + "#",
    ],
)  # fmt: skip
def test_a_shape_that_names_too_little_or_too_much_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match=r"digits|begin") as refused:
        plain_shape(shape)
    assert PAN[:10] not in str(refused.value)


@pytest.mark.parametrize(
    ("shape", "brands"),
    [
        ("90011#########", ()),
        ("4111############", ("Visa",)),
        ("90011###########", ("BC Card",)),
        ("3528############", ("JCB",)),
        ("0000############", ()),
    ],
)
def test_the_brands_that_a_shape_lets_through_are_named(shape: str, brands: tuple[str, ...]) -> None:
    assert schemes_of(shape) == brands


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("Bestellnummer:", "bestellnummer"),
        ("  Order   No. ", "order no"),
        ("loyalty card", "loyalty card"),
        ("payment reference", "payment reference"),
        ("注文番号", "注文番号"),
    ],
)
def test_a_label_is_kept_plain(label: str, plain: str) -> None:
    assert plain_label(label) == plain


@pytest.mark.parametrize(
    "label",
    [
        "", "no", "#", "card", "Kreditkarte", "my credit card", "visa", "nummer", "mer", "umber", "number", "is",
        "payment", f"order {PAN}", "order 123456789", "x" * 65,
    ],
)  # fmt: skip
def test_a_label_that_cards_have_too_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match=re.compile("word|cards? numbers?")) as refused:
        plain_label(label)
    assert PAN not in str(refused.value)


@pytest.mark.parametrize(
    "html",
    [
        f"<p>my card {PAN}</p>",
        "<p>card 4111 1111 1111 1111, thanks</p>",
        "<p>card 4111<b> 1111</b> 1111<br>1111</p>",
        "<p>card 4111&#32;1111 1111 11&#49;1</p>",
        "<p>card ４１１１ 1111 1111 1111</p>",
    ],
)
def test_the_digest_of_a_found_number_is_that_of_its_digits(html: str) -> None:
    hits = [hit for hit in scan(html, markup=True) if hit.kind == "pan"]
    assert {digest_of(html, hit, markup=True, key=KEY) for hit in hits} == {Allowlist.digest(PAN, key=KEY)}
    allowed = Allowlist.of(digests=[Allowlist.digest(PAN, key=KEY)], key=KEY)
    assert scan(html, markup=True, allowed=allowed) == []
