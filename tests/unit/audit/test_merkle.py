"""The tree hash of RFC 9162, checked against its recursive definition and published roots."""

from hashlib import sha256

import pytest

from sidebar_app.audit.merkle import Frontier

# The leaves and roots every Certificate Transparency implementation is checked with.
LEAVES = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def _root(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word for word."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1 << ((n - 1).bit_length() - 1)
    return sha256(b"\x01" + _root(leaves[:k]) + _root(leaves[k:])).digest()


def _of(leaves: list[bytes]) -> Frontier:
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    return tree


@pytest.mark.parametrize("size", ROOTS)
def test_the_root_is_the_published_one(size: int) -> None:
    assert _of(LEAVES[:size]).root().hex() == ROOTS[size]


def test_the_root_is_the_definition_s_at_every_size() -> None:
    leaves = [bytes([n]) for n in range(70)]
    tree = Frontier()
    for size, leaf in enumerate(leaves, start=1):
        tree.add(leaf)
        assert (tree.size, tree.root()) == (size, _root(leaves[:size]))
