"""What the words around a number say about it."""

import re
from dataclasses import dataclass

from sidebar_app.redaction.words import (
    CARD_STEMS,
    CARD_WORDS,
    DISTANT_WORDS,
    FILLERS,
    HTML_TAGS,
    NUMBER_WORDS,
    OTHER_CARDS,
    OTHER_WORDS,
    PAYMENT_STEMS,
    PEOPLE_WORDS,
    PHONE_WORDS,
)

# How far raw text is read on either side, and how much of it counts once tags are blanked.
REACH_BEFORE = 320
REACH_AFTER = 320
_NEAR_BEFORE = 100
_NEAR_AFTER = 60

_BLANKED = re.compile(
    r"</?(?P<tag>[a-zA-Z][a-zA-Z0-9:_-]*)[^<>]{0,1024}>|<[!?][^<>]{0,1024}>"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|[\u200b-\u200f\u2060\ufeff\u00ad]"
)
_OPEN_TAG = re.compile(r"<[a-zA-Z/!][^<>]*\Z")
_SPACES = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:/[a-z])?|#|№")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ENDED = re.compile(r"[^\w\n]*[.!?;,](?:\s|$)|.*\n\s*\n", re.DOTALL)
_LABEL_WORDS = 5
_PHONE_LONGEST = 15
_ABBREVIATED = frozenset(("no", "nr", "num", "ref", "inv", "ord"))
# Digits that belong to the same written number, as the year in INV-2024-…
_HYPHENATED = re.compile(r"(?<![0-9])[0-9]{1,8}[-/_.]\Z")
_LAST_DIGIT = re.compile(r".*[0-9]", re.DOTALL)

ADJACENT, NEAR, PAYING, NOTHING, DISTANT, OTHER = 3, 2, 1, 0, -1, -3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Text on both sides of a number with tags, references and invisible characters blanked one for one."""

    before: str
    after: str


def surroundings(text: str, start: int, end: int) -> Surroundings:
    """Offsets hold: before[-1] stands at start - 1, after[0] at end."""
    before = text[max(0, start - REACH_BEFORE) : start]
    after = text[end : end + REACH_AFTER]
    return Surroundings(blanked(before), blanked(after))


def blanked(text: str) -> str:
    """`text` with tags, references and invisible characters as spaces, one for one."""
    if text.isascii() and "<" not in text and "&" not in text:
        return text
    return _BLANKED.sub(_spaces_for, text)


def _spaces_for(found: re.Match[str]) -> str:
    """Spaces, but for a tag of some XML vocabulary: its name is a label."""
    tag = found.group("tag")
    return found.group() if tag and tag.lower() not in HTML_TAGS else " " * len(found.group())


@dataclass(frozen=True, slots=True)
class Said:
    """`points` for or against a card; `for_card` when any word nearby speaks of one."""

    points: int
    rule: str
    for_card: bool


def said(near: Surroundings, *, length: int, sturdy: bool) -> Said:
    """What label and neighbouring words say. A label counts more than a word somewhere near.

    A `sturdy` number (grouped as on a card) is not doubted for a word that merely stands in its sentence.
    """
    before = _SPACES.sub(" ", _OPEN_TAG.sub("", near.before))[-_NEAR_BEFORE:]
    after = _SPACES.sub(" ", near.after)[:_NEAR_AFTER]
    label = _label(before, length)
    if label == ADJACENT:
        return Said(ADJACENT, "label", for_card=True)
    for_card = _speaks_of_card(before) or _speaks_of_card(after)
    near_by = NEAR if for_card else PAYING if _speaks_of_paying(before + after) else NOTHING
    if label == OTHER:
        return Said(OTHER + near_by, "other-label", for_card=for_card)
    if near_by:
        return Said(near_by, "near", for_card=for_card)
    if not sturdy and _distant_other(before):
        return Said(DISTANT, "other-near", for_card=False)
    return Said(NOTHING, "plain", for_card=False)


def _speaks_of_paying(text: str) -> bool:
    folded = text.casefold()
    return any(stem in folded for stem in PAYMENT_STEMS)


def _speaks_of_card(text: str) -> bool:
    folded = text.casefold()
    if any(stem in folded for stem in CARD_STEMS):
        return True
    return not CARD_WORDS.isdisjoint(_WORD.findall(folded))


def _label(before: str, length: int) -> int:
    """Judges the last word before the number that is no filler, if nothing but punctuation parts them."""
    text = _CAMEL.sub("_", _LAST_DIGIT.sub("", _HYPHENATED.sub("", before)))
    words = [(found.group().casefold(), *found.span()) for found in _WORD.finditer(text)][-_LABEL_WORDS:]
    later, numbered = len(text), False
    for place in range(len(words) - 1, -1, -1):
        word, start, end = words[place]
        if word not in _ABBREVIATED and _ENDED.match(text[end:later]):
            return NOTHING
        later = start
        if word not in FILLERS:
            return _weigh(word, words[place - 1][0] if place else "", length=length, numbered=numbered)
        numbered = numbered or word in NUMBER_WORDS
    return NOTHING


def _weigh(word: str, previous: str, *, length: int, numbered: bool) -> int:
    if word in PHONE_WORDS:
        return OTHER if length <= _PHONE_LONGEST else NOTHING
    if word in PEOPLE_WORDS:
        return OTHER if numbered else NOTHING
    if word in OTHER_WORDS:
        return OTHER
    if _speaks_of_card(word):
        return OTHER if previous in OTHER_CARDS else ADJACENT
    return NOTHING


def _distant_other(before: str) -> bool:
    line = re.split(r"\n|[.!?]\s|[0-9]", before)[-1]
    return not DISTANT_WORDS.isdisjoint(_WORD.findall(line.casefold()))
