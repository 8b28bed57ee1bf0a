"""Families of texts that once hid a card or looked like one, made anew from a seed: whatever the digits, both hold."""

import random
from collections.abc import Callable

import pytest

from sidebar_app.redaction import scan

_EACH = 60
_NEGATIVES = 400
_PREFIXES = ("4", "51", "2720", "6011", "3528", "6221", "2200", "9792")


def _check_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _digits(rng: random.Random, count: int) -> str:
    return str(rng.randint(1, 9)) + "".join(rng.choices("0123456789", k=count - 1))


def _card(rng: random.Random) -> str:
    prefix = rng.choice(_PREFIXES)
    body = prefix + "".join(rng.choices("0123456789", k=15 - len(prefix)))
    return body + _check_digit(body)


def _fours(number: str) -> list[str]:
    return [number[place : place + 4] for place in range(0, len(number), 4)]


def _iban(rng: random.Random) -> str:
    country, length = rng.choice((("DE", 18), ("SA", 20), ("AE", 19), ("PL", 24), ("PT", 21)))
    body = _digits(rng, length)
    letters = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    return f"{country}{98 - int(letters) % 97:02d}{body}"


def _chinese_id(rng: random.Random) -> str:
    body = (
        f"62{_digits(rng, 4)}19{rng.randint(50, 99)}0{rng.randint(1, 9)}1{rng.randint(0, 9)}{_digits(rng, 3)}"
    )
    rest = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body)) % 11
    return body + "10X98765432"[rest]


def _certain(text: str) -> list[str]:
    return [hit.last4 for hit in scan(text, markup="<" in text) if hit.certain and hit.kind == "pan"]


HIDING: dict[str, Callable[[random.Random, str], str]] = {
    "a percent escape right before it": lambda _, card: f"https://x.example/?q=card%20{card}",
    "an escaped no-break space before it": lambda _, card: rf'{{"text": "my\u00a0{card}"}}',
    "a quoted-printable blank before it": lambda _, card: f"Karte=20{card}",
    "a hyphen at the end of its line": lambda _, card: f"{card[:4]}-{card[4:8]}-\n{card[8:12]}-{card[12:]}",
    "four different separators": lambda _, card: f"{card[:4]} {card[4:8]}-{card[8:12]}_{card[12:]}",
    "references without a semicolon": lambda _, card: (
        "<p>" + "".join(f"&#{ord(sign)}" for sign in card) + "</p>"
    ),
    "groups of three behind a label": lambda _, card: (
        "Visa card " + " ".join(card[place : place + 3] for place in range(0, 16, 3))
    ),
    "a number in the line above": lambda rng, card: f"{_digits(rng, 6)}\n{' '.join(_fours(card))}",
    "a list number of another card": lambda _, card: f"#1 5555555555554444 #2 {card}",
    "a count of digits behind it": lambda _, card: f"{' '.join(_fours(card))} 3-digit security code: 123",
}


@pytest.mark.parametrize("family", HIDING)
def test_a_card_is_found_behind(family: str) -> None:
    rng = random.Random(family)
    missed = 0
    for _ in range(_EACH):
        card = _card(rng)
        missed += card[-4:] not in _certain(HIDING[family](rng, card))
    assert missed == 0


def test_a_phone_before_a_card_takes_no_group_of_it() -> None:
    rng = random.Random(1)
    for _ in range(_EACH):
        card = _card(rng)
        assert _certain(f"(212) 555-{_digits(rng, 4)} {' '.join(_fours(card))}") == [card[-4:]]


LOOKING_ALIKE: dict[str, Callable[[random.Random], str]] = {
    "an IBAN between entities": lambda rng: f"<p>{'&nbsp;'.join(_fours(_iban(rng)))}</p>",
    "an IBAN in cells": lambda rng: f"<td>{'</td><td>'.join(_fours(_iban(rng)))}</td>",
    "an IBAN in small letters": lambda rng: " ".join(_fours(_iban(rng))).lower(),
    "a field that ends in id": lambda rng: f"https://x.example/photo/?fbid={_digits(rng, 16)}&set=1",
    "a table of numbers": lambda rng: (
        "<table>"
        + "".join(f"<tr>{''.join(f'<td>{_digits(rng, 4)}</td>' for _ in range(4))}</tr>" for _ in range(2))
        + "</table>"
    ),
    "a row of a text table": lambda rng: f"| {' | '.join(_digits(rng, 4) for _ in range(5))} |",
    "a list of numbers": lambda rng: ";".join(_digits(rng, rng.randint(3, 6)) for _ in range(6)),
    "a file name": lambda rng: f"attachment_{_digits(rng, 12)}_{_digits(rng, 6)}.pdf",
    "a mail address": lambda rng: f"<{_digits(rng, 14)}.{_digits(rng, 6)}@mail.example>",
    "two hardware addresses": lambda rng: " ".join(
        "-".join(f"{rng.randint(0, 99):02d}" for _ in range(6)) for _ in range(2)
    ),
    "a voucher of five groups": lambda rng: "-".join(_digits(rng, 4) for _ in range(5)),
    "two numbers side by side": lambda rng: f"{_digits(rng, 8)} {_digits(rng, 6)}",
    "a register of companies": lambda rng: f"SIRET {(body := _digits(rng, 13)) + _check_digit(body)}",
    "a carrier's number": lambda rng: f"Canada Post {_digits(rng, 16)}",
    "an IBAN with a wrong check digit": lambda rng: f"DE12 {' '.join(_fours(_digits(rng, 18)))}",
    "an id that a mail program gave a tag": lambda rng: f'<div id="m_-{_digits(rng, 19)}">x</div>',
    "a trade item number": lambda rng: f"(01){_digits(rng, 14)}(21){_digits(rng, 8)}",
    "a PIN of six groups": lambda rng: f"PIN {'-'.join(_digits(rng, 4) for _ in range(6))}",
    "a Chinese identity number": _chinese_id,
    "groups behind a code": lambda rng: f"DHL JJD{_digits(rng, 2)} {' '.join(_fours(_digits(rng, 16)))}",
    "a draw": lambda rng: "-".join(f"{rng.randint(1, 49):02d}" for _ in range(7)),
    "an abbreviated order": lambda rng: f"Bestell-Nr.: {_digits(rng, 16)}",
}


@pytest.mark.parametrize("family", LOOKING_ALIKE)
def test_at_most_one_in_a_hundred_is_taken_for_a_card(family: str) -> None:
    rng = random.Random(family)
    wrong = sum(bool(_certain(LOOKING_ALIKE[family](rng))) for _ in range(_NEGATIVES))
    assert wrong <= _NEGATIVES // 100
