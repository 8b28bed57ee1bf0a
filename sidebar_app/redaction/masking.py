"""Hits applied to a text: masked for people and logs, marked for the helpdesk's redaction endpoint."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from sidebar_app.redaction.detector import scan
from sidebar_app.redaction.gaps import TAG
from sidebar_app.redaction.hit import Allowlist, Hit, Masked, Span
from sidebar_app.redaction.iin import MIN_LENGTH
from sidebar_app.redaction.normalise import ANY_DIGIT
from sidebar_app.redaction.spans import apply_mask, replaced, spans

_TAG = re.compile(TAG)
_DIGIT = re.compile(ANY_DIGIT)
_OPEN, _CLOSE = "<redact>", "</redact>"


def mask(text: str, *, markup: bool = False, allowed: Allowlist | None = None) -> Masked:
    """`text` with every certain finding masked: of a card number the last four digits stay, of a code,
    date or track nothing. Length and everything else stay as they are; a masked text is masked to itself."""
    hits = tuple(hit for hit in scan(text, markup=markup, allowed=allowed) if hit.certain)
    return Masked(apply_mask(text, hits), hits)


def mask_free_text(text: str) -> str:
    """For every boundary a person's or a program's words cross: reasons, notes, log lines, messages."""
    if not _may_hold_card(text):
        return text
    hits = [hit for hit in scan(text) if hit.certain]
    return apply_mask(text, hits) if hits else text


def redact_marks(html: str, hits: Sequence[Hit], *, markup: bool = True) -> str:
    """`html` with `<redact>…</redact>` around the raw digits of the certain `hits`, last four outside.

    It is a plain text, without tags, when `markup` is false.
    `hits` come from `scan(html, markup=markup)`. Tags inside a number stay outside the marks. A number in an
    attribute cannot be marked: its tag gets the bare attribute `redact`, which removes the tag and leaves its text.
    """
    certain = [hit for hit in hits if hit.certain]
    tags = [found.span() for found in _TAG.finditer(html)] if certain and markup else []
    starts = [start for start, _ in tags]
    changes: list[tuple[Span, str]] = []
    removed: set[int] = set()
    for span in spans(certain):
        before = bisect_left(starts, span[0])
        tag = tags[before - 1] if before else (0, 0)
        # A comment has no attributes, and one written into it would leave it open.
        if tag[1] <= span[0] or html.startswith("<!", tag[0]):
            changes.append((span, f"{_OPEN}{html[span[0] : span[1]]}{_CLOSE}"))
        elif tag[0] not in removed:
            removed.add(tag[0])
            changes.append(_removed_tag(html, tag))
    return replaced(html, sorted(changes))


def _removed_tag(html: str, tag: Span) -> tuple[Span, str]:
    place = tag[1] - (2 if html[tag[1] - 2] == "/" else 1)
    return (place, place), " redact"


def _may_hold_card(text: str) -> bool:
    """Cheap refusal for the short lines that most free text is."""
    if len(text) < MIN_LENGTH:
        return False
    if "&" in text or "%" in text or "\\" in text or "=" in text:
        return True
    return sum(1 for _ in _DIGIT.finditer(text)) >= MIN_LENGTH
