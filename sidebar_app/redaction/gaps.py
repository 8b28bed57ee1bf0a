"""What stands between two digits of one number: separators, tags, escapes, line breaks, nothing visible."""

import html
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote

# An opening, closing or declaration tag, comments included. `<4111…>` is text in angle brackets.
TAG = r"<[a-zA-Z/!?][^<>]{0,1024}>"
# One element of a gap, told apart by its first character; the commonest first.
_PLAIN = r"[^\w<&%=\\]"
_MARKUP = r"<(?:[a-zA-Z/!?][^<>]{0,1024}>)?+"
_REFERENCE = (
    r"&(?:lt;/?[a-zA-Z][^&<>\n]{0,64}&gt;|nbsp;?+"
    r"|(?:amp;)?(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})|[a-zA-Z][a-zA-Z0-9]{1,31});)?+"
)
# Percent and quoted-printable escapes of anything but ASCII letters and digits.
_PERCENT = r"%(?:[012][0-9A-Fa-f]|3[a-fA-F]|40|5[b-fB-F]|60|7[b-eB-E]|[89A-Fa-f][0-9A-Fa-f])?+"
_QUOTED = r"=(?:\r?\n|09|0[AD]|20|2[CDEF]|A0|C2=A0|E2=80=[89AB][0-9A-F])?+"
_BACKSLASHED = r"\\(?:[nrtbfv]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})?+"
# At most so many elements stand between two digits of one number.
_ELEMENTS = 24
GAP = rf"(?:{_PLAIN}|_|{_MARKUP}|{_REFERENCE}|{_PERCENT}|{_QUOTED}|{_BACKSLASHED}){{0,{_ELEMENTS}}}+"
# An escape whose digits, right before a number, are none of it: card%204242…, \u00a04242…, card=204242…
ESCAPE = r"%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|=(?:20|09|A0|C2=A0)"
# An element that may itself hold digits.
HOLDS_DIGITS = re.compile(r"<[a-zA-Z/!?]|&(?:amp;)?[#a-zA-Z]|%[0-9A-Fa-f]{2}|=[0-9A-E][0-9A-F]|\\[ux]")
MARKED = re.compile(r"[<&%=\\]")

_TAG = re.compile(rf"{TAG}|&lt;(?P<escaped>/?[a-zA-Z][^&<>\n]{{0,64}})&gt;")
# The end of a tag whose beginning lies before the gap, also in text that is not said to be markup.
_ATTRIBUTE_ENDS = re.compile(r"[\"']\s*/?>")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")
BREAKING = frozenset("br p div li ul ol tr table blockquote pre h1 h2 h3 h4 h5 h6 section article hr".split())
CELL = frozenset(("td", "th"))
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_DASH = re.compile(
    "[\u00af\u02d7\u058a\u05be\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2501\u2e3a\u2e3b\ufe58\ufe63\uff0d]"
)
_SPACE = re.compile(r"[^\S\n]+")
_QUOTE = re.compile(r"\s*\n[\s>|]*")
_BACKSLASH = re.compile(r"\\(?:([nrtbfv])|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "\n", "v": "\n"}
_OF_MARKUP = "\ue000"
# The edge of a table cell of markup, and how one of text looks.
_OF_CELL, _EDGE = "\ue001", "|"
_CELLS = re.compile(rf"[\s{_OF_MARKUP}]*{_OF_CELL}[\s{_OF_MARKUP}{_OF_CELL}]*")
_EDGES = re.compile(r"[^\S\n]*\|[^\S\n]*")
_WIDEST = 8
_STARS = 6
_SHORT = 16


class GapKind(Enum):
    """NONE shows nothing, BREAK only moves to another line, SEEN is a separator, WALL ends a number."""

    NONE = 0
    BREAK = 1
    SEEN = 2
    WALL = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """`seen` is what a reader sees between the digits, spaces and dashes brought to one form."""

    kind: GapKind
    seen: str

    @property
    def mark(self) -> str:
        """The separator alone: a line end behind a hyphen does not make it another one."""
        return self.seen.rstrip("\n") or self.seen


def gap(raw: str, *, markup: bool) -> Gap:
    """Classifies the raw text between two digits. A bare `>` ends a tag in markup and behind quotes, so a number."""
    if len(raw) <= _SHORT:
        return _short_gap(raw, markup)
    return _gap(raw, markup)


def _gap(raw: str, markup: bool) -> Gap:  # noqa: FBT001
    text = _TAG.sub(_shown_tag, raw)
    if ">" in text and "\n" not in text and (markup or _ATTRIBUTE_ENDS.search(text)):
        return Gap(GapKind.WALL, "")
    if MARKED.search(text):
        text = _decoded(text)
    text = INVISIBLE.sub("", text)
    if _OF_CELL in text:
        text = _CELLS.sub(_cell_edge, text)
    if not text:
        return Gap(GapKind.NONE, "")
    if any(map(str.isalnum, text)) or text.count("*") >= _STARS:
        return Gap(GapKind.WALL, "")
    return _seen(_SPACE.sub(" ", _DASH.sub("-", text.replace("\r\n", "\n").replace("\r", "\n"))))


_short_gap = lru_cache(maxsize=4096)(_gap)


def _seen(text: str) -> Gap:
    if _EDGE in text:
        text = _EDGES.sub(_EDGE, text)
    if "\n" not in text:
        return Gap(GapKind.WALL if len(text) > _WIDEST else GapKind.SEEN, text)
    if text.count("\n") > 1 and _OF_MARKUP not in text:
        return Gap(GapKind.WALL, "")
    rest = _QUOTE.sub("", text.replace(_OF_MARKUP, "")).strip()
    if len(rest) > _WIDEST:
        return Gap(GapKind.WALL, "")
    return Gap(GapKind.SEEN, rest + "\n") if rest else Gap(GapKind.BREAK, "\n")


def _cell_edge(found: re.Match[str]) -> str:
    """One edge where cells of a row meet, a line end where rows do."""
    return f"{_OF_MARKUP}\n" if _OF_MARKUP in found.group() else _EDGE


def _shown_tag(found: re.Match[str]) -> str:
    """The line or cell break a tag makes; breaks of markup are marked, since several may stand in a row."""
    name = _NAME.search(found.group("escaped") or found.group())
    word = name.group().lower() if name else ""
    if word in BREAKING:
        return _OF_MARKUP + "\n"
    return _OF_CELL if word in CELL else ""


def _decoded(text: str) -> str:
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "%" in text:
        text = unquote(text, errors="replace").replace("\ufffd", " ")
    if "=" in text:
        text = re.sub(r"=\r?\n", "", text)
        text = re.sub(r"(?:=[0-9A-F]{2})+", _quoted_printable, text)
    if "\\" in text:
        text = _BACKSLASH.sub(_control, text)
    return text


def _quoted_printable(found: re.Match[str]) -> str:
    return bytes.fromhex(found.group().replace("=", "")).decode("utf-8", "replace").replace("\ufffd", " ")


def _control(found: re.Match[str]) -> str:
    letter, wide, narrow = found.groups()
    return _CONTROL[letter] if letter else chr(int(wide or narrow, 16))
