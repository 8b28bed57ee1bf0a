"""Windows of a run that could be a card: on group boundaries, of a scheme's length, passing Luhn, shaped."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sidebar_app.redaction.gaps import Gap, GapKind
from sidebar_app.redaction.iin import MAX_LENGTH, MIN_LENGTH, judge, lengths_for
from sidebar_app.redaction.runs import LuhnSums, Run, luhn
from sidebar_app.redaction.shapes import APART, REGULAR, shape_of

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
# So many further digits in the same groups make a window a piece of something longer.
_LONGER = 6
_LINE = 4
_PIECE = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Digits first … first + length - 1 of `run`. `shape` is 3 grouped as on a card, 2 solid or evenly spaced,
    1 doubtful, 0 or less irregular; `weight` is the table's. `mark` is the one separator between all groups.
    `checked` says that Luhn passed, `wrapped` that the number goes on in another line."""

    run: Run
    first: int
    length: int
    brand: str
    weight: int
    shape: int
    form: str
    mark: str = ""
    checked: bool = True
    wrapped: bool = False

    @property
    def last(self) -> int:
        return self.first + self.length

    @property
    def digits(self) -> str:
        return self.run.digits[self.first : self.last]

    @property
    def start(self) -> int:
        return self.run.place(self.first)

    @property
    def end(self) -> int:
        return self.run.place(self.last - 1) + 1


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
    ranked = [_with_neighbours(window, starts, ends) for window in found]
    return sorted((window for window in ranked if window.shape > _DROPPED), key=_preference)


def _preference(window: Window) -> tuple[bool, int, bool, bool, int, int]:
    """What stays in its line first. Then 16 digits, since three more behind a space are the code; the longest
    where a scheme issues long numbers, where one unusual separator joins all groups, and among single digits."""
    long = window.brand in _LONG_BRANDS or window.form.startswith("spaced") or window.mark not in ("", " ")
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
    marks = {each.seen for _, each in gaps if each.seen}
    mark = marks.pop() if len(marks) == 1 else ""
    wrapped = any(each.kind is GapKind.BREAK for _, each in gaps)
    window = Window(run, first, length, *named, shape, form, mark, checked, wrapped)
    if form != APART and window.end - window.start <= _WIDEST:
        yield window


def _torn(run: Run, at: int) -> int:
    """Points lost where a window would end inside what reads as one number; a tag between excuses half."""
    if at in (0, len(run.digits)):
        return 0
    chunk = bisect_left(run.firsts, at)
    if run.gap_before(chunk).kind is not GapKind.NONE:
        return 0
    return 1 if run.text[run.places[chunk] - 1] == ">" else 2


def _with_neighbours(window: Window, starts: set[int], ends: set[int]) -> Window:
    """Lowers a window that is a piece of a longer chain of equal groups, or a line of a list."""
    torn = 0 if window.first in ends else _torn(window.run, window.first)
    torn += 0 if window.last in starts else _torn(window.run, window.last)
    if torn:
        window = replace(window, shape=window.shape - torn)
    if window.form in ("solid", "irregular"):
        return window
    after = 0 if window.last in starts else _chain(window, 1)
    before = 0 if window.first in ends else _chain(window, -1)
    if window.form == "lines":
        longer = before + after >= _LINE
    elif window.form == "grouped":
        # People part a card from its neighbours by a space; what hyphens join is one number.
        joined = bool(window.mark) and not any(map(str.isspace, window.mark))
        longer = before + after >= _LONGER or (joined and (before > 0 or after not in (0, 3, 4)))
    else:
        # Three or four more digits are the card's code.
        longer = before > 0 or after not in (0, 3, 4)
    return replace(window, shape=window.shape - _PIECE) if longer else window


def _chain(window: Window, step: int) -> int:
    """Digits that go on beside the window in groups like its own, up to a few groups."""
    run, inside = window.run, _chunks_of(window)
    size = run.firsts[inside.start + 1] - run.firsts[inside.start]
    mark = run.gap_before(inside.start + 1).seen
    count = 0
    for number in range(1, 6):
        chunk = inside.stop - 1 + number if step > 0 else inside.start - number
        if chunk < 0 or chunk >= len(run.firsts) - 1:
            break
        if run.gap_before(chunk if step > 0 else chunk + 1).seen != mark:
            break
        width = run.firsts[chunk + 1] - run.firsts[chunk]
        if width > size or (step < 0 and width != size):
            break
        count += width
    return count


def _chunks_of(window: Window) -> range:
    """The chunks of the run that the window covers."""
    firsts = window.run.firsts
    return range(bisect_left(firsts, window.first), bisect_left(firsts, window.last))


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
