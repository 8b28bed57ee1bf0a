"""Merkle tree root of a growing list (RFC 9162 §2.1.1), in memory of the logarithm of its size."""

from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of the tree: one root per complete subtree, largest first. A new one is empty."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, data: bytes) -> None:
        """Appends one leaf."""
        root, carried = leaf_hash(data), self.size
        while carried & 1:
            root = node_hash(self._roots.pop(), root)
            carried >>= 1
        self._roots.append(root)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; the hash of nothing when there are none."""
        if not self._roots:
            return sha256(b"").digest()
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node_hash(left, root)
        return root
