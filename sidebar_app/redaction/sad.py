"""What stands beside a card number and must go with it: expiry dates, security codes, PINs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sidebar_app.redaction.labels import CODE_LABELS, DATE_LABELS, STEMS
from sidebar_app.redaction.words import UNITS

_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:20[1-5][0-9]|[1-5][0-9])"
_NAMES = (
    "jan|feb|fev|fév|mar|mär|abr|apr|avr|may|mai|maj|mag|mei|jun|juin|giu|jul|juil|lug|aug|aou|aoû|ago|sep|set|oct|okt|ott|out"
    "|nov|dec|dez|déc|dic|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"
)
_NUMERIC = (
    rf"{_MONTH}\s*[/\-.–\\|]\s*{_YEAR}|20[1-5][0-9]\s*[/\-.]\s*(?:0[1-9]|1[0-2])"
    rf"|{_MONTH}\s*月\s*{_YEAR}\s*年?|20[1-5][0-9]\s*年\s*{_MONTH}"
)
_DATE_END = r"(?![0-9]|[/.\-][0-9])"
_NAMED = rf"(?:{_NAMES})[^\W\d_]*[\s.,\-/'’]{{0,3}}{_YEAR}"
_LOOSE = rf"(?:{_NUMERIC}|{_NAMED}|(?:0[1-9]|1[0-2])\s?{_YEAR})"
# Up to a few marks, with any number of blanks around them (tags are blanked before).
_NEXT = r"(?:[^\S\n]*+(?:[^\w\s][^\S\n]*+){0,4}\r?\n?[^\S\n]*+(?:[^\w\s][^\S\n]*+){0,2})(?<![0-9])"
_DATE_BESIDE = re.compile(rf"{_NEXT}(?P<date>{_NUMERIC}|{_NAMED}){_DATE_END}", re.IGNORECASE)
# Twelve, twenty-seven and the code, parted by any mark: 12|2027|123, 12,27,123, 1227 123.
_PACKED_BESIDE = re.compile(
    rf"{_NEXT}(?P<date>(?:0[1-9]|1[0-2])(?P<mark>\s?[,;:|/\- ]?\s?)(?:20)?[2-4][0-9]|[2-4][0-9]/(?:0[1-9]|1[0-2]))"
    rf"{_NEXT}(?P<code>[0-9]{{3,4}})"
    r"(?![0-9]|[./\-][0-9])"
)
_GLUED = re.compile(r"(?P<date>[0-9]{4})(?P<code>[0-9]{3,4})?(?![0-9])")
_CODE_BESIDE = re.compile(
    r"(?:[^\S\n]*+(?:[^\w\s$€£¥₹][^\S\n]*+){0,4}|(?:[^\w\n]{0,3}\r?\n){1,2}[^\w\n]{0,3}(?=[0-9]+\s*(?:\n|$)))(?<![0-9])"
    r"(?P<code>[0-9]{3,4})(?![0-9]|\w|[^\S\n]?[/.:,\-][^\S\n]?[0-9]|\s?[%€$£¥])"
)
_NEXT_WORD = re.compile(r"\s{0,3}([^\W\d_]+)")

# Between a label and its value: "is", ":", "(3 digits)", "on the back".
_TO_VALUE = r"(?:\s*\((?![0-9]{3,4}\))[^()\n]{0,24}\))?[^0-9\n]{0,24}?(?:\n\s*)?"
_DAY = r"(?:[0-3]?[0-9][/.\-](?=[01]?[0-9][/.\-]))?"
_LABELLED_DATE = re.compile(
    rf"(?<![a-zA-Z])(?:{DATE_LABELS})(?:\s*\(?(?:mm|date|thru)[^0-9\n]{{0,12}})?{_TO_VALUE}{_DAY}"
    rf"(?P<date>{_LOOSE}){_DATE_END}",
    re.IGNORECASE,
)
_LABELLED_CODE = re.compile(
    rf"(?<![a-zA-Z])(?:{CODE_LABELS}){_TO_VALUE}"
    r"(?P<code>[0-9]{3,4}|[0-9](?:[ \-.][0-9]){2,3})(?![0-9]|[/\-](?:[0-9]|$))",
    re.IGNORECASE,
)
# The label after the value: "123 is the cvv", "123 (CVV)".
_TO_LABEL = r"(?:\s?\(|\s(?:is|as|was)\s(?:my\s|the\s)?|\s)"
_CODE_THEN_LABEL = re.compile(
    rf"(?<![0-9/.\-])(?P<code>[0-9]{{3,4}}){_TO_LABEL}(?:{CODE_LABELS})(?![^\W\d_])", re.IGNORECASE
)
_DATE_THEN_LABEL = re.compile(
    rf"(?<![0-9/.\-])(?P<date>{_NUMERIC}){_TO_LABEL}(?:{DATE_LABELS})(?![^\W\d_])", re.IGNORECASE
)
# Fields of a form or a document: exp_month=12, "expYear": 2027.
_DATE_FIELD = re.compile(
    r"exp(?:iry|iration|ire|ires)?[\s_\-]?(?:date)?[\s_\-]?(?:month|year|mon|yr|mm|yy(?:yy)?|m|y)"
    r"[^\w\n]{1,6}(?P<date>[0-9]{1,4})(?![0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extra:
    """One value beside a card: range in the slice that was searched."""

    kind: Literal["cvv", "expiry"]
    start: int
    end: int
    rule: str


def beside_after(after: str, *, code_length: int, glued: bool) -> list[Extra]:
    """Values in the text that follows a card number directly or with a label."""
    found = list(_labelled(after))
    taken = [(each.start, each.end) for each in found]
    direct = _direct(after, code_length=code_length, glued=glued)
    return found + [each for each in direct if not _overlaps(each, taken)]


def beside_before(before: str) -> list[Extra]:
    """Labelled values in the text that precedes a card number."""
    return list(_labelled(before))


def dated(after: str, before: str) -> bool:
    """True when an expiry date or a labelled code stands by: it speaks for a card."""
    if next(_labelled(after), None) or next(_labelled(before), None):
        return True
    return _DATE_BESIDE.match(after) is not None or _PACKED_BESIDE.match(after) is not None


def _labelled(text: str) -> Iterator[Extra]:
    folded = text.casefold()
    if not any(stem in folded for stem in STEMS):
        return
    taken: list[tuple[int, int]] = []
    patterns = (
        (_LABELLED_DATE, "date"),
        (_LABELLED_CODE, "code"),
        (_DATE_FIELD, "date"),
        (_CODE_THEN_LABEL, "code"),
        (_DATE_THEN_LABEL, "date"),
    )
    for pattern, group in patterns:
        for found in pattern.finditer(text):
            extra = _extra(found, group, "labelled")
            if not _overlaps(extra, taken):
                taken.append((extra.start, extra.end))
                yield extra


def _direct(after: str, *, code_length: int, glued: bool) -> list[Extra]:
    if glued and (packed := _GLUED.match(after)):
        return _both(packed, "glued")
    if packed := _PACKED_BESIDE.match(after):
        return _both(packed, "beside")
    if date := _DATE_BESIDE.match(after):
        code = _code(after, date.end(), code_length, dated=True)
        return [_extra(date, "date", "beside"), *code]
    code = _code(after, 0, code_length, dated=False)
    if code and (date := _DATE_BESIDE.match(after, code[0].end)):
        return [*code, _extra(date, "date", "beside")]
    return code


def _code(after: str, position: int, code_length: int, *, dated: bool) -> list[Extra]:
    """Three digits (four on the front of an American Express) that stand right there and are no amount."""
    found = _CODE_BESIDE.match(after, position)
    if not found or (len(found["code"]) != code_length and not dated):
        return []
    follows = _NEXT_WORD.match(after, found.end())
    if follows and follows[1].casefold() in UNITS:
        return []
    return [_extra(found, "code", "beside")]


def _both(found: re.Match[str], rule: str) -> list[Extra]:
    extras = [_extra(found, "date", rule)]
    return extras + ([_extra(found, "code", rule)] if found["code"] else [])


def _extra(found: re.Match[str], group: str, rule: str) -> Extra:
    return Extra("cvv" if group == "code" else "expiry", found.start(group), found.end(group), rule)


def _overlaps(extra: Extra, taken: list[tuple[int, int]]) -> bool:
    return any(extra.start < end and start < extra.end for start, end in taken)
