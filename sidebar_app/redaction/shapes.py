"""How the digits of a number are grouped, and how much of a card that makes it."""

from sidebar_app.redaction.gaps import Gap, GapKind

# Separators people mix within one number without thinking.
_COMMON = frozenset((" ", "-", ".", "  ", " - ", "\u00b7"))
_TIGHT = frozenset("-./_:")
_SINGLE = _COMMON | frozenset("_/|~*+")
_FOURS = frozenset((4, 8, 12, 16))
_SHAPES = {15: (frozenset((4, 10)),), 14: (frozenset((4, 10)),), 13: (frozenset((4, 7, 10)),)}
_SIXTEEN, _PAIR = 16, 2
_SIX = frozenset((6,))

CANONICAL, REGULAR, IRREGULAR = 3, 2, 0
APART = "apart"


def shape_of(gaps: list[tuple[int, Gap]], length: int, *, alone: bool) -> tuple[int, str]:
    """Points and name of the grouping; `apart` when something stands between that ends a number."""
    kinds = {each.kind for _, each in gaps}
    if GapKind.WALL in kinds:
        return 0, APART
    seen = {at for at, each in gaps if each.kind is GapKind.SEEN}
    broken = [at for at, each in gaps if each.kind is GapKind.BREAK]
    if not seen:
        return _unseparated(frozenset(broken), length, alone=alone)
    points, form = _grouping(frozenset(seen), frozenset(broken), length)
    marks = {each.mark for _, each in gaps if each.kind is GapKind.SEEN}
    if len(marks) > 1:
        points -= _mixed(marks, form)
    return points, form


def _mixed(marks: set[str], form: str) -> int:
    """Points lost when the separators differ: one by one or in pairs, people keep to the same."""
    if form.startswith("spaced") and marks & _TIGHT and not marks <= _TIGHT:
        return 2
    if marks <= _COMMON:
        return 0
    return 1 if form == "irregular" or marks <= _SINGLE else 2


def _unseparated(broken: frozenset[int], length: int, *, alone: bool) -> tuple[int, str]:
    """Nothing visible between the digits but line ends: groups below each other, or a number that was wrapped."""
    if not broken:
        return REGULAR, "solid"
    points, _ = _grouping(broken, frozenset(), length)
    if points == CANONICAL and len(broken) > 1:
        return CANONICAL, "lines"
    return REGULAR if alone else REGULAR - 1, "lines"


def _grouping(seen: frozenset[int], broken: frozenset[int], length: int) -> tuple[int, str]:
    for bounds in (seen, seen | broken):
        if (
            not broken
            and len(bounds) == 1
            and length != _SIXTEEN
            and bounds != _SIX
            and bounds <= _FOURS | {10}
        ):
            # Two numbers side by side look like this more often than a card does.
            own = any(bounds <= shape for shape in _SHAPES.get(length, ()))
            return REGULAR if own else IRREGULAR + 1, "grouped"
        if bounds <= _FOURS or bounds == _SIX or any(bounds <= shape for shape in _SHAPES.get(length, ())):
            return CANONICAL, "grouped"
        if bounds == frozenset(range(3, length, 3)):
            return IRREGULAR + 1, "spaced-3"
        for size in (1, 2, 5):
            if length % size == 0 and bounds == frozenset(range(size, length, size)):
                # Rows of a few pairs are dates, times, draws and hardware addresses.
                rare = size == _PAIR and length != _SIXTEEN
                return IRREGULAR + 1 if rare else REGULAR, f"spaced-{size}"
    return IRREGULAR, "irregular"
