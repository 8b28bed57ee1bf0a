"""`scan`: every card number of a text, with what must go and how sure we are."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from sidebar_app.redaction.context import Surroundings, said, surroundings
from sidebar_app.redaction.counter import VETO, against
from sidebar_app.redaction.hit import Allowlist, Confidence, Hit, Span
from sidebar_app.redaction.iin import TABLE_VERSION
from sidebar_app.redaction.normalise import Normal, normalise
from sidebar_app.redaction.runs import Run, runs
from sidebar_app.redaction.sad import Extra, beside_after, beside_before, dated
from sidebar_app.redaction.spans import apply_mask
from sidebar_app.redaction.tracks import tracks
from sidebar_app.redaction.window import Window
from sidebar_app.redaction.windows import windows

CODE_VERSION = "6"
DETECTOR_VERSION = f"cards-{CODE_VERSION}+iin-{TABLE_VERSION}"

# Points: shape (0 to 3), weight of the table row (0 to 2), words (-3 to 3), a date or code beside it (2).
_REDACT = 4
_REVIEW = 1
_DATED = 2
_KEPT = 4
_AFTER = 160
_BEFORE = 100
_AMEX_CODE = 4
_CODE = 3
# Rounds of masking and looking again; two are enough for anything but a text made to need more.
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class _Judged:
    window: Window
    near: Surroundings
    start: int
    end: int
    certain: bool
    rule: str


def scan(text: str, *, markup: bool = False, allowed: Allowlist | None = None) -> list[Hit]:
    """Card numbers, and the dates, codes and tracks that stand with them, in order of their place.

    Offsets are code points of `text` as given. `markup` says that `text` is HTML, where `<…>` is never
    text. Time is linear in the length of `text`. Nothing is logged and nothing is kept.

    What is certain is masked and the rest looked at again, so that no card stays because another one stood
    beside it, and a masked text is found clean.
    """
    found = _scan_once(text, markup=markup, allowed=allowed)
    more = [hit for hit in found if hit.certain]
    rounds = 0
    while more and rounds < _ROUNDS:
        masked = apply_mask(text, [hit for hit in found if hit.certain])
        more = [hit for hit in _scan_once(masked, markup=markup, allowed=allowed) if hit.certain]
        found += more
        rounds += 1
    return _settled(found) if rounds > 1 else found


def _scan_once(text: str, *, markup: bool, allowed: Allowlist | None) -> list[Hit]:
    normal = normalise(text)
    found = _tracks(normal)
    taken = sorted((hit.start, hit.end) for hit in found)
    judged = [each for run in runs(normal.text, markup=markup) for each in _judged(run, allowed)]
    cards = _promoted([each for each in judged if not _within(normal, each, taken)])
    for place, card in enumerate(cards):
        found.append(_card_hit(normal, card))
        if card.certain:
            floor = cards[place - 1].end if place else 0
            ceiling = cards[place + 1].start if place + 1 < len(cards) else len(normal.text)
            found += _extras(normal, card, floor, ceiling)
    return _in_order(found)


def _settled(found: list[Hit]) -> list[Hit]:
    """Findings of several rounds: what one round doubted and a later one settled is not doubted any more."""
    certain = {(hit.start, hit.end) for hit in found if hit.certain}
    return sorted((hit for hit in found if hit.certain or (hit.start, hit.end) not in certain), key=_place)


def _judged(run: Run, allowed: Allowlist | None) -> list[_Judged]:
    """The cards of one run, none overlapping another; certain ones choose first."""
    possible = windows(run)
    if not possible:
        return []
    chosen: list[_Judged] = []
    doubtful: list[_Judged] = []
    occupied = bytearray(len(run.digits))
    for window in possible:
        if any(occupied[window.first : window.last]):
            continue
        judged = _judge(window, allowed)
        if judged is None:
            continue
        if not judged.certain:
            doubtful.append(judged)
            continue
        chosen.append(judged)
        occupied[window.first : window.last] = b"\x01" * window.length
    for judged in doubtful:
        window = judged.window
        if not any(occupied[window.first : window.last]):
            chosen.append(judged)
            occupied[window.first : window.last] = b"\x01" * window.length
    return sorted(chosen, key=lambda each: each.start)


def _judge(window: Window, allowed: Allowlist | None) -> _Judged | None:
    counter = against(window)
    if counter <= VETO:
        return None
    text, start, end = window.run.text, window.start, window.end
    near = surroundings(text, start, end)
    if allowed and allowed.permits(window.digits, before=near.before):
        return None
    words = said(near, length=window.length, sturdy=window.form == "grouped")
    points = window.shape + window.weight + words.points + counter
    if points < _REDACT <= points + _DATED and dated(near.after[:_AFTER], near.before[-_BEFORE:]):
        points += _DATED
    certain = points >= _REDACT and window.checked
    if not certain and not _worth_a_look(window, points, for_card=words.for_card):
        return None
    return _Judged(window, near, start, end, certain, f"{window.form}/{words.rule}")


def _worth_a_look(window: Window, points: int, *, for_card: bool) -> bool:
    if not window.checked:
        # Some UnionPay numbers are said not to pass Luhn: a person looks when words speak of a card.
        return for_card and window.form in ("solid", "grouped") and points >= _REDACT
    if window.weight == 0 and not for_card:
        return False
    return points >= _REVIEW and window.form != "irregular"


def _promoted(cards: list[_Judged]) -> list[_Judged]:
    """A number that is certainly a card in one place is one in every other (links repeat their text)."""
    certain = {card.window.digits for card in cards if card.certain}
    return [
        _Judged(card.window, card.near, card.start, card.end, certain=True, rule="repeated")
        if not card.certain and card.window.digits in certain
        else card
        for card in sorted(cards, key=lambda each: each.start)
    ]


def _card_hit(normal: Normal, card: _Judged) -> Hit:
    window = card.window
    spans = window.run.spans(window.first, window.last - _KEPT)
    confidence: Confidence = "redact" if card.certain else "review"
    rule = card.rule if window.checked else f"{card.rule}/no-luhn"
    return Hit(
        start=normal.raw(card.start),
        end=normal.raw(card.end),
        digit_spans=tuple(_raw_spans(normal, spans)),
        brand=window.brand,
        length=window.length,
        last4=window.digits[-_KEPT:],
        confidence=confidence,
        kind="pan",
        rule=rule,
    )


def _raw_spans(normal: Normal, spans: list[Span]) -> Iterator[Span]:
    """Raw ranges, those that touch made one."""
    start = end = -1
    for first, last in spans:
        if normal.raw(first) == end:
            end = normal.raw(last)
            continue
        if end >= 0:
            yield start, end
        start, end = normal.raw(first), normal.raw(last)
    if end >= 0:
        yield start, end


def _extras(normal: Normal, card: _Judged, floor: int, ceiling: int) -> list[Hit]:
    code_length = _AMEX_CODE if card.window.brand == "amex" else _CODE
    after = card.near.after[: min(_AFTER, ceiling - card.end)]
    before = card.near.before[-_BEFORE:][-max(0, card.start - floor) or len(card.near.before) :]
    found = beside_after(after, code_length=code_length, glued=card.window.form == "glued")
    hits = [_extra_hit(normal, card, extra, card.end) for extra in found]
    offset = card.start - len(before)
    return hits + [_extra_hit(normal, card, extra, offset) for extra in beside_before(before)]


def _extra_hit(normal: Normal, card: _Judged, extra: Extra, offset: int) -> Hit:
    start, end = offset + extra.start, offset + extra.end
    text = normal.text[start:end]
    places = [place for place, sign in enumerate(text, start) if "0" <= sign <= "9"]
    return Hit(
        start=normal.raw(start),
        end=normal.raw(end),
        digit_spans=tuple(_raw_spans(normal, [(place, place + 1) for place in places])),
        brand=card.window.brand,
        length=len(places),
        last4="",
        confidence="redact",
        kind=extra.kind,
        rule=extra.rule,
    )


def _tracks(normal: Normal) -> list[Hit]:
    return [
        Hit(
            start=normal.raw(track.start),
            end=normal.raw(track.end),
            digit_spans=((normal.raw(track.start), normal.raw(track.end)),),
            brand=track.brand,
            length=track.length,
            last4=track.last4,
            confidence="redact",
            kind="track",
            rule=track.rule,
        )
        for track in tracks(normal.text)
    ]


def _within(normal: Normal, card: _Judged, taken: list[Span]) -> bool:
    """True when the card lies in one of the tracks, which are in order of their place."""
    place = bisect_left(taken, (normal.raw(card.end), 0))
    return place > 0 and taken[place - 1][1] > normal.raw(card.start)


def _in_order(found: list[Hit]) -> list[Hit]:
    """By place. An extra that two cards claim is kept once, and none takes digits of a card or track."""
    cards = sorted((hit for hit in found if hit.last4), key=_place)
    starts = [hit.start for hit in cards]
    reach = list(accumulate((hit.end for hit in cards), max))
    kept, done = list(cards), 0
    for hit in sorted((hit for hit in found if not hit.last4), key=_place):
        ahead = bisect_left(starts, hit.end)
        if hit.start >= done and (not ahead or reach[ahead - 1] <= hit.start):
            kept.append(hit)
            done = hit.end
    return sorted(kept, key=_place)


def _place(hit: Hit) -> Span:
    return hit.start, hit.end
