"""Signed notes (https://c2sp.org/signed-note): a text and Ed25519 signatures anybody with the key can check."""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_ED25519 = b"\x01"  # the algorithm byte of signed-note
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_NAME = re.compile(r"[^\s+]+")


class BadNote(ValueError):
    """A note that is malformed or whose signature does not hold."""


class BadKey(ValueError):
    """Not an Ed25519 key in the form that was asked for. Never quotes the key."""


@dataclass(frozen=True)
class VerifierKey:
    """Who signs, and the public key. `name` is the log's name, without spaces and plus signs."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != 32:
            raise BadKey("a key has a name without spaces or plus signs, and 32 bytes")

    @property
    def id(self) -> bytes:
        """The four bytes that tell which key a signature is for."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The form that auditors keep: name+id+key (C2SP vkey)."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadKey unless the text is a vkey whose id fits its key."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            raw = _decoded(encoded)
        except binascii.Error:
            raise BadKey("the key is not in base64") from None
        if raw[:1] != _ED25519:
            raise BadKey("the key is not an Ed25519 key")
        key = cls(name, raw[1:])
        if key.id.hex() != key_id:
            raise BadKey("the id does not belong to this name and key")
        return key


class SigningKey:
    """Signs in the name of `name`; never shows the key."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.verifier = VerifierKey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def from_pem(cls, name: str, pem: bytes) -> Self:
        """From an unencrypted PKCS#8 PEM (`openssl genpkey -algorithm ed25519`). Raises BadKey."""
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise BadKey("the file holds no unencrypted private key in PEM") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise BadKey("the key is not an Ed25519 key")
        return cls(name, private)

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier.name!r})"

    def sign(self, text: str) -> str:
        """The signed note; `text` ends with a newline and holds no empty line."""
        if not text.endswith("\n") or "\n\n" in text or text.startswith("\n"):
            raise ValueError("a note's text ends with a newline and has no empty line")
        signature = self.verifier.id + self._private.sign(text.encode())
        return f"{text}\n— {self.verifier.name} {base64.b64encode(signature).decode()}\n"


def new_key_pem() -> bytes:
    """A fresh Ed25519 private key, PKCS#8 PEM, unencrypted: keep it in a file only its user can read."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def opened(note: str, key: VerifierKey) -> str:
    """The text of a note that carries a valid signature of this key; other signatures are ignored.

    Raises BadNote.
    """
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise BadNote("not a signed note")
    text += "\n"
    lines = signatures.removesuffix("\n").split("\n")
    ours = [signature for line in lines if (signature := _signature(line, key)) is not None]
    if not ours:
        raise BadNote(f"no signature of {key.name}")
    try:
        for signature in ours:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, UnicodeEncodeError):
        raise BadNote(f"the signature of {key.name} does not hold") from None
    return text


def _signature(line: str, key: VerifierKey) -> bytes | None:
    """The signature bytes when the line is one of this key. Raises BadNote for a line that is none at all."""
    match = _SIGNATURE.fullmatch(line)
    if not match:
        raise BadNote("a signature line is malformed")
    try:
        raw = _decoded(match["signature"])
    except binascii.Error:
        raise BadNote("a signature is not in base64") from None
    return raw[4:] if match["name"] == key.name and raw[:4] == key.id else None


def _decoded(text: str) -> bytes:
    """Raises binascii.Error, also for a second spelling of the same bytes (RFC 4648 §3.5)."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise binascii.Error("not the canonical spelling")
    return raw
