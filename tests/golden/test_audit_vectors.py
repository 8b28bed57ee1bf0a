"""The canonical form and the chain are frozen: these bytes were hashed once and must be hashed so for ever.

When this fails, the code is wrong. A new form needs a new version beside the old one, and new vectors.
"""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sidebar_app.audit.canonical import parse
from sidebar_app.audit.chain import Verified, append, verify
from sidebar_app.audit.checkpoint import read, sign
from sidebar_app.audit.note import SigningKey, VerifierKey
from sidebar_app.domain.audit import AuditRecord, Entry

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("audit_vectors.json").read_text())
RECORDS = [
    AuditRecord(**(told["record"] | {"at": datetime.fromisoformat(told["record"]["at"])}))
    for told in VECTORS["entries"]
]
ENTRIES = [
    Entry(told["seq"], told["prev_hash"], told["hash"], told["canonical"]) for told in VECTORS["entries"]
]


@pytest.mark.parametrize("place", range(len(RECORDS)))
def test_every_record_is_chained_as_it_always_was(place: int) -> None:
    head = ENTRIES[place - 1] if place else None
    assert append(head, RECORDS[place]) == ENTRIES[place]
    assert parse(ENTRIES[place].canonical) == RECORDS[place]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry.seq))
def test_the_hash_can_be_checked_without_our_code(entry: Entry) -> None:
    digest = sha256(b"\x00" + bytes.fromhex(entry.prev_hash) + entry.canonical.encode())
    assert digest.hexdigest() == entry.hash


def test_size_head_and_root_are_what_they_were() -> None:
    assert verify(ENTRIES) == Verified(**VECTORS["verified"])


def test_the_checkpoint_is_signed_as_it_was() -> None:
    told = VECTORS["checkpoint"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["private_key_for_this_test_only"]))
    at = datetime.fromisoformat(told["at"])
    key = SigningKey(told["origin"], private)
    assert str(key.verifier) == told["vkey"]
    assert sign(Verified(**VECTORS["verified"]), key, at=at) == told["note"]
    assert read(told["note"], VerifierKey.parse(told["vkey"])).root == VECTORS["verified"]["root"]
