"""What the digits right beside a window say: it may be a piece of something longer, or a member of a list."""

from bisect import bisect_left
from dataclasses import replace

from sidebar_app.redaction.gaps import GapKind
from sidebar_app.redaction.runs import Run
from sidebar_app.redaction.window import Window

_USUAL = 16
# So many further digits in the same groups make a window a piece of something longer.
_LONGER = 6
_LINE = 4
_PIECE = 3
_GROUP = 4
_CODE = 3
# Such marks bind closer than a blank: a group that hangs on one belongs to a phone or a date.
_TIGHT = frozenset("-./:")
# Cells of a table and members of a list are numbers of their own, unless they are all there is.
_OF_LISTS = frozenset("|,;")
_LISTED = 2


def _torn(run: Run, at: int) -> int:
    """Points lost where a window would end inside what reads as one number; a tag between excuses half."""
    if at in (0, len(run.digits)):
        return 0
    chunk = bisect_left(run.firsts, at)
    if run.gap_before(chunk).kind is not GapKind.NONE:
        return 0
    return 1 if run.text[run.places[chunk] - 1] == ">" else 2


def with_neighbours(window: Window, starts: set[int], ends: set[int]) -> Window:
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
        longer = before + after >= (_LONGER if window.length <= _USUAL else _LINE)
        longer = longer or (joined and (before > 0 or after not in (0, 3)))
        listed = window.mark.strip() in _OF_LISTS
        if not longer and listed and (before > _CODE or after > _CODE or _row_beside(window)):
            return replace(window, shape=window.shape - _LISTED)
    else:
        # Three or four more digits are the card's code.
        longer = before > 0 or after not in (0, 3, 4)
    return replace(window, shape=window.shape - _PIECE) if longer else window


def _row_beside(window: Window) -> bool:
    """True when the line above or below holds another group like those of the window."""
    run, inside = window.run, _chunks_of(window)
    beside = ((inside.start, inside.start - 1), (inside.stop, inside.stop))
    return any(
        0 < edge < len(run.firsts) - 1
        and run.gap_before(edge).kind is GapKind.BREAK
        and run.firsts[chunk + 1] - run.firsts[chunk] == _GROUP
        for edge, chunk in beside
    )


def _chain(window: Window, step: int) -> int:
    """Digits that go on beside the window in groups like its own, up to a few groups."""
    run, inside = window.run, _chunks_of(window)
    size = run.firsts[inside.start + 1] - run.firsts[inside.start]
    mark = window.mark or run.gap_before(inside.start + 1).mark
    count = 0
    for number in range(1, 6):
        chunk = inside.stop - 1 + number if step > 0 else inside.start - number
        if chunk < 0 or chunk >= len(run.firsts) - 1:
            break
        if run.gap_before(chunk if step > 0 else chunk + 1).mark != mark:
            break
        far = chunk + 1 if step > 0 else chunk
        if mark not in _TIGHT and 0 < far < len(run.firsts) - 1 and run.gap_before(far).mark in _TIGHT:
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
