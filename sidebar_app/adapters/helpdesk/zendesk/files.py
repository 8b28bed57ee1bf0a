"""Files in comments: what Zendesk says of them, and their content, which lies on another host.

Shapes: developer.zendesk.com, "Attachments". A `content_url` sends on to a signed address at a host that must never
see our token.
"""

import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from sidebar_app.adapters.helpdesk.zendesk.client import Json, ZendeskConnection
from sidebar_app.adapters.helpdesk.zendesk.errors import asked, of_status
from sidebar_app.ports.helpdesk import Attachment, FileTooLarge, HelpdeskUnavailable

# What Zendesk calls a file that it emptied.
_EMPTIED = "redacted.txt"
_MOST_REDIRECTS = 4
_PIECE = 1 << 16
# For the whole of it: a host that sends a byte a second must not hold a worker.
_SECONDS = 60.0
_MOVED = (301, 302, 303, 307, 308)
_LOOPBACK = frozenset(("127.0.0.1", "localhost"))


def attachment(ticket_id: int, comment_id: int, given: Json) -> Attachment:
    name, size = str(given.get("file_name") or ""), int(given.get("size") or 0)
    return Attachment(
        id=int(given["id"]),
        ticket_id=ticket_id,
        comment_id=comment_id,
        name=name,
        content_type=str(given.get("content_type") or ""),
        size=size,
        url=str(given.get("content_url") or ""),
        inline=given.get("inline") is True,
        removed=given.get("deleted") is True or (name == _EMPTIED and not size),
        malicious=given.get("malware_scan_result") == "malware_found",
    )


def is_same(before: Attachment, now: Attachment) -> bool:
    """True when the file is there as it was."""
    return now.id == before.id and not now.removed and (now.name != _EMPTIED or before.name == _EMPTIED)


def download(connection: ZendeskConnection, url: str, *, most_bytes: int) -> bytes:
    """Raises FileTooLarge, HelpdeskUnavailable, HelpdeskRefused or NoSuchTicket."""
    found: bytes | None = asked(lambda: _followed(connection, url, most_bytes))
    if found is None:
        raise FileTooLarge("The file is larger than we look into.")
    return found


def _followed(connection: ZendeskConnection, url: str, most_bytes: int) -> bytes | None:
    for _ in range(_MOST_REDIRECTS + 1):
        _check(connection, url)
        with connection.stream(url) as answer:
            if answer.status_code == 200:
                return _read(answer, most_bytes)
            if answer.status_code not in _MOVED:
                raise _refusal(connection, url, answer.status_code)
            url = urljoin(url, answer.headers.get("Location", ""))
    raise HelpdeskUnavailable("Zendesk sends us from address to address for a file.")


def _refusal(connection: ZendeskConnection, url: str, status: int) -> Exception:
    """What the host of the files says of a signed address tells nothing about our own rights."""
    at_home = urlsplit(url).netloc == urlsplit(connection.base_url).netloc
    if not at_home and status in (400, 401, 403, 410):
        return HelpdeskUnavailable(f"The address Zendesk gave us for a file is not good any more ({status}).")
    return of_status(status)


def _check(connection: ZendeskConnection, url: str) -> None:
    """https only; plain http to this machine only when our Zendesk is on it, too."""
    parts, home = urlsplit(url), urlsplit(connection.base_url)
    plain_is_fine = home.hostname in _LOOPBACK and parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and plain_is_fine):
        raise HelpdeskUnavailable("Zendesk names an address for a file that is not https.")


def _read(answer: requests.Response, most_bytes: int) -> bytes | None:
    """None when it is larger. What the header says of its length is not believed."""
    ends, content = time.monotonic() + _SECONDS, bytearray()
    pieces: Any = answer.iter_content(_PIECE)
    for piece in pieces:
        content += piece
        if len(content) > most_bytes:
            return None
        if time.monotonic() > ends:
            raise HelpdeskUnavailable("Zendesk hands out a file too slowly.")
    return bytes(content)
