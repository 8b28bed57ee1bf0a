"""The extractor: each file is read by a process of its own with limits, no secrets, and a pipe to answer through."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO

from sidebar_app.adapters.extraction import wire
from sidebar_app.adapters.extraction.bounds import Bounds
from sidebar_app.ports.extractor import FileTexts, NotScanned

# Grows when more kinds are read, so that old files are looked at again.
CODE_VERSION = "files-1"
# Beyond the child's own deadline, at which it still answers with what it has.
_GRACE_SECONDS = 3.0
_PIECE = 1 << 16
# Of UTF-8; the few signs that JSON writes longer are outweighed by those it writes shorter.
_BYTES_PER_CHAR = 4


class SandboxedExtractor:
    """Implements Extractor. `tesseract` is its path; empty when there is none, then pictures are not scanned."""

    def __init__(self, bounds: Bounds | None = None, *, tesseract: str | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._tesseract = find_tesseract() if tesseract is None else tesseract

    @property
    def version(self) -> str:
        return f"{CODE_VERSION}+ocr" if self._tesseract else CODE_VERSION

    @property
    def most_bytes(self) -> int:
        return self._bounds.file_bytes

    @property
    def reads_pictures(self) -> bool:
        return bool(self._tesseract)

    def extract(self, content: bytes, *, name: str, content_type: str) -> FileTexts:
        if len(content) > self._bounds.file_bytes:
            return _gap("The file is larger than we look into.")
        if not content:
            return FileTexts()
        order = wire.Order(name, content_type, self._tesseract, self._bounds)
        return self._answered(wire.order_line(order), content)

    def _answered(self, line: bytes, content: bytes) -> FileTexts:
        process = _started()
        try:
            answer = self._heard(process, line, content)
        finally:
            _ended(process)
        if answer is None:
            return _gap("Reading it takes too long.")
        if process.returncode:
            return _gap(_why(process.returncode))
        try:
            return wire.read_answer(answer)
        except (ValueError, TypeError, KeyError):
            return _gap("Reading it ended without an answer.")

    def _heard(self, process: "subprocess.Popen[bytes]", line: bytes, content: bytes) -> bytes | None:
        """Everything it answers; None when it is not done in time, or says more than it may."""
        assert process.stdin
        assert process.stdout
        threading.Thread(target=_say, args=(process.stdin, line, content), daemon=True).start()
        ends = time.monotonic() + self._bounds.seconds + _GRACE_SECONDS
        most = self._bounds.text_chars * _BYTES_PER_CHAR
        answer = bytearray()
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while waiting.select(timeout=max(ends - time.monotonic(), 0)):
                piece = os.read(process.stdout.fileno(), _PIECE)
                if not piece:
                    return bytes(answer) if _has_ended(process) else None
                answer += piece
                if len(answer) > most:
                    return None
        return None


def find_tesseract() -> str:
    """Its path, empty when it is not installed or Pillow, which prepares pictures for it, is not."""
    from importlib.util import find_spec

    return (shutil.which("tesseract") or "") if find_spec("PIL") else ""


def _started() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # our own interpreter and module; nothing of the file in the arguments
        [sys.executable, "-I", "-m", "sidebar_app.adapters.extraction.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        cwd="/",
        start_new_session=True,
    )


def _say(pipe: IO[bytes], line: bytes, content: bytes) -> None:
    """In a thread: a child that stops listening must not stop us."""
    with suppress(OSError), pipe:
        pipe.write(line)
        pipe.write(content)


def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """After its last word; one that closed its mouth and stays has not."""
    try:
        process.wait(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _ended(process: "subprocess.Popen[bytes]") -> None:
    """Child, and OCR if it runs: nothing is left behind, whatever happened."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout:
        process.stdout.close()


def _why(code: int) -> str:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return "Reading it takes too long, or more memory than we give it."
    return "Reading it failed: the file is damaged, or made to break its reader."


def _gap(reason: str) -> FileTexts:
    return FileTexts(gaps=(NotScanned(reason),))
