"""Long numbers that are no cards, and numbers whose label says so."""

import pytest

from sidebar_app.redaction import Allowlist, scan

# Passes Luhn as a Visa, so only its surroundings can save it.
LOOKALIKE = "4539578763621486"


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424241",
        "4444444444444444",
        "IMEI 356938035643809",
        "356938035643809",
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234 5698 7654 32",
        "61 1090 1014 0000 0712 1981 2874",
        "550e8400-e29b-41d4-a716-446655440000",
        "45395787-6362-1486-4539-578763621486",
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "9400 1118 9956 1467 6100 04",
        "1Z999AA10123456784",
        "2026-11-21 10:30:22.123456 2026-11-21 10:30:25",
        "1700000000000",
        "1700000000000000",
        "+491712345678901",
        "+1 415 555 0132, +1 415 555 0133",
        "(415) 555-2671, (415) 555-2672",
        "112-1234567-1234567",
        "4,539,578,763,621,486",
        "37.774929, -122.419416",
        "https://help.example.com/articles/4415000000007-Title",
        "4006381333931",
        "0000-0002-1825-0097",
        "**** **** **** 4242",
        "4242 **** **** 4242",
        "................",
        "",
    ],
)
def test_other_long_numbers_are_no_hits(text: str) -> None:
    assert not scan(text)


@pytest.mark.parametrize(
    "text",
    [
        f"order number: {LOOKALIKE}",
        f"Order #{LOOKALIKE}",
        f'{{"order_id": "{LOOKALIKE}"}}',
        f"orderId={LOOKALIKE}",
        f"Bestellnummer {LOOKALIKE}",
        f"numéro de commande : {LOOKALIKE}",
        f"My tracking number is {LOOKALIKE}",
        f"ticket {LOOKALIKE} is still open",
        f"ORD-{LOOKALIKE}",
        f"SN{LOOKALIKE}",
        f"loyalty card {LOOKALIKE}",
        f"cus_{LOOKALIKE}",
        f"https://app.example.com/orders/{LOOKALIKE}/edit",
        f"0.{LOOKALIKE}",
        f"x7f{LOOKALIKE}",
        "order 4539 5787 6362 1486",
        "Invoice 2024-4539-5787-6362-1486",
        "6429 3890 5520 5347 6387 4960 3112 1114 7777",
        "12345678\n45395787\n63621486\n87654321",
    ],
)
def test_a_number_that_its_surroundings_explain_is_never_certain(text: str) -> None:
    assert not [hit for hit in scan(text) if hit.certain]


def test_a_labelled_lookalike_is_kept_for_review() -> None:
    (hit,) = scan(f"order number: {LOOKALIKE}")
    assert (hit.confidence, hit.last4) == ("review", "1486")


@pytest.mark.parametrize(
    "text",
    [
        f"Order 48213 was paid with {LOOKALIKE}",
        f"Thanks for the order. {LOOKALIKE}",
        f"order 77, card {LOOKALIKE}",
        f"my order, {LOOKALIKE} exp 12/27",
        f"Customer: {LOOKALIKE}",
        f"the user wrote: {LOOKALIKE}",
        f"tel: {LOOKALIKE}",
        f"transaction on {LOOKALIKE} declined",
    ],
)
def test_a_label_of_something_else_in_the_sentence_does_not_hide_a_card(text: str) -> None:
    assert [hit.last4 for hit in scan(text) if hit.kind == "pan" and hit.certain] == ["1486"]


def test_an_allowed_shape_is_left_alone() -> None:
    allowed = Allowlist.of(["45395787 ########"])
    assert not scan(LOOKALIKE, allowed=allowed)
    assert scan("4242 4242 4242 4242", allowed=allowed)


def test_an_allowed_label_is_left_alone() -> None:
    allowed = Allowlist.of(labels=["Klubnummer"])
    assert not scan(f"Klubnummer: {LOOKALIKE}", allowed=allowed)
    assert scan(LOOKALIKE, allowed=allowed)


def test_an_allowed_digest_is_left_alone_and_holds_no_number() -> None:
    digest = Allowlist.digest("4539 5787 6362 1486", key=b"k")
    allowed = Allowlist.of(digests=[digest], key=b"k")
    assert not scan(LOOKALIKE, allowed=allowed)
    assert scan("4242424242424242", allowed=allowed)
    assert LOOKALIKE not in repr(allowed)


@pytest.mark.parametrize("shape", ["################", "45##############", "abc", ""])
def test_a_shape_that_would_allow_whole_schemes_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match="leading digits"):
        Allowlist.of([shape])


def test_digests_without_their_key_are_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        Allowlist.of(digests=["00"])
    with pytest.raises(ValueError, match="key"):
        Allowlist.digest("4242", key=b"")
