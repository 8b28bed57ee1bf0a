"""`sidebar-app redact`: masks card numbers in a stream of text or of JSON lines."""

import codecs
import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from sidebar_app.redaction import Hit, mask
from sidebar_app.redaction.stream import StreamMasker

_PIECE = 65_536


class LineUnreadable(ValueError):
    """One input line is not what it must be; the message never quotes it. `known_id` when it had one."""

    def __init__(self, message: str, known_id: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.known_id = known_id or {}


class NotANumber(Exception):
    """NaN or an infinity."""


@click.command("redact")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help='Read JSON lines {"id","text"}, answer {"id","text","findings"}; offsets count in the input text.',
)
def redact(as_json: bool) -> None:  # noqa: FBT001
    """Mask card numbers: text from standard input, the same text with only the last four digits on standard output.

    Security codes and expiry dates beside a number, and magnetic stripe data, are masked whole. Exit status 1 if any
    JSON line could not be read; the others are answered all the same.
    """
    source, target = sys.stdin.buffer, sys.stdout.buffer
    if not as_json:
        _stream(source, target)
    elif not _lines(source, target):
        raise click.exceptions.Exit(1)


def _stream(source: BinaryIO, target: BinaryIO) -> None:
    """Bytes that are no UTF-8 pass through unchanged."""
    masker = StreamMasker()
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in _pieces(source):
        _write(target, masker.feed(decoder.decode(piece)))
    _write(target, masker.feed(decoder.decode(b"", final=True)))
    _write(target, masker.finish())


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """What has arrived, without waiting for a full piece."""
    read = getattr(source, "read1", source.read)
    while piece := read(_PIECE):
        yield piece


def _write(target: BinaryIO, text: str) -> None:
    if text:
        target.write(text.encode("utf-8", "surrogateescape"))
        target.flush()


def _lines(source: BinaryIO, target: BinaryIO) -> bool:
    """Answers every line; True when all could be read."""
    clean = True
    for line in source:
        if not line.strip():
            continue
        try:
            answer = _answer(line)
        except LineUnreadable as fault:
            clean = False
            answer = {**fault.known_id, "error": str(fault)}
        target.write(json.dumps(answer).encode("ascii") + b"\n")
        target.flush()
    return clean


def _answer(line: bytes) -> dict[str, Any]:
    known_id, text = _read(line)
    masked = mask(text)
    findings = [_finding(hit) for hit in masked.hits if hit.last4]
    return {**known_id, "text": masked.text, "findings": findings}


def _read(line: bytes) -> tuple[dict[str, Any], str]:
    try:
        document = json.loads(line, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise LineUnreadable("The line is not UTF-8.") from None
    except NotANumber:
        raise LineUnreadable("The line is not JSON: NaN and Infinity are no numbers.") from None
    except json.JSONDecodeError as fault:
        raise LineUnreadable(f"The line is not JSON: {fault.msg} at column {fault.colno}.") from None
    except (RecursionError, ValueError):
        raise LineUnreadable(
            "The line is JSON that cannot be read: nested too deeply or a number too long."
        ) from None
    if not isinstance(document, dict):
        raise LineUnreadable('The line must be an object with "id" and "text".')
    known_id = {"id": document["id"]} if "id" in document else {}
    if not isinstance(document.get("text"), str):
        raise LineUnreadable('"text" is missing or is no string.', known_id)
    if not known_id:
        raise LineUnreadable('"id" is missing.')
    return known_id, document["text"]


def _no_number(_: str) -> None:
    """Python's reader would take NaN, and we would answer with it."""
    raise NotANumber


def _finding(hit: Hit) -> dict[str, Any]:
    return {"start": hit.start, "end": hit.end, "brand": hit.brand, "last4": hit.last4}
