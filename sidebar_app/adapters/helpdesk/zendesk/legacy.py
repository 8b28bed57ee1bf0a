"""Redaction by literal text, for accounts where redaction by marks is refused: the older endpoint.

`PUT tickets/{id}/comments/{id}/redact {"text"}` blackens every occurrence of a text, on tickets that are not closed.
It does not look through tags, so a number that is split by them stays.
"""

import html
import re

from sidebar_app.adapters.helpdesk.zendesk.client import ZendeskConnection
from sidebar_app.ports.helpdesk import Comment

_MARK = re.compile(r"<redact>(.*?)</redact>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
# Between the groups of one number; what stands between two numbers has a digit or a letter in it.
_WITHIN_A_NUMBER = re.compile(r"[^\w<>]{0,6}")
# A shorter text stands in too many innocent places: the words before it go with it.
_SHORTEST = 8


def redact(connection: ZendeskConnection, comment: Comment, marked_html: str) -> str:
    """Tries all texts; a sentence about the last one that was refused, "" when none was."""
    path = f"tickets/{comment.ticket_id:d}/comments/{comment.id:d}/redact"
    refusals = [connection.refusal(path, {"text": text}) for text in literal_texts(marked_html)]
    return next(filter(None, reversed(refusals)), "")


def literal_texts(marked_html: str) -> list[str]:
    """What a reader sees of each mark, the groups of one number together."""
    found: list[tuple[int, int]] = []
    for mark in _MARK.finditer(marked_html):
        if found and _WITHIN_A_NUMBER.fullmatch(html.unescape(marked_html[found[-1][1] : mark.start()])):
            found[-1] = (found[-1][0], mark.end())
        else:
            found.append(mark.span())
    return [_long_enough(marked_html, start, end) for start, end in found]


def _long_enough(marked_html: str, start: int, end: int) -> str:
    text = _seen(marked_html[start:end])
    if len(text) >= _SHORTEST:
        return text
    before = _seen(marked_html[:start].rpartition(">")[2])
    return before[len(text) - _SHORTEST :] + text


def _seen(marked_html: str) -> str:
    return html.unescape(_TAG.sub("", marked_html))
