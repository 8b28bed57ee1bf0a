"""Text that arrives in pieces."""

import random

import pytest

from sidebar_app.redaction import mask
from sidebar_app.redaction.stream import StreamMasker

LINE = "2026-11-21 10:30:22 ticket {} from a customer, card 4242 4242 4242 4242 exp 12/27 cvv 123, thanks\n"


def _streamed(text: str, sizes: list[int]) -> str:
    masker = StreamMasker()
    shown, place, turn = [], 0, 0
    while place < len(text):
        size = sizes[turn % len(sizes)]
        shown.append(masker.feed(text[place : place + size]))
        place, turn = place + size, turn + 1
    return "".join(shown) + masker.finish()


@pytest.mark.parametrize("sizes", [[1], [7], [64, 1], [1000], [4096], [65536]])
def test_pieces_of_any_size_give_the_mask_of_the_whole(sizes: list[int]) -> None:
    text = "".join(
        LINE.format(number) + "words " * (number % 40) for number in range(60 if min(sizes) > 7 else 10)
    )
    assert _streamed(text, sizes) == mask(text).text


def test_no_cut_is_unlucky() -> None:
    text = "x" * 3000 + " CVV 123 for 4242<span style='color:red'>4242</span> 4242 4242 12/27 " + "y" * 3000
    expected = mask(text).text
    assert expected.count("*") == 19
    for cut in range(2900, 3200):
        assert _streamed(text, [cut, 10_000]) == expected


def test_a_calm_end_is_given_out_at_once() -> None:
    assert StreamMasker().feed("hello there\n") == "hello there\n"


def test_a_number_is_held_back_until_it_is_whole() -> None:
    masker = StreamMasker()
    assert masker.feed("card 4242 4242 ") == ""
    assert masker.feed("4242 4242") == ""
    assert masker.finish() == "card **** **** **** 4242"


def test_an_endless_row_of_digits_is_given_out_in_bounded_memory() -> None:
    masker = StreamMasker()
    given = sum(len(masker.feed("1 " * 8192)) for _ in range(16))
    assert given >= 10 * 16384
    assert given + len(masker.finish()) == 16 * 16384


def test_random_pieces_lose_and_double_nothing() -> None:
    rng = random.Random(5)
    parts = ["4242 4242 4242 4242,", "<b>", " 1, ", "a b ", "\n", "&nbsp;", "word ", "12/27 "]
    text = "".join(rng.choice(parts) for _ in range(3000))
    streamed = _streamed(text, [rng.randint(1, 900) for _ in range(50)])
    assert streamed == mask(text).text
