"""The audit log's signing key and its checkpoints, in files outside the database."""

import os
from pathlib import Path

from sidebar_app.audit.checkpoint import Checkpoint, read_all
from sidebar_app.audit.note import SigningKey, VerifierKey, new_key_pem

LOG_NAME = "billing-sidebar-audit"


def signing_key(path: Path) -> SigningKey:
    """The key of this file, made (readable by its user only) when there is none yet. Raises BadKey, OSError."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(new_key_pem())
    return SigningKey.from_pem(LOG_NAME, path.read_bytes())


class CheckpointFile:
    """Checkpoints one after the other; only ever appended to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, note: str) -> None:
        """On the disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())

    def read(self, key: VerifierKey) -> list[Checkpoint]:
        """Raises BadNote; no file means no checkpoint yet."""
        return read_all(self._path.read_text(encoding="utf-8"), key) if self._path.exists() else []
