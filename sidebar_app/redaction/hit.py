"""What a scan finds, and which numbers a company wants left alone."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, Protocol, Self

Confidence = Literal["redact", "review"]
# The last three are classes an operator may switch on; `brand` then names the class (iban, us_ssn, …).
Kind = Literal["pan", "cvv", "expiry", "track", "iban", "bank_account", "national_id"]
Span = tuple[int, int]

# A shape that names fewer leading digits would let every card of a whole scheme through.
_MIN_LITERAL_DIGITS = 4
_SHAPE = re.compile(r"[0-9]{4,19}#*", re.ASCII)
_NON_DIGIT = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding. Offsets are code points of the scanned text; `end` is exclusive.

    `digit_spans` are the raw ranges that must go: of a PAN everything but its last four digits, of a
    security code, expiry date, track or national id everything. `last4` is empty where nothing stays. No
    field and no representation holds another digit of the number.
    """

    start: int
    end: int
    digit_spans: tuple[Span, ...] = field(repr=False)
    brand: str
    length: int
    last4: str
    confidence: Confidence
    kind: Kind
    rule: str

    @property
    def certain(self) -> bool:
        """True when the finding may be redacted without asking a person."""
        return self.confidence == "redact"


class ScanFailed(RuntimeError):
    """A text could not be searched to its end: it counts as not scanned, never as clean. Quotes nothing of it."""


class Scan(Protocol):
    """What the worker searches texts with: `scan` itself, or `scan` together with the optional classes."""

    def __call__(self, text: str, *, markup: bool = False, allowed: "Allowlist | None" = None) -> "list[Hit]":
        """Hits in order of their place, none overlapping another's digits. ScanFailed when the search broke off."""
        ...


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` has the length of the input; `hits` are those that were masked, with offsets in the input."""

    text: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Allowlist:
    """The company's own numbers that look like cards.

    shapes: leading digits and `#` for each further one, e.g. `90011#########`.
    labels: words that stand right before such a number, e.g. `Bestellnummer`, `loyalty card`.
    digests: keyed digests of single numbers (`Allowlist.digest`); never the number, never a plain hash
    (PCI DSS 3.5.1.1).
    """

    shapes: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    key: bytes = field(default=b"", repr=False)

    @classmethod
    def of(
        cls,
        shapes: Iterable[str] = (),
        *,
        labels: Iterable[str] = (),
        digests: Iterable[str] = (),
        key: bytes = b"",
    ) -> Self:
        """Spaces and hyphens in a shape do not count. ValueError for a shape that names under 4 digits."""
        plain = frozenset(re.sub(r"[ -]", "", shape) for shape in shapes)
        for shape in plain:
            if not _SHAPE.fullmatch(shape):
                raise ValueError(
                    f"An allowed shape is {_MIN_LITERAL_DIGITS} to 19 leading digits followed by '#' for each"
                    " further digit; fewer would let whole card schemes through."
                )
        words = frozenset(label.casefold().strip() for label in labels if label.strip())
        wanted = frozenset(digests)
        if wanted and not key:
            raise ValueError("Digests of allowed numbers need the key they were made with.")
        return cls(plain, words, wanted, key)

    @staticmethod
    def digest(number: str, *, key: bytes) -> str:
        """HMAC-SHA256 of the digits of `number`; ValueError without a key."""
        if not key:
            raise ValueError("A digest of a number needs a key.")
        return hmac.new(key, _NON_DIGIT.sub("", number).encode(), sha256).hexdigest()

    def permits(self, digits: str, *, before: str) -> bool:
        """True when this number, standing after the text `before`, is the company's own."""
        if any(_fits(shape, digits) for shape in self.shapes):
            return True
        if self.labels and self._labelled(before):
            return True
        return bool(self.digests) and self.digest(digits, key=self.key) in self.digests

    def _labelled(self, before: str) -> bool:
        tail = before.casefold().rstrip(" \t\u00a0:#=.-\"'(")
        return any(tail.endswith(label) for label in self.labels)


def _fits(shape: str, digits: str) -> bool:
    return len(shape) == len(digits) and digits.startswith(shape.rstrip("#"))
