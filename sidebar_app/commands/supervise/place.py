"""The folder that holds everything of one preview: one instance at a time, and it can start over."""

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

RUN_ENV = "run.env"
_LOCK = ".lock"
_SIGNS_OF_OURS = (_LOCK, RUN_ENV, "billing.db")


class InUse(Exception):
    """Another instance works in this folder."""


class NotOurs(Exception):
    """A folder that holds other things: it is not emptied."""


class Place:
    """`with Place(folder) as place:` holds the folder's lock; raises InUse."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Not inherited by children: a child that outlives us must not keep the next start out.
        lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise InUse(f"Another instance is running here ({self.address() or 'still starting'}).") from None
        self._lock = lock
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def address(self) -> str:
        """Where the service that was last started here is served; empty when there was none."""
        file = self.folder / RUN_ENV
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        return next((line.partition("=")[2] for line in lines if line.startswith("BASE_URL=")), "")

    def empty(self) -> None:
        """Deletes everything in the folder. Raises NotOurs when it does not look like one of ours."""
        inside = [path for path in self.folder.iterdir() if path.name != _LOCK]
        if inside and not any((self.folder / name).exists() for name in _SIGNS_OF_OURS[1:]):
            raise NotOurs(f"{self.folder} holds other things and was not made by this program.")
        for path in inside:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def emptied(self, name: str) -> Path:
        """A folder inside for what lasts no longer than one run."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def secret(self, name: str) -> str:
        """A random secret that stays the same from start to start."""
        file = self.folder / name
        if not file.exists():
            _write_private(file, secrets.token_urlsafe(48))
        return file.read_text(encoding="utf-8")

    def write_environment(self, environ: dict[str, str]) -> None:
        """What commands typed beside the running service need to speak to it; readable by its owner only."""
        lines = "".join(f"{name}={value}\n" for name, value in environ.items())
        file = self.folder / RUN_ENV
        file.unlink(missing_ok=True)
        _write_private(file, lines)


def _write_private(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
