"""Card numbers that tests plant, and every way in which one could stand in a file."""

import base64
import binascii
from collections.abc import Iterator


def luhn(stem: str) -> str:
    """The stem with its check digit."""
    digits = [int(d) for d in reversed(stem)]
    doubled = [d if place % 2 else (2 * d - 9 if d > 4 else 2 * d) for place, d in enumerate(digits)]
    return stem + str(-sum(doubled) % 10)


def planted(number: int) -> str:
    """The n-th of many different Visa numbers: each door gets its own, so that a leak names its door."""
    return luhn(f"45328{number:04d}917264"[:15])


def spellings(card: str) -> Iterator[bytes]:
    """As digits, grouped by several separators, and encoded; a file that holds none of them does not hold it."""
    groups = [card[i : i + 4] for i in range(0, len(card), 4)]
    for joint in ("", " ", "-", ".", "%20", "+", "\u00a0", "\\u00a0", "&nbsp;"):
        yield joint.join(groups).encode()
    yield " ".join(card).encode()
    yield card.encode("utf-16-le")
    yield binascii.hexlify(card.encode())
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + card.encode())
        yield encoded[4 if shift else 0 : -4]


def leaks(card: str, kept: bytes) -> list[bytes]:
    """What stands around each place where these bytes hold the number."""
    found = []
    for spelling in spellings(card):
        place = kept.find(spelling)
        while place >= 0:
            found.append(kept[max(0, place - 80) : place + 60])
            place = kept.find(spelling, place + 1)
    return found
