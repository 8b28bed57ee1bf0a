"""Comment markup: text to html and back, and what `<redact>` marks do to it.

Marks: developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments (comment_redactions).
"""

import html
import re

BLACK = "▇"

_TOKEN = re.compile(
    r"(?P<open><redact>)|(?P<close></redact>)|(?P<tag></?[a-zA-Z!][^<>]*>)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)|(?P<char>.)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\sredact(?=[\s/>])")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|blockquote|pre|h[1-6])>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")


class BadMarks(Exception):
    """Marks that are nested, not closed, or missing."""


def to_html(text: str) -> str:
    """Plain text as Zendesk wraps it."""
    paragraphs = re.split(r"\n{2,}", html.escape(text.strip(), quote=False))
    inner = "".join(f'<p dir="auto">{p.replace(chr(10), "<br>")}</p>' for p in paragraphs)
    return f'<div class="zd-comment" dir="auto">{inner}</div>'


def to_text(markup: str) -> str:
    """What a reader sees, line breaks kept."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).strip()


def unmarked(marked: str) -> str:
    """The html without its marks: what must equal the stored html."""
    plain = marked.replace("<redact>", "").replace("</redact>", "")
    return _TAG.sub(lambda tag: _ATTRIBUTE.sub("", tag.group()), plain)


def redacted(marked: str) -> str:
    """Every character inside a mark blackened, every element with a bare `redact` attribute removed.

    Tags inside a mark stay. Raises BadMarks.
    """
    out: list[str] = []
    inside = found = False
    for token in _TOKEN.finditer(marked):
        kind, text = token.lastgroup, token.group()
        if kind in ("open", "close"):
            if inside is (kind == "open"):
                raise BadMarks("The redact marks do not pair up.")
            inside, found = kind == "open", True
        elif kind == "tag":
            removed = bool(_ATTRIBUTE.search(text))
            found = found or removed
            out.append("" if removed else text)
        else:
            out.append(BLACK if inside else text)
    if inside or not found:
        raise BadMarks("Nothing is marked." if not found else "The redact marks do not pair up.")
    return "".join(out)
