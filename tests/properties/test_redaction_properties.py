"""Whatever the number, its dress and its neighbours, the laws of masking hold."""

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sidebar_app.redaction import mask, redact_marks, scan

# No deadline: a busy machine is no fault of a rule.
_RULES = settings(max_examples=200)
_PREFIXES = {
    "4": 16,
    "51": 16,
    "2221": 16,
    "37": 15,
    "36": 14,
    "6011": 16,
    "3530": 16,
    "6221": 16,
    "2201": 16,
    "9792": 16,
}
_SEPARATORS = [
    "",
    " ",
    "-",
    ".",
    "\u00a0",
    "  ",
    " - ",
    "/",
    "_",
    "&nbsp;",
    "<b></b>",
    "\u2009",
    "%20",
    "<br>",
    "+",
]
_GROUPS = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}
_ALPHABET = "0123456789 0123456789-./,<>&;#=%*abx_\n4257\u200b４①¹é"


def _check_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(sorted(_PREFIXES)))
    length = _PREFIXES[prefix]
    body = prefix + draw(
        st.text("0123456789", min_size=length - len(prefix) - 1, max_size=length - len(prefix) - 1)
    )
    number = body + _check_digit(body)
    assume(len(set(number)) > 1)
    return number


def _dressed(number: str, separator: str) -> str:
    pieces, place = [], 0
    for size in _GROUPS[len(number)]:
        pieces.append(number[place : place + size])
        place += size
    return separator.join(pieces)


@_RULES
@given(
    numbers(),
    st.sampled_from(_SEPARATORS),
    st.text("abc \n.,:;é漢", max_size=30),
    st.text("abc \n.,:;é漢", max_size=30),
)
def test_a_card_between_words_is_found_whole_and_only_its_last_four_stay(
    number: str, separator: str, before: str, after: str
) -> None:
    dressed = _dressed(number, separator)
    text = f"{before} {dressed} {after}"
    result = mask(text, markup=True)
    (hit,) = [hit for hit in result.hits if hit.kind == "pan"]
    assert text[hit.start : hit.end] == dressed
    assert hit.last4 == number[-4:]
    shown = result.text[hit.start : hit.end]
    assert re.sub(r"[^0-9*]", "", shown.replace(separator, "")) == "*" * (len(number) - 4) + number[-4:]
    assert result.text[: hit.start] == text[: hit.start]


@_RULES
@given(numbers(), numbers(), st.sampled_from(["\n", ", ", " and ", " / ", "; "]))
def test_neighbours_do_not_hide_each_other(first: str, second: str, between: str) -> None:
    text = _dressed(first, " ") + between + _dressed(second, " ")
    assert [hit.last4 for hit in scan(text) if hit.kind == "pan"] == [first[-4:], second[-4:]]


@_RULES
@given(st.text(_ALPHABET, max_size=120), st.booleans())
@example("**** 4242 4242 4242 4242 4242", False)
def test_masking_keeps_length_touches_only_digit_spans_and_is_idempotent(text: str, markup: bool) -> None:
    result = mask(text, markup=markup)
    touched = {place for hit in result.hits for span in hit.digit_spans for place in range(*span)}
    assert len(result.text) == len(text)
    for place, (old, new) in enumerate(zip(text, result.text, strict=True)):
        assert new == ("*" if place in touched else old)
    assert mask(result.text, markup=markup).text == result.text


@_RULES
@given(
    st.lists(
        st.one_of(numbers(), st.sampled_from([" ", "-", "1", "12/27", " 123 ", "\n", "card "])), max_size=12
    )
)
def test_masking_rows_of_cards_is_idempotent(parts: list[str]) -> None:
    once = mask("".join(parts)).text
    assert mask(once).text == once


@_RULES
@given(st.text(_ALPHABET + "4242424242424242", max_size=200))
def test_hits_are_ordered_and_their_spans_lie_inside_them(text: str) -> None:
    hits = scan(text)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(text)
        assert all(hit.start <= start < end <= hit.end for start, end in hit.digit_spans)
        assert list(hit.digit_spans) == sorted(hit.digit_spans)


@_RULES
@given(numbers(), st.sampled_from(_SEPARATORS))
def test_marks_taken_away_give_the_html_back(number: str, separator: str) -> None:
    html = f"<p>card {_dressed(number, separator)} thanks</p>"
    marked = redact_marks(html, scan(html, markup=True))
    assert marked.replace("<redact>", "").replace("</redact>", "") == html
    inside = re.findall(r"<redact>(.*?)</redact>", marked)
    assert "".join(inside) == number[:-4]


@_RULES
@given(st.text("0123456789", min_size=12, max_size=19))
def test_a_number_that_fails_luhn_is_never_certain(number: str) -> None:
    assume(_check_digit(number[:-1]) != number[-1])
    assert not [hit for hit in scan(number) if hit.certain]
