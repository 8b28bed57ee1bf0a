"""Text in the one form the matcher reads, with the way back to the raw offsets.

Digits of other scripts, and letters that stand for a dash or for nothing, become ASCII one for one, so
offsets stay. Digits written as references or escapes (`&#52;`, `%34`, `\\u0034`, `=34`) become one character
each; then a map leads back.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Code points of the digit zero of every decimal script (Unicode category Nd) beyond ASCII.
_ZEROS = (
    "0660 06f0 07c0 0966 09e6 0a66 0ae6 0b66 0be6 0c66 0ce6 0d66 0de6 0e50 0ed0 0f20 1040 1090 17e0 1810 1946 "
    "19d0 1a80 1a90 1b50 1bb0 1c40 1c50 a620 a8d0 a900 a9d0 a9f0 aa50 abf0 ff10 104a0 10d30 11066 110f0 11136 "
    "111d0 112f0 11450 114d0 11650 116c0 11730 118e0 11950 11c50 11d50 11da0 11f50 16a60 16ac0 16b50 1d7ce "
    "1d7d8 1d7e2 1d7ec 1d7f6 1e140 1e2f0 1e4f0 1e950 1fbf0"
)
# Enclosed digits one to nine (circled, in brackets, with a full stop, inverse) and their zeros.
_ONES = "2460 2474 2488 24f5 2776 2780 278a"
_LONE_ZEROS = "24ea 24ff 1f100 1f10b 1f10c 3007"
# Letters by category, yet typed as a dash (prolonged sound marks) or showing nothing (Hangul fillers).
_DASHES = "30fc ff70"
_FILLERS = "115f 1160 3164 ffa0"


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for zero in _ZEROS.split():
        table |= {int(zero, 16) + digit: str(digit) for digit in range(10)}
    for one in _ONES.split():
        table |= {int(one, 16) + digit: str(digit + 1) for digit in range(9)}
    table |= {int(code, 16): "0" for code in _LONE_ZEROS.split()}
    table |= {0x1F101 + digit: str(digit) for digit in range(10)}
    table |= {int(code, 16): "-" for code in _DASHES.split()}
    table |= {int(code, 16): "\u200b" for code in _FILLERS.split()}
    return table


_FOREIGN = _table()
_ANY_FOREIGN = re.compile("[" + "".join(map(chr, _FOREIGN)) + "]")
# One digit of any of these, before it is brought to ASCII.
ANY_DIGIT = r"[\d①-⒐⓪-⓿❶-➓〇🄀-🄌⁰¹²³⁴-⁹₀-₉]"
# Raised and lowered digits are mostly footnotes and powers; four in a row are a number.
_RAISED = {ord(sign): str(digit) for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_RAISED |= {ord(sign): str(digit) for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_RAISED_RUN = re.compile("[" + "".join(map(chr, _RAISED)) + "]{4}")

_ESCAPED = re.compile(
    r"&#(?:[0-9]{2,7}+|[xX][0-9a-fA-F]{2,6}+);?"
    r"|(?:%3[0-9]){4,}|(?:%EF%BC%9[0-9]){4,}|(?:=3[0-9]){4,}|(?:\\u003[0-9]){4,}|(?:\\x3[0-9]){4,}"
)
# The cheap questions first: the sign an escape begins with, then what follows it in an escaped digit.
_ESCAPE_HINTS = (
    ("&", re.compile(r"&#[0-9xX]")),
    ("%", re.compile(r"%(?:3[0-9]%3|EF%BC%9)")),
    ("=", re.compile(r"=3[0-9]=3")),
    ("\\", re.compile(r"\\(?:u003|x3)[0-9]")),
)
_UNIT = re.compile(r"%EF%BC%9[0-9]|%3[0-9]|=3[0-9]|\\u003[0-9]|\\x3[0-9]")


@dataclass(frozen=True, slots=True)
class Normal:
    """`text` as the matcher reads it; `offsets[i]` is the raw start of its character i, None if equal."""

    text: str
    offsets: Sequence[int] | None

    def raw(self, position: int) -> int:
        return position if self.offsets is None else self.offsets[position]


def normalise(text: str) -> Normal:
    """Linear in the length of `text`."""
    offsets = None
    if any(sign in text and hint.search(text) for sign, hint in _ESCAPE_HINTS):
        text, offsets = _unescape(text)
    if not text.isascii():
        if _ANY_FOREIGN.search(text):
            text = text.translate(_FOREIGN)
        if _RAISED_RUN.search(text):
            text = text.translate(_RAISED)
    return Normal(text, offsets)


def _unescape(text: str) -> tuple[str, Sequence[int] | None]:
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for found in _ESCAPED.finditer(text):
        units = _digits_of(found)
        if not units:
            continue
        pieces.append(text[done : found.start()])
        offsets.extend(range(done, found.start()))
        for digit, start in units:
            pieces.append(digit)
            offsets.append(start)
        done = found.end()
    if not done:
        return text, None
    pieces.append(text[done:])
    offsets.extend(range(done, len(text) + 1))
    return "".join(pieces), offsets


def _digits_of(found: re.Match[str]) -> list[tuple[str, int]]:
    """The digits one match of `_ESCAPED` stands for, each with its raw start."""
    raw = found.group()
    if raw[0] == "&":
        digit = _reference(raw)
        return [(digit, found.start())] if digit else []
    return [(unit.group()[-1], found.start() + unit.start()) for unit in _UNIT.finditer(raw)]


@lru_cache(maxsize=1024)
def _reference(raw: str) -> str:
    sign = html.unescape(raw)
    if len(sign) != 1:
        return ""
    value = unicodedata.decimal(sign, None)
    return "" if value is None else str(value)
