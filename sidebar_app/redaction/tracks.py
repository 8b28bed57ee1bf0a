"""Magnetic stripe data (ISO/IEC 7813), tracks 1 and 2, with or without sentinels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sidebar_app.redaction.iin import judge
from sidebar_app.redaction.runs import luhn

# Name, expiry, service code, then whatever the issuer put there, up to the end sentinel if there is one.
_AFTER_NAME = r"\^(?P<rest>[^^\n<>]{2,26}\^(?:[0-9]{4}|\^)(?:[^?\n<>^]{0,80}\?|[0-9]{0,80}))"
_TRACK1 = re.compile(rf"(?P<pan>[0-9]{{12,19}}){_AFTER_NAME}")
_TRACK1_SPACED = re.compile(rf"(?P<pan>[0-9]{{4}}(?: [0-9]{{2,6}}){{2,4}}){_AFTER_NAME}")
_TRACK2 = re.compile(
    r"(?P<pan>[0-9]{12,19})[=D](?P<rest>[1-5][0-9](?:0[1-9]|1[0-2])[0-9]{3}[0-9]{0,24}F?\??)(?![0-9])"
)
# One pattern per first character: the engine looks for a single one many times faster than for a class.
_HINTS = (("=", re.compile(r"=[1-5][0-9][01][0-9]{4}")), ("D", re.compile(r"D[1-5][0-9][01][0-9]{4}")))
_HEAD = re.compile(r"(?:%?[Bb]|;)\Z")


@dataclass(frozen=True, slots=True)
class Track:
    """The whole of one track, sentinels included."""

    start: int
    end: int
    brand: str
    last4: str
    length: int
    rule: str


def tracks(text: str) -> Iterator[Track]:
    """Track data whose account number passes Luhn. Free unless the text holds `^`, or digits and `=` or `D`."""
    if "^" in text:
        yield from _found(text, _TRACK1, "track1")
        yield from _found(text, _TRACK1_SPACED, "track1")
    if any(sign in text and hint.search(text) for sign, hint in _HINTS):
        yield from _found(text, _TRACK2, "track2")


def _found(text: str, pattern: re.Pattern[str], rule: str) -> Iterator[Track]:
    for found in pattern.finditer(text):
        pan = found["pan"].replace(" ", "")
        named = judge(pan)
        if named and luhn(pan):
            head = _HEAD.search(text, max(0, found.start() - 2), found.start())
            start = head.start() if head else found.start()
            yield Track(start, found.end(), named[0], pan[-4:], len(pan), rule)
