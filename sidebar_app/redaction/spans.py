"""Hits applied to a text, span by span."""

from collections.abc import Iterable

from sidebar_app.redaction.hit import Hit, Span

# ASCII, so that also the length in bytes stays; harmless in HTML, JSON, CSV and on any terminal.
MASK = "*"


def apply_mask(text: str, hits: Iterable[Hit]) -> str:
    """`text` with the digit spans of `hits` masked, length kept."""
    return replaced(text, ((span, MASK * (span[1] - span[0])) for span in spans(hits)))


def spans(hits: Iterable[Hit]) -> list[Span]:
    """All digit spans by place; two cards may share the digits where one ends and the next begins."""
    found: list[Span] = []
    done = 0
    for start, end in sorted(span for hit in hits for span in hit.digit_spans):
        if end > done:
            found.append((max(start, done), end))
            done = end
    return found


def replaced(text: str, changes: Iterable[tuple[Span, str]]) -> str:
    """`text` with each span, in ascending order, exchanged for its new text."""
    pieces: list[str] = []
    done = 0
    for (start, end), new in changes:
        pieces += (text[done:start], new)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)
