"""The optional classes as hits in the raw text, and together with the cards as one answer."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from sidebar_app.redaction.hit import Allowlist, Hit, Span
from sidebar_app.redaction.optional import CLASSES, OptionalClass
from sidebar_app.redaction.shown import Shown, shown

# Name of the class, first character, end (exclusive).
Found = tuple[str, int, int]
Finder = Callable[[str], Iterable[Found]]
_BEFORE, _AFTER = 60, 30
# Presidio's patterns are quadratic in places, so they see a long text in pieces. No number is longer than the overlap.
_PIECE, _OVERLAP = 2048, 128
_WORD = re.compile(r"[^\W\d_]+")


def scan_beyond(text: str, find: Finder, *, markup: bool, allowed: Allowlist | None) -> list[Hit]:
    """Hits of what `find` finds in the readable text, tags left whole. Raises whatever `find` raises."""
    view = shown(text, markup=markup)
    hits = []
    for name, start, end in sorted(_found(view.text, find)):
        kind = CLASSES[name]
        if not _speaks(kind, view.text, start, end):
            continue
        if allowed and allowed.permits(
            view.text[start:end], before=view.text[max(0, start - _BEFORE) : start]
        ):
            continue
        hits.append(_hit(kind, view, start, end))
    return hits


def _found(text: str, find: Finder) -> set[Found]:
    """What is found piece by piece. What touches a cut is found whole in the piece that overlaps it there."""
    found: set[Found] = set()
    for offset in range(0, max(1, len(text) - _OVERLAP), _PIECE - _OVERLAP):
        piece = text[offset : offset + _PIECE]
        for name, start, end in find(piece):
            first, last = offset + start, offset + end
            if (start > 0 or offset == 0) and (end < len(piece) or last == len(text)):
                found.add((name, first, last))
    return found


def together(cards: Sequence[Hit], others: Iterable[Hit]) -> list[Hit]:
    """All hits by place, none overlapping: a certain card stays before others, then the first, then the longer."""
    certain = [hit for hit in cards if hit.certain]
    more = _apart(certain, sorted(others, key=lambda hit: (hit.start, -hit.end)))
    firm = sorted((*certain, *more), key=_place)
    doubtful = _apart(firm, [hit for hit in cards if not hit.certain])
    return sorted((*firm, *doubtful), key=_place)


def _apart(taken: Sequence[Hit], some: Iterable[Hit]) -> list[Hit]:
    """Those of `some`, which are in order of their place, that overlap neither `taken` nor each other."""
    starts = [hit.start for hit in taken]
    reach = list(accumulate((hit.end for hit in taken), max))
    kept: list[Hit] = []
    done = 0
    for hit in some:
        ahead = bisect_left(starts, hit.end)
        if hit.start >= done and (not ahead or reach[ahead - 1] <= hit.start):
            kept.append(hit)
            done = hit.end
    return kept


def _place(hit: Hit) -> Span:
    return hit.start, hit.end


def _speaks(kind: OptionalClass, text: str, start: int, end: int) -> bool:
    if kind.alone.fullmatch(text[start:end]):
        return True
    near = text[max(0, start - _BEFORE) : start] + " " + text[end : end + _AFTER]
    return not kind.words.isdisjoint(_WORD.findall(near.casefold()))


def _hit(kind: OptionalClass, view: Shown, start: int, end: int) -> Hit:
    signs = [place for place in range(start, end) if view.text[place].isalnum()]
    gone, kept = (signs[: -kind.keeps], signs[-kind.keeps :]) if kind.keeps else (signs, [])
    return Hit(
        start=view.places[start][0],
        end=view.places[end - 1][1],
        digit_spans=tuple(_ranges([view.places[place] for place in gone])),
        brand=kind.name,
        length=len(signs),
        last4="".join(view.text[place] for place in kept),
        confidence="redact",
        kind=kind.kind,
        rule="checked" if kind.alone.fullmatch(view.text[start:end]) else "near",
    )


def _ranges(places: Iterable[Span]) -> list[Span]:
    """Raw ranges, those that touch or repeat made one."""
    found: list[Span] = []
    for start, end in places:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
