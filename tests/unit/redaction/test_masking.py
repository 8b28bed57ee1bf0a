"""Masks for people and logs, marks for the helpdesk."""

from html.parser import HTMLParser

import pytest

from sidebar_app.redaction import DETECTOR_VERSION, mask, mask_free_text, redact_marks, scan


def _marked(html: str) -> str:
    return redact_marks(html, scan(html, markup=True))


def test_a_number_in_a_comment_leaves_the_comment_closed() -> None:
    html = "<!-- card 4242424242424242 --><p>hello</p>"
    marked = redact_marks(html, scan(html, markup=True))
    assert marked == "<!-- card <redact>424242424242</redact>4242 --><p>hello</p>"


def test_marks_are_put_into_a_long_text_in_one_pass() -> None:
    html = "<p>4242 4242 4242 4242</p><a title='4242424242424242'>x</a>" * 300
    marked = redact_marks(html, scan(html, markup=True))
    assert marked.count("<redact>") == 900
    assert marked.count(" redact>") == 300
    assert marked.replace("<redact>", "").replace("</redact>", "").replace(" redact>", ">") == html


def test_only_the_last_four_digits_stay_and_all_else_is_unchanged() -> None:
    text = "Hi,\r\nmy card 4242-4242-4242-4242 was declined. Zoë 🙂"
    assert mask(text).text == "Hi,\r\nmy card ****-****-****-4242 was declined. Zoë 🙂"


def test_an_amex_keeps_exactly_four_digits() -> None:
    assert mask("3782 822463 10005").text == "**** ****** *0005"


def test_references_for_digits_are_masked_at_their_length() -> None:
    html = "&#52;&#50;42 4242 4242 4242"
    assert mask(html, markup=True).text == "*" * 12 + " **** **** 4242"


def test_a_number_for_review_is_not_masked() -> None:
    result = mask("order number: 4539578763621486")
    assert result.text == "order number: 4539578763621486"
    assert result.hits == ()


@pytest.mark.parametrize(
    "text",
    [
        "**** **** **** 4242 4242 4242 4242 4242",
        "4242 4242 4242 4242 4242 4242 4242",
        "4242424242424242 12/27 123",
        "5 5 5 5 5 5 5 5 5 5 5 5 4 4 4 4 2 4 2 4 2 4 2 4 2 4 2",
        "%B4242424242424242^DOE/JOHN^27121010000000000000?",
    ],
)
def test_a_masked_text_is_masked_to_itself(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once


def test_marks_stand_around_raw_digits_with_tags_and_the_last_four_outside() -> None:
    assert _marked("<b>4242</b> 42<i>42</i> 4242 4242") == (
        "<b><redact>4242</redact></b> <redact>42</redact><i><redact>42</redact></i> <redact>4242</redact> 4242"
    )


def test_code_and_date_are_marked_whole() -> None:
    assert _marked("4242424242424242 12/27 123") == (
        "<redact>424242424242</redact>4242 <redact>12</redact>/<redact>27</redact> <redact>123</redact>"
    )


def test_references_are_marked_whole() -> None:
    assert _marked("&#52;&#50;42 4242 4242 4242").startswith("<redact>&#52;&#50;42</redact> <redact>")


def test_a_number_in_an_attribute_removes_its_tag_and_is_marked_in_the_text() -> None:
    html = '<a href="tel:4242424242424242">4242424242424242</a><img alt="4242424242424242"/>'
    assert _marked(html) == (
        '<a href="tel:4242424242424242" redact><redact>424242424242</redact>4242</a>'
        '<img alt="4242424242424242" redact/>'
    )


def test_marked_html_stays_well_formed() -> None:
    html = "<table><tr><td>4242</td><td>4242</td><td>4242</td><td>4242</td></tr></table>"
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Checker().feed(_marked(html))
    assert open_tags == []
    assert _marked(html).count("<redact>") == 3


def test_nothing_found_leaves_the_html_as_it_is() -> None:
    assert _marked("<p>Order 12345</p>") == "<p>Order 12345</p>"


def test_a_number_for_review_is_not_marked() -> None:
    html = "<p>order number: 4539578763621486</p>"
    assert _marked(html) == html


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("short 123", "short 123"),
        ("refund for card 4242424242424242", "refund for card ************4242"),
        ("４２４２ ４２４２ ４２４２ ４２４２", "**** **** **** ４２４２"),
        ("&#52;&#50;42 4242 4242 4242", "************ **** **** 4242"),
        ("③⑦⑧② ⑧②②④⑥③ ①⓪⓪⓪⑤", "**** ****** *⓪⓪⓪⑤"),
        ("", ""),
    ],
)
def test_free_text_is_masked_at_any_boundary(text: str, masked: str) -> None:
    assert mask_free_text(text) == masked


def test_the_version_names_code_and_table() -> None:
    assert DETECTOR_VERSION.startswith("cards-")
    assert "+iin-" in DETECTOR_VERSION


def test_in_a_plain_text_nothing_is_a_tag() -> None:
    text = '<b title="4111111111111111"> or 5555 5555 5555 4444'
    assert redact_marks(text, scan(text), markup=False) == (
        '<b title="<redact>411111111111</redact>1111"> or '
        "<redact>5555</redact> <redact>5555</redact> <redact>5555</redact> 4444"
    )
