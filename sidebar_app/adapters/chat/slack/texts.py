"""Writing text that Slack shows exactly as meant: escaped, short enough, without addresses.

Escaping: docs.slack.dev/messaging/formatting-message-text#escaping. Without it a customer's
"<!channel>" or "<https://evil.example|Approve>" would come alive.
"""

import re
from datetime import datetime
from typing import Any

from sidebar_app.redaction import mask_free_text

Json = dict[str, Any]

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Bounded on both sides of the @, so that no text is slow to search.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")


def safe(text: str) -> str:
    """What a person typed, without card numbers and e-mail addresses. Slack is no place for either."""
    return _EMAIL.sub("[e-mail address]", mask_free_text(text))


def escaped(text: str, limit: int = 2000) -> str:
    """The text for mrkdwn, at most `limit` characters after escaping; a cut never splits an entity."""
    pieces: list[str] = []
    size = 0
    for character in text:
        piece = _ENTITIES.get(character, character)
        if size + len(piece) > limit - 1:
            return "".join(pieces).rstrip() + "…"
        pieces.append(piece)
        size += len(piece)
    return "".join(pieces)


def shortened(text: str, limit: int) -> str:
    """The text for plain_text, on one line, at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def quoted(text: str, limit: int = 1500) -> str:
    """Escaped, every line marked as a quotation, so that no line of it can pose as ours."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(f"> {line}" for line in escaped("\n".join(lines), limit).split("\n"))


def mrkdwn(text: str) -> Json:
    """A mrkdwn object; `verbatim` keeps Slack from turning plain text into links and mentions."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": False}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def moment(at: datetime) -> str:
    """A time in the reader's own time zone, with UTC for clients that cannot."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{utc(at)}>"


def utc(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M} UTC"
