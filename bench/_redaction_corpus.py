"""Generated texts for the redaction benches: cards in many dresses, numbers that are no cards, ordinary tickets."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from _redaction_numbers import NEGATIVES, pan

BRANDS = {
    "visa": ("4", (16,)),
    "visa-19": ("4", (19,)),
    "mastercard": ("51 52 53 54 55", (16,)),
    "mastercard-2": ("2221 23 2453 2599 2720", (16,)),
    "amex": ("34 37", (15,)),
    "diners": ("300 305 36 38", (14,)),
    "diners-16": ("36 38", (16,)),
    "discover": ("6011 644 65", (16,)),
    "jcb": ("3528 3540 3589", (16,)),
    "unionpay": ("6200 6221 6258 6282 8110", (16, 17, 18, 19)),
    "maestro": ("5018 5038 6304 6759 6761", (12, 13, 16, 18, 19)),
    "mir": ("2200 2204", (16,)),
    "rupay": ("6070 6521 8201 5085", (16,)),
    "troy": ("9792", (16,)),
    "elo": ("506699 509045 636368", (16,)),
    "verve": ("506105 507868", (16, 19)),
    "hipercard": ("606282", (16,)),
}
_CLASSIC = {15: (4, 6, 5), 14: (4, 6, 4)}


def _groups(number: str) -> list[str]:
    sizes = _CLASSIC.get(len(number)) or (4,) * (len(number) // 4) + (
        (len(number) % 4,) if len(number) % 4 else ()
    )
    pieces, place = [], 0
    for size in sizes:
        pieces.append(number[place : place + size])
        place += size
    return pieces


def _joined(mark: str) -> Callable[[str], str]:
    return lambda number: mark.join(_groups(number))


def _translated(zero: int) -> Callable[[str], str]:
    table = {ord("0") + digit: chr(zero + digit) for digit in range(10)}
    return lambda number: " ".join(_groups(number)).translate(table)


def _each(mark: str) -> Callable[[str], str]:
    return mark.join


def _wrapped(before: str, after: str, mark: str = "") -> Callable[[str], str]:
    return lambda number: mark.join(f"{before}{group}{after}" for group in _groups(number))


def _split(number: str) -> str:
    return f"{' '.join(_groups(number)[:2])}\n{' '.join(_groups(number)[2:])}"


REALISTIC: dict[str, Callable[[str], str]] = {
    "solid": str,
    "spaces": _joined(" "),
    "hyphens": _joined("-"),
    "dots": _joined("."),
    "nbsp": _joined("\u00a0"),
    "thin spaces": _joined("\u2009"),
    "en dashes": _joined("\u2013"),
    "slashes": _joined("/"),
    "underscores": _joined("_"),
    "double spaces": _joined("  "),
    "spaced hyphens": _joined(" - "),
    "commas": _joined(", "),
    "fullwidth": _translated(0xFF10),
    "arabic": _translated(0x0660),
    "devanagari": _translated(0x0966),
    "zero width": _each("\u200b"),
    "zero width groups": _joined("\u200c "),
    "line break": _split,
    "quoted reply": lambda number: "\n> ".join(_groups(number)),
    "entities": _joined("&nbsp;"),
    "number entities": _joined("&#160;"),
    "spans": _wrapped("<span>", "</span>", " "),
    "bold": _wrapped("<b>", "</b>"),
    "cells": _wrapped("<td>", "</td>"),
    "br": _joined("<br>"),
    "percent": _joined("%20"),
    "plus": _joined("+"),
    "tabs": _joined("\t"),
    "pipes": _joined(" | "),
    "single digits": _each(" "),
    "soft hyphen": _each("\u00ad"),
    "entity digits": lambda number: "".join(f"&#{ord(digit)};" for digit in number),
    "brackets": _wrapped("(", ")", " "),
    "bold marks": _wrapped("**", "**", " "),
    "hyphen at a line's end": lambda number: (
        "-".join(_groups(number)[:2]) + "-\n" + "-".join(_groups(number)[2:])
    ),
    "bullets": _joined(" \u2022 "),
    "ideographic spaces": _joined("\u3000"),
    "escaped spaces": _joined("\\u00a0"),
    "keycaps": _each("\ufe0f\u20e3"),
    "circled": lambda number: number.translate({48 + digit: "⓪①②③④⑤⑥⑦⑧⑨"[digit] for digit in range(10)}),
    "groups of digits": lambda number: "   ".join(" ".join(group) for group in _groups(number)),
    "references without semicolon": lambda number: "".join(f"&#{ord(digit)}" for digit in number) + ";",
    "quoted-printable": _joined("=C2=A0"),
}

CONTEXTS = (
    "{}",
    "My card number is {}.",
    "hi, please charge {} thanks",
    "Card: {} exp 09/27 cvv 123",
    "cc#{}",
    "the number is {}, please refund it",
    "I was charged twice on {} last month",
    "Order 48213 was paid with {}",
    "Ref 2024-118 {} 11/26 456",
    "1) {}\n2) see attachment",
    "visa{}",
    '{{"card_number": "{}", "amount": 1200}}',
    "name,card,zip\nDoe,{},90210",
    "https://shop.example/pay?card={}&amount=10",
    "Meine Kreditkartennummer lautet {} gültig bis 08/28",
    "Mi tarjeta es {}",
    "Ma carte bancaire : {}",
    "Numer karty {} proszę o zwrot",
    "カード番号は{}です",
    "卡号:{}谢谢",
    "Номер карты {}",
    "<p>Hello</p><p>{}</p>",
    "Card one {} and the old one 5555 5555 5555 4444",
    "Phone +1 415 555 0132, card {}",
    "Here you go\n{}\nJohn",
    "account: {}",
    "number_{}_end",
    "[10:13] Visitor: {} exp 03/28 cvv 887",
    "https://x.example/?q=card%20{}",
    "Kaartnummer: {}\nVervaldatum: 03/28\nCVC: 887",
    "Kart numarası: {}, son kullanma 03/28",
    "رقم البطاقة: {}",
    "카드번호: {} 유효기간 03/28",
    "| {} | 03/28 | 887 |",
    "pan={} code=51",
    "(212) 555-0132 {}",
    "deposit $125.00 to {}",
    "remove 5555 5555 5555 4444, add {}",
)


@dataclass(frozen=True, slots=True)
class Case:
    """`number` is what must not be readable afterwards; empty in a text that must stay as it is."""

    family: str
    text: str
    number: str


def positives(seed: int = 1) -> Iterator[Case]:
    """Every brand and length × every format × some contexts."""
    rng = random.Random(seed)
    for prefixes, lengths in BRANDS.values():
        for length in lengths:
            for form, dress in REALISTIC.items():
                for context in rng.sample(CONTEXTS, 4):
                    number = pan(rng, rng.choice(prefixes.split()), length)
                    yield Case(form, context.format(dress(number)), number)


def negatives(seed: int = 2, each: int = 400) -> Iterator[Case]:
    """Numbers that look alike, bare and in a sentence."""
    rng = random.Random(seed)
    for family, (make, sentences) in NEGATIVES.items():
        for place in range(each):
            number = make(rng)
            yield Case(family, sentences[place % len(sentences)].format(number), "")


_WORDS = (
    "hello the customer asked about an invoice because their plan was upgraded last month please help thanks regards "
    "subscription billing for and with our team we cannot see the account page error when login dashboard kindly advise"
).split()


def tickets(size: int, seed: int = 3) -> list[str]:
    """Ordinary tickets, half of them HTML, `size` characters in all; one in fifty holds a card."""
    rng = random.Random(seed)
    found: list[str] = []
    total = 0
    while total < size:
        lines = [_line(rng) for _ in range(rng.randint(5, 40))]
        if rng.random() < 0.02:
            lines.append(f"my card is {pan(rng, '4', 16)} exp 12/27")
        text = "\n".join(lines)
        if len(found) % 2:
            style = "margin:0px 0px 12px;color:#333333;font-size:14px"
            text = "\n".join(f'<p style="{style}">{line.replace(" on ", " on&nbsp;")}</p>' for line in lines)
        found.append(text)
        total += len(text)
    return found


def _line(rng: random.Random) -> str:
    words = " ".join(rng.choices(_WORDS, k=rng.randint(5, 16)))
    kind = rng.random()
    if kind < 0.06:
        return f"{words} order {rng.randint(10**6, 10**9)}"
    if kind < 0.10:
        return (
            f"{words} on 2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} 10:{rng.randint(10, 59)}:11"
        )
    if kind < 0.12:
        return f"{words} call +1 (415) 555-{rng.randint(1000, 9999)}"
    if kind < 0.14:
        return f"{words} https://help.example.com/articles/{rng.randint(10**12, 10**13)}?page=1&lang=en"
    if kind < 0.15:
        token = "".join(rng.choices(string.hexdigits.lower()[:16], k=32))
        return f"{words} request {token}"
    return f"{words} ${rng.randint(1, 2000)}.{rng.randint(10, 99)}" if kind < 0.25 else words
