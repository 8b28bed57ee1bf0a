"""Windows of a run that could be a card: on group boundaries, of a scheme's length, passing Luhn, shaped."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from sidebar_app.redaction.gaps import Gap, GapKind
from sidebar_app.redaction.iin import MAX_LENGTH, MIN_LENGTH, judge, lengths_for
from sidebar_app.redaction.neighbours import with_neighbours
from sidebar_app.redaction.runs import LuhnSums, Run, luhn
from sidebar_app.redaction.shapes import APART, REGULAR, shape_of
from sidebar_app.redaction.window import Window

# Longer than any card with its date and code glued on; beyond it a row of digits is a blob of data.
_GLUED_MAX = MAX_LENGTH + 8
_BLOCK = 16
# A window may not stretch over more raw text than this: four groups, each wrapped in long tags.
_WIDEST = 8192
_LONG_RUN = 64
# More single digits or pairs in a row than two cards with their dates and codes.
_ROW = 48
# Several cards without anything between them; more is a blob of data.
_MOST_BLOCKS = 16
_DROPPED = -3
_LONG_BRANDS = frozenset(("unionpay", "maestro", "verve"))


def windows(run: Run) -> list[Window]:
    """All windows of a run, the likeliest first: by shape and weight, then 16 digits, then the longest."""
    found = list(_aligned(run))
    if found:
        found = _preferred(found)
    if len(run.digits) > MAX_LENGTH:
        found += _glued(run)
    return found


def _preferred(found: list[Window]) -> list[Window]:
    firm = [window for window in found if window.weight]
    starts, ends = {window.first for window in firm}, {window.last for window in firm}
    ranked = [with_neighbours(window, starts, ends) for window in found]
    return sorted((window for window in ranked if window.shape > _DROPPED), key=_preference)


def _preference(window: Window) -> tuple[bool, int, bool, bool, int, int]:
    """What stays in its line first. Then 16 digits, since three more behind a space are the code; the longest
    where a scheme issues long numbers, where one unusual separator joins all groups, and among single digits."""
    uniform = window.form != "grouped" or bool(window.mark)
    long = (window.brand in _LONG_BRANDS and uniform and window.length > _BLOCK) or window.form.startswith(
        "spaced"
    )
    long = long or window.mark not in ("", " ")
    usual = window.length == _BLOCK or long
    points = window.shape + window.weight
    return not window.checked, -points, window.wrapped, not usual, -window.length, window.first


def _aligned(run: Run) -> Iterator[Window]:
    """Windows from one group boundary to another."""
    digits, firsts = run.digits, run.firsts
    latest = len(digits) - MIN_LENGTH
    ends = frozenset(firsts)
    valid = None
    for chunk in _chunks(run):
        first = firsts[chunk]
        if first > latest:
            return
        lengths = lengths_for(digits[first : first + 4])
        if not lengths or _endless(firsts, chunk):
            continue
        for length in lengths:
            last = first + length
            if last not in ends:
                continue
            valid = valid or _validator(digits)
            if valid(first, last):
                yield from _shaped(run, chunk, first, length, checked=True)
            elif length >= _BLOCK and digits.startswith("62", first):
                yield from _shaped(run, chunk, first, length, checked=False)


def _chunks(run: Run) -> Iterable[int]:
    """Where a window may start; of a long row of single digits only the two ends."""
    count = len(run.firsts) - 1
    if count == len(run.digits) and count > 4 * _ROW:
        return chain(range(_ROW), range(count - _ROW, count))
    return range(count)


def _endless(firsts: list[int], chunk: int) -> bool:
    """True inside a long row of single digits or pairs, where any stretch is as good as any other."""
    low, high = max(0, chunk - _ROW), min(len(firsts) - 1, chunk + _ROW)
    return high - low >= _ROW * 3 // 2 and firsts[high] - firsts[low] <= 2 * (high - low)


def _validator(digits: str) -> Callable[[int, int], bool]:
    if len(digits) > _LONG_RUN:
        return LuhnSums(digits).valid
    return lambda first, last: luhn(digits[first:last])


def _shaped(run: Run, chunk: int, first: int, length: int, *, checked: bool) -> Iterator[Window]:
    number = run.digits[first : first + length]
    named = judge(number)
    if named is None or number.count(number[0]) == length:
        return
    gaps: list[tuple[int, Gap]] = []
    while run.firsts[chunk + 1] < first + length:
        chunk += 1
        gaps.append((run.firsts[chunk] - first, run.gap_before(chunk)))
    shape, form = shape_of(gaps, length, alone=len(run.digits) == length)
    marks = {each.mark for _, each in gaps if each.kind is GapKind.SEEN}
    mark = marks.pop() if len(marks) == 1 else ""
    wrapped = any(each.kind is GapKind.BREAK for _, each in gaps)
    window = Window(run, first, length, *named, shape, form, mark, checked, wrapped)
    if form != APART and window.end - window.start <= _WIDEST:
        yield window


def _glued(run: Run) -> list[Window]:
    """Cards inside one unbroken row of digits: several in a row, or one with its date and code behind it."""
    found: list[Window] = []
    for first, stop in zip(run.firsts, run.firsts[1:], strict=False):
        width = stop - first
        if width <= MAX_LENGTH:
            continue
        if width % _BLOCK == 0 and width <= _BLOCK * _MOST_BLOCKS:
            found += _blocks(run, first, stop)
        elif width <= _GLUED_MAX:
            found += _with_date(run, first, stop)
    return found


def _blocks(run: Run, first: int, stop: int) -> list[Window]:
    found = []
    for start in range(first, stop, _BLOCK):
        number = run.digits[start : start + _BLOCK]
        named = judge(number)
        if named is None or named[1] < 2 or not luhn(number) or number.count(number[0]) == _BLOCK:
            return []
        found.append(Window(run, start, _BLOCK, *named, REGULAR, "solid"))
    return found


def _with_date(run: Run, first: int, stop: int) -> list[Window]:
    """PAN, month and year, and perhaps a code, all in one row."""
    for length in (16, 15, 14, 19):
        number = run.digits[first : first + length]
        rest = run.digits[first + length : stop]
        named = judge(number)
        if named is None or not luhn(number) or len(rest) not in (4, 7, 8):
            continue
        if "01" <= rest[:2] <= "12" and "20" <= rest[2:4] <= "49":
            return [Window(run, first, length, *named, REGULAR - 1, "glued")]
    return []
