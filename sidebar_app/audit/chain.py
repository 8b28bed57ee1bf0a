"""Each entry's hash covers the entry before it: an edit, a swap, a gap or an insertion shows where it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sidebar_app.audit.canonical import canonical
from sidebar_app.audit.merkle import Frontier
from sidebar_app.domain.audit import AuditRecord, Entry

GENESIS = bytes(32)


def entry_hash(prev: bytes, canonical_bytes: bytes) -> bytes:
    """SHA-256 of 0x00, the 32 bytes of the previous hash, the canonical bytes."""
    if len(prev) != len(GENESIS):
        raise ValueError("the previous hash has 32 bytes")
    return sha256(b"\x00" + prev + canonical_bytes).digest()


def append(head: Entry | None, record: AuditRecord) -> Entry:
    """The entry that follows `head` (None: the first one, number 1). Raises NotCanonical."""
    text = canonical(record)
    prev = bytes.fromhex(head.hash) if head else GENESIS
    seq = head.seq + 1 if head else 1
    return Entry(seq, prev.hex(), entry_hash(prev, text.encode()).hex(), text)


class Flaw(StrEnum):
    MISSING = "missing"
    """A number is skipped: an entry was dropped."""
    OUT_OF_ORDER = "out of order"
    """A number came again or too late: an entry was inserted, repeated or moved."""
    BROKEN_LINK = "broken link"
    """The entry does not name the hash of the one before it."""
    EDITED = "edited"
    """The hash is not that of the text."""


@dataclass(frozen=True, slots=True)
class Verified:
    """`head` and `root` in hex; the head of an empty log is 64 zeros."""

    size: int
    head: str
    root: str


@dataclass(frozen=True, slots=True)
class Broken:
    """`expected` and `actual` are numbers or hashes, as the kind of flaw has it; never an entry's text."""

    first_bad_seq: int
    kind: Flaw
    expected: str
    actual: str


class History:
    """Verified entries so far, one at a time, in little memory; it can go on where it stopped.

    An entry that breaks the chain is not taken in: size, head and root stay those of the sound part.
    """

    def __init__(self) -> None:
        self._frontier = Frontier()
        self.head = GENESIS.hex()

    @property
    def size(self) -> int:
        return self._frontier.size

    def root(self) -> bytes:
        return self._frontier.root()

    def add(self, entry: Entry) -> Broken | None:
        """None when the entry continues the chain."""
        broken = self._flaw(entry)
        if broken is None:
            self._frontier.add(_bytes(entry))
            self.head = entry.hash
        return broken

    def state(self) -> Verified:
        return Verified(self.size, self.head, self.root().hex())

    def _flaw(self, entry: Entry) -> Broken | None:
        seq = self.size + 1
        if entry.seq != seq:
            kind = Flaw.MISSING if entry.seq > seq else Flaw.OUT_OF_ORDER
            return Broken(seq, kind, str(seq), str(entry.seq))
        if entry.prev_hash != self.head:
            return Broken(seq, Flaw.BROKEN_LINK, self.head, entry.prev_hash)
        actual = entry_hash(bytes.fromhex(self.head), _bytes(entry)).hex()
        return None if actual == entry.hash else Broken(seq, Flaw.EDITED, entry.hash, actual)


def _bytes(entry: Entry) -> bytes:
    """Not strict: what somebody wrote into the database is hashed as it is, whatever it is."""
    return entry.canonical.encode(errors="surrogatepass")


def verify(entries: Iterable[Entry]) -> Verified | Broken:
    """Reads the whole log once, in order; the first flaw ends it.

    A cut-off tail and a history that was chained anew are sound chains: only a signed checkpoint tells.
    """
    history = History()
    for entry in entries:
        if broken := history.add(entry):
            return broken
    return history.state()
