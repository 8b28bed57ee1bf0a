"""Stretches of text that hold twelve digits or more with nothing but gaps between them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from sidebar_app.redaction.gaps import ESCAPE, GAP, HOLDS_DIGITS, TAG, Gap, gap
from sidebar_app.redaction.iin import MIN_LENGTH

# Digit class first (the engine looks for it fast), possessive throughout (linear on any input), and the
# commonest gaps, nothing or one plain mark, before all others. Of any length: a row that is too short is dropped
# afterwards, which is cheaper than looking again at each of its digits.
RUN = re.compile(rf"[0-9](?:[ \-.:/,]?+[0-9]|{GAP}[0-9])*+")
_DIGITS = re.compile(r"[0-9]+")
_TOKEN = re.compile(rf"([0-9]++)|{GAP}")
_TAG = re.compile(TAG)
_ESCAPE = re.compile(ESCAPE)
_ESCAPE_REACH = 5
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))


@dataclass(frozen=True, slots=True)
class Run:
    """`firsts[k]` is the index in `digits` of chunk k's first digit, `places[k]` its offset in `text`.

    Both lists carry one more element: the end of the run.
    """

    text: str
    digits: str
    firsts: list[int]
    places: list[int]
    markup: bool

    def gap_before(self, chunk: int) -> Gap:
        """What stands between chunk - 1 and chunk."""
        end = self.places[chunk - 1] + self.firsts[chunk] - self.firsts[chunk - 1]
        return gap(self.text[end : self.places[chunk]], markup=self.markup)

    def place(self, digit: int) -> int:
        """Offset in the text of one digit of the run."""
        chunk = bisect_right(self.firsts, digit, hi=len(self.firsts) - 1) - 1
        return self.places[chunk] + digit - self.firsts[chunk]

    def spans(self, first: int, last: int) -> list[tuple[int, int]]:
        """The text ranges that hold the digits first … last - 1, gaps left out."""
        found = []
        chunk = bisect_right(self.firsts, first, hi=len(self.firsts) - 1) - 1
        while first < last:
            stop = min(last, self.firsts[chunk + 1])
            start = self.places[chunk] + first - self.firsts[chunk]
            found.append((start, start + stop - first))
            first, chunk = stop, chunk + 1
        return found


def runs(text: str, *, markup: bool) -> Iterator[Run]:
    """Every run of `text`, also those inside the tags that a run steps over."""
    for found in RUN.finditer(text):
        start, end = found.span()
        if end - start < MIN_LENGTH:
            continue
        yield from _run(text, _escape_end(text, start), end, markup)
        if "<" in found.group():
            yield from _inside_tags(text, start, end)


def _escape_end(text: str, start: int) -> int:
    """Where the escape ends whose digits begin at `start`; `start` itself when there is none."""
    for found in _ESCAPE.finditer(text, max(0, start - _ESCAPE_REACH), start + _ESCAPE_REACH):
        if found.start() < start < found.end():
            return found.end()
    return start


def _inside_tags(text: str, start: int, end: int) -> Iterator[Run]:
    for tag in _TAG.finditer(text, start, end):
        for found in RUN.finditer(text, tag.start() + 1, tag.end()):
            if found.end() - found.start() >= MIN_LENGTH:
                yield from _run(text, found.start(), found.end(), markup=True)


def _run(text: str, start: int, end: int, markup: bool) -> Iterator[Run]:  # noqa: FBT001
    """The run between these offsets, if it has digits enough for a card."""
    part = text[start:end]
    if HOLDS_DIGITS.search(part):
        spans = [found.span() for found in _TOKEN.finditer(part) if found.group(1)]
    else:
        spans = [found.span() for found in _DIGITS.finditer(part)]
    digits = "".join([part[first:last] for first, last in spans])
    if len(digits) < MIN_LENGTH:
        return
    firsts = [0, *accumulate([last - first for first, last in spans])]
    places = [start + first for first, _ in spans]
    places.append(end)
    yield Run(text, digits, firsts, places, markup)


class LuhnSums:
    """Luhn for any window of one string of digits in constant time, after one linear pass."""

    def __init__(self, digits: str) -> None:
        raw = digits.encode("ascii")
        plain, doubled = bytearray(raw.translate(_PLAIN)), bytearray(raw.translate(_DOUBLED))
        even, odd = bytearray(plain), bytearray(plain)
        even[::2], odd[1::2] = doubled[::2], doubled[1::2]
        self._sums = (list(accumulate(even, initial=0)), list(accumulate(odd, initial=0)))

    def valid(self, first: int, last: int) -> bool:
        """True when digits first … last - 1 pass; the last digit is the check digit and is not doubled."""
        sums = self._sums[last % 2]
        return (sums[last] - sums[first]) % 10 == 0


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    raw = digits.encode("ascii")
    total = sum(raw.translate(_PLAIN)[-1::-2]) + sum(raw.translate(_DOUBLED)[-2::-2])
    return total % 10 == 0
