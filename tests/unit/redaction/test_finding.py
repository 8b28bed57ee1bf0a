"""Card numbers in the dresses people give them."""

import pytest

from sidebar_app.redaction import Hit, scan

VISA = "4242424242424242"
AMEX = "378282246310005"


def _card(text: str, *, markup: bool = False) -> Hit:
    cards = [hit for hit in scan(text, markup=markup) if hit.kind == "pan" and hit.certain]
    assert len(cards) == 1, f"{len(cards)} cards"
    return cards[0]


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", "visa"),
        ("5555555555554444", "mastercard"),
        ("2223003122003222", "mastercard"),
        ("378282246310005", "amex"),
        ("36227206271667", "diners"),
        ("6011111111111117", "discover"),
        ("3566002020360505", "jcb"),
        ("6200000000000005", "unionpay"),
        ("6205500000000000004", "unionpay"),
        ("8100262121860470", "unionpay"),
        ("6759649826438453", "maestro"),
        ("2200000000000004", "mir"),
        ("9792000000000003", "troy"),
        ("6362970000457013", "elo"),
        ("5061060000000000004", "verve"),
        ("6062825624254001", "hipercard"),
        ("5895620000000002", "naranja"),
        ("6521000000000007", "discover"),
        ("8201000000000000", "rupay"),
        ("8600000000000007", "uzcard"),
    ],
)
def test_a_bare_number_is_found_with_its_brand(number: str, brand: str) -> None:
    hit = _card(number)
    assert (hit.brand, hit.length, hit.last4) == (brand, len(number), number[-4:])
    assert (hit.start, hit.end) == (0, len(number))


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242/4242/4242/4242",
        "4242_4242_4242_4242",
        "4242, 4242, 4242, 4242",
        "4242 - 4242 - 4242 - 4242",
        "4242 4242-4242 4242",
        "42424242 42424242",
        "424242 4242424242",
        "42 42 42 42 42 42 42 42",
        "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
        "(4242) (4242) (4242) (4242)",
        "[4242][4242][4242][4242]",
        "**4242 4242 4242 4242**",
        "**4242** **4242** **4242** **4242**",
        "4242\u00a04242\u20094242\u30004242",
        "4242\u20134242\u20144242\u22124242",
        "4242\u00b74242\u00b74242\u00b74242",
        "4242💳4242💳4242💳4242",
        "4242ー4242ー4242ー4242",
        "4\u200b2\u200c4\u200d2\u206042424242\ufeff42\u00ad42",
        "\u202a4242 4242 4242 4242\u202c",
        "４２４２ ４２４２ ４２４２ ４２４２",
        "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
        "४२४२४२४२४२४२४२४२",
        "𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐",
        "④②④② ④②④② ④②④② ④②④②",
        "⁴²⁴² ⁴²⁴² ⁴²⁴² ⁴²⁴²",
        "4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣",
        "4242 4242\n4242 4242",
        "4242 4242\r\n> 4242 4242",
        "> 4242\n> 4242\n> 4242\n> 4242",
        "my card number is 424242424\n2424242",
        "4242=20=\n4242 4242=C2=A04242",
        r"4242\n4242\n4242\n4242",
        r"4242\u00a04242\u00a04242\u00a04242",
        "card=4242%204242%204242%204242&x=1",
        "card=4242+4242+4242+4242",
        "%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32",
        r"\u0034\u0032\u0034\u00324242 4242 4242",
        '{"card":"4242424242424242","amount":100}',
        "Doe,4242424242424242,90210",
        "visa4242424242424242",
        "card4242424242424242thanks",
        "card_4242424242424242_end",
        "我的卡号是4242424242424242谢谢",
        "номер4242424242424242карты",
    ],
)
def test_separators_scripts_escapes_and_glued_words_hide_nothing(text: str) -> None:
    assert _card(text).last4 in ("4242", "４２４２")


@pytest.mark.parametrize(
    "html",
    [
        "<b>4242</b><b>4242</b><b>4242</b><b>4242</b>",
        "42<i>42</i>42<span class='x'>42</span>42424242",
        "4242&nbsp;4242&#160;4242&#xA0;4242",
        "&#52;&#50;&#x34;&#x32; 4242 4242 4242",
        "4242&zwnj;4242&shy;4242&#8203;4242",
        "<td>4242</td>\n<td>4242</td>\n<td>4242</td>\n<td>4242</td>",
        "<p>4242 4242</p>\n<p>4242 4242</p>",
        "4242<br>4242<br/>4242<br />4242",
        "4242 4242<br>&gt; 4242 4242",
        "4242<!-- 7 -->4242 4242 4242",
        "<input value='4242424242424242'>",
        '<a title="4242-4242-4242-4242">my card</a>',
        "&lt;b&gt;4242&lt;/b&gt; 4242 4242 4242",
        '<p style="' + "margin:0;" * 60 + '">4242</p> 4242 4242 4242',
    ],
)
def test_tags_references_and_comments_hide_nothing(html: str) -> None:
    assert _card(html, markup=True).last4 == "4242"


@pytest.mark.parametrize(
    "text",
    [
        "12345 4242 4242 4242 4242",
        "1) 4242 4242 4242 4242",
        "1.4242 4242 4242 4242",
        "2027 4242 4242 4242 4242",
        "2026-11-21 4242 4242 4242 4242",
        "415-555-0132 4242 4242 4242 4242",
        "1234567890123456 4242424242424242",
        "4242 4242 4242 4242 123",
        "4242 4242 4242 4242 12/27 123",
        "4242 4242 4242 4242 90210",
        "4242 4242 4242 4242 12 27",
        "4242424242424242 100 USD",
    ],
)
def test_a_number_before_or_behind_hides_nothing(text: str) -> None:
    assert _card(text).last4 == "4242"


def test_neighbouring_cards_are_all_found() -> None:
    text = "4242 4242 4242 4242 5555 5555 5555 4444 3782 822463 10005, 6011111111111117/3566002020360505"
    assert [hit.last4 for hit in scan(text)] == ["4242", "4444", "0005", "1117", "0505"]


def test_two_cards_without_anything_between_are_both_found() -> None:
    assert [hit.last4 for hit in scan("42424242424242425555555555554444")] == ["4242", "4444"]


def test_a_number_hidden_in_a_tag_inside_another_number_is_found() -> None:
    html = "4242<a title='5555555555554444'>4242</a> 4242 4242"
    assert {hit.last4 for hit in scan(html, markup=True)} == {"4242", "4444"}


def test_a_doubtful_place_is_certain_when_the_same_number_is_certain_elsewhere() -> None:
    text = "[4242 4242 4242 4242](tel:4242424242424242)"
    assert [hit.confidence for hit in scan(text)] == ["redact", "redact"]


@pytest.mark.parametrize(
    "text",
    [
        "card 4222222222222",
        "Diners card 3600 0000 0000 0000 004",
        "maestro 6900 0000 0008 exp 12/27",
        "4222 222 222 222 visa",
    ],
)
def test_rare_lengths_are_certain_with_words_beside_them(text: str) -> None:
    assert _card(text)


def test_rare_lengths_alone_are_left() -> None:
    assert not [hit for hit in scan("4222222222222") if hit.certain]


def test_a_unionpay_number_that_fails_luhn_is_for_a_person_to_look_at() -> None:
    (hit,) = scan("my UnionPay card 6200 0000 0000 0006")
    assert hit.confidence == "review"
    assert hit.rule.endswith("no-luhn")


def test_an_irregular_grouping_needs_a_label() -> None:
    assert not scan("424 24242 42 424242")
    assert _card("card number: 424 24242 42 424242").last4 == "4242"


def test_spans_are_the_raw_digits_without_the_last_four() -> None:
    text = "a 4242-4242 4242 4242 b"
    hit = _card(text)
    assert [text[start:end] for start, end in hit.digit_spans] == ["4242", "4242", "4242"]
    assert text[hit.start : hit.end] == "4242-4242 4242 4242"


def test_offsets_point_into_the_raw_text_behind_escaped_digits() -> None:
    html = "<p>&#52;&#50;42 4242 4242 4242</p> and 5555 5555 5555 4444"
    first, second = scan(html, markup=True)
    assert [html[start:end] for start, end in first.digit_spans] == ["&#52;&#50;42", "4242", "4242"]
    assert html[second.start : second.end] == "5555 5555 5555 4444"


def test_a_hit_shows_no_digit_beyond_the_last_four() -> None:
    (hit,) = scan(VISA)
    assert "42424" not in repr(hit)
    assert "4242" in repr(hit)
    assert "digit_spans" not in repr(hit)


@pytest.mark.parametrize(
    "line_before", ["See https://shop.example/pay", "at 10:00:00Z", "1.", "ABC-", "ch_", "ref 0021A"]
)
def test_what_ends_the_line_before_is_not_glued_to_a_number(line_before: str) -> None:
    """`$` of a regular expression also matches before a last line end; what is meant is the very end."""
    assert _card(f"{line_before}\n4111 1111 1111 1111").confidence == "redact"
