"""Signed checkpoints, kept outside the database: they show a cut-off tail and a history chained anew.

The text is a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint): origin, size, base64 Merkle root over
the canonical texts, then two extension lines of ours: `head <hash of the last entry>` and `at <time>`.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sidebar_app.audit.chain import Broken, History, Verified
from sidebar_app.audit.note import BadNote, SigningKey, VerifierKey, opened
from sidebar_app.domain.audit import Entry

_AT = "%Y-%m-%dT%H:%M:%SZ"
_TEXT = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"head (?P<head>[0-9a-f]{64})\nat (?P<at>[^\n]+)\n"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log was at a moment: `root` and `head` in hex."""

    origin: str
    size: int
    root: str
    head: str
    at: datetime

    def text(self) -> str:
        root = base64.b64encode(bytes.fromhex(self.root)).decode()
        at = self.at.astimezone(UTC).strftime(_AT)
        return f"{self.origin}\n{self.size}\n{root}\nhead {self.head}\nat {at}\n"


def sign(state: Verified, key: SigningKey, *, at: datetime) -> str:
    """The signed checkpoint of a verified log; the key's name is the log's origin. Append it to the file."""
    return key.sign(Checkpoint(key.verifier.name, state.size, state.root, state.head, at).text())


def read(note: str, key: VerifierKey) -> Checkpoint:
    """Raises BadNote when the signature or the form is wrong, or the checkpoint is of another log."""
    match = _TEXT.fullmatch(opened(note, key))
    if not match or match["origin"] != key.name:
        raise BadNote("not a checkpoint of this log")
    try:
        root = base64.b64decode(match["root"], validate=True).hex()
        at = datetime.strptime(match["at"], _AT).replace(tzinfo=UTC)
    except (binascii.Error, ValueError):
        raise BadNote("a checkpoint with a malformed root or time") from None
    return Checkpoint(match["origin"], int(match["size"]), root, match["head"], at)


def read_all(text: str, key: VerifierKey) -> list[Checkpoint]:
    """Every checkpoint of a file they were appended to, in its order. Raises BadNote for the first bad one.

    A last checkpoint that was only half written (the machine died) counts as bad too.
    """
    return [read(note, key) for note in _notes(text)]


def _notes(text: str) -> Iterator[str]:
    note: list[str] = []
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        if note and note[-1].startswith("— ") and not line.startswith("— "):
            yield "".join(note)
            note = []
        note.append(line)
    if note:
        yield "".join(note)


@dataclass(frozen=True, slots=True)
class Truncated:
    """Sound, but shorter than it once was: entries after `size` are gone, up to `signed_size` at least."""

    size: int
    signed_size: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The chain is sound in itself but is not the one that was signed at `signed_size` entries.

    The first changed entry is after `last_good_size` (the greatest checkpoint that still holds).
    """

    last_good_size: int
    signed_size: int
    expected: str
    actual: str


def verify_against(
    entries: Iterable[Entry], checkpoints: Sequence[Checkpoint]
) -> Verified | Broken | Truncated | Rewritten:
    """Reads the log once: the chain itself first, and at the size of each checkpoint its root and head."""
    history, waiting, good = History(), sorted(checkpoints, key=lambda c: c.size), 0
    for entry in _with_start(entries):
        if entry and (broken := history.add(entry)):
            return broken
        while waiting and waiting[0].size == history.size:
            signed = waiting.pop(0)
            if (signed.root, signed.head) != (history.root().hex(), history.head):
                return Rewritten(good, signed.size, signed.root, history.root().hex())
            good = signed.size
    return Truncated(history.size, waiting[-1].size) if waiting else history.state()


def _with_start(entries: Iterable[Entry]) -> Iterator[Entry | None]:
    """A checkpoint may have been signed over the empty log."""
    yield None
    yield from entries
