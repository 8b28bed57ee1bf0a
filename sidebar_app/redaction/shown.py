"""A text as a reader sees it, for recognizers that know no markup; each of its characters knows its raw place."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sidebar_app.redaction.gaps import BREAKING, CELL, INVISIBLE, TAG
from sidebar_app.redaction.hit import Span
from sidebar_app.redaction.normalise import normalise

_ELEMENT = re.compile(
    rf"(?P<tag>{TAG})|(?P<reference>&(?:#[0-9]{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[a-zA-Z][a-zA-Z0-9]{{1,31}});)"
    rf"|(?P<invisible>{INVISIBLE.pattern})"
)
_BLANK = re.compile(r"[^\S\n]")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Shown:
    """`places[i]` is the raw range of the i-th character of `text`."""

    text: str
    places: list[Span]


def shown(text: str, *, markup: bool) -> Shown:
    """What is readable, and behind it what stands inside tags (links and titles repeat numbers)."""
    signs: list[str] = []
    places: list[Span] = []
    for sign, place in _signs(text, markup=markup):
        signs.append(sign)
        places.append(place)
    return Shown(normalise_digits("".join(signs)), places)


def normalise_digits(text: str) -> str:
    """Digits of other scripts as ASCII, one for one; blanks of any width as spaces."""
    flat = normalise(text)
    return _BLANK.sub(" ", flat.text if flat.offsets is None else text)


def _signs(text: str, *, markup: bool) -> Iterator[tuple[str, Span]]:
    done = 0
    tags: list[Span] = []
    for found in _ELEMENT.finditer(text):
        if not markup and found.lastgroup != "invisible":
            continue
        yield from ((text[place], (place, place + 1)) for place in range(done, found.start()))
        yield from ((sign, found.span()) for sign in _seen(found))
        if found.lastgroup == "tag" and _DIGIT.search(found.group()):
            tags.append(found.span())
        done = found.end()
    yield from ((text[place], (place, place + 1)) for place in range(done, len(text)))
    for start, end in tags:
        yield "\n", (start, start)
        yield from ((text[place], (place, place + 1)) for place in range(start, end))


def _seen(found: re.Match[str]) -> str:
    """A line end for what breaks the line, the sign of a reference, nothing for the rest."""
    if found.lastgroup == "reference":
        return html.unescape(found.group())
    name = _NAME.search(found.group()) if found.lastgroup == "tag" else None
    word = name.group().lower() if name else ""
    if word in BREAKING:
        return "\n"
    return "\t" if word in CELL else ""
