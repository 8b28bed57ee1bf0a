"""Masking of a text that arrives in pieces and may never end, in constant memory."""

import re

from sidebar_app.redaction.detector import scan
from sidebar_app.redaction.gaps import GAP
from sidebar_app.redaction.hit import Allowlist
from sidebar_app.redaction.normalise import ANY_DIGIT
from sidebar_app.redaction.spans import apply_mask

# Raw text kept of what was given out already: what the words before the next number are read from.
_CONTEXT = 1024
# Text that must have been seen beyond a place before it is given out: a number, its tags, code and words.
_AHEAD = 2048
# So many characters without any digit or tag end every number.
_QUIET = 400
# How far back a row of digits is followed to its beginning; no card is wider, a longer row is given out in parts.
_REACH = 8192
_OPEN_RUN = re.compile(rf"{ANY_DIGIT}(?:{GAP}{ANY_DIGIT})*+{GAP}")
_LIVELY = re.compile(rf"{ANY_DIGIT}|[<>]")


class StreamMasker:
    """Feed pieces, write what comes back, finish. Pieces may end anywhere, also within a number.

    Holds back at most the last few thousand characters (ten thousand of an unbroken row of digits), in memory only.
    """

    def __init__(self, *, allowed: Allowlist | None = None) -> None:
        self._allowed = allowed
        self._given = ""
        self._pending = ""

    def feed(self, piece: str) -> str:
        """The masked text that no later piece can change; may be empty."""
        self._pending += piece
        return self._give(final=False)

    def finish(self) -> str:
        """The rest."""
        return self._give(final=True)

    def _give(self, *, final: bool) -> str:
        text, base = self._given + self._pending, len(self._given)
        ready = len(text) if final or not _LIVELY.search(text[-_QUIET:]) else len(text) - _AHEAD
        if ready <= base:
            return ""
        hits = [hit for hit in scan(text, allowed=self._allowed) if hit.certain]
        if ready < len(text):
            ready = self._calm_place(text, base, ready)
            crossing = [hit.start for hit in hits if hit.start < ready < hit.end]
            ready = max(base, min(crossing, default=ready))
        shown = apply_mask(text, hits)[base:ready]
        self._given, self._pending = text[max(0, ready - _CONTEXT) : ready], text[ready:]
        return shown

    def _calm_place(self, text: str, base: int, ready: int) -> int:
        """The last place up to `ready` that is not inside a row of digits, longer rows aside."""
        for found in _OPEN_RUN.finditer(text, max(base, ready - _REACH)):
            if found.start() >= ready:
                break
            if found.end() > ready:
                return found.start()
        return ready
