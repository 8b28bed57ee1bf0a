"""Saved mails (EML): the headers people read, every text, and what is attached to it."""

import email
import email.policy
from contextlib import suppress
from email.header import decode_header, make_header
from email.message import Message

from sidebar_app.adapters.extraction.reading import File, Reading

_HEADERS = ("subject", "from", "to", "cc", "reply-to", "comments", "keywords")


def read_mail(file: File, reading: Reading) -> None:
    mail = email.message_from_bytes(file.content, policy=email.policy.compat32)
    _say_headers(mail, file, reading)
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            if number and part.get_content_type() == "message/rfc822":
                _say_headers(part, file, reading)
            continue
        _read_part(part, file, reading)


def _say_headers(mail: Message, file: File, reading: Reading) -> None:
    said = [_shown(v) for h in _HEADERS for v in mail.get_all(h, [])]
    reading.says(file.place, "\n".join(said))


def _read_part(part: Message, file: File, reading: Reading) -> None:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    reading.spend("unpacked", len(content))
    kind, name = part.get_content_type(), part.get_filename() or ""
    place = file.within(name) if name else file.place
    charset = part.get_content_charset()
    if charset and kind.startswith("text/"):
        with suppress(LookupError, UnicodeError):  # else it is found out like that of any file
            content = content.decode(charset).encode()
    reading.read(File(content, name, kind, place, file.depth + 1))


def _shown(value: object) -> str:
    """`=?utf-8?Q?…?=` as the words it stands for."""
    try:
        return str(make_header(decode_header(str(value))))
    except (LookupError, ValueError):
        return str(value)
