"""`Scan` with the optional classes: cards here, the rest in a process of its own with a wall-clock limit."""

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

from sidebar_app.redaction import Allowlist, Hit, ScanFailed, scan
from sidebar_app.redaction.beyond_cards import Found, scan_beyond, together
from sidebar_app.redaction.optional import chosen

# Loading presidio and asking it about a known number takes a second or two; on a busy machine more.
_START_SECONDS = 60.0
# One text of the usual length takes milliseconds.
_TEXT_SECONDS = 10.0
_PIECE = 1 << 16
_MOST_BYTES = 1 << 24


class SeparateScan:
    """Implements Scan. The process starts with the first text, or with `start`; after a failure a new one is started.

    For workers only: a text waits for the one before it, and up to `seconds` for itself.
    """

    def __init__(self, names: Iterable[str], *, seconds: float = _TEXT_SECONDS) -> None:
        """ValueError for a name that is no optional class."""
        self._names = [each.name for each in chosen(names)]
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._ends = 0.0
        self._one_at_a_time = threading.Lock()

    def __call__(self, text: str, *, markup: bool = False, allowed: Allowlist | None = None) -> list[Hit]:
        cards = scan(text, markup=markup, allowed=allowed)
        with self._one_at_a_time:
            self.start()
            self._ends = time.monotonic() + self._seconds
            return together(cards, scan_beyond(text, self._find, markup=markup, allowed=allowed))

    def start(self) -> None:
        """Raises ScanFailed unless presidio finds a known test number; free when it runs already."""
        if self._process and self._process.poll() is None:
            return
        self.close()
        self._process = _started(self._names, self._seconds)
        self._ends = time.monotonic() + _START_SECONDS
        self._heard()

    def close(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def _find(self, text: str) -> list[Found]:
        assert self._process
        assert self._process.stdin
        try:
            # A piece is shorter than what a pipe holds, so this does not wait for the other end.
            self._process.stdin.write(json.dumps(text).encode("ascii") + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._failed("the process that looks for them has ended") from None
        return [(name, start, end) for name, start, end in self._heard()]

    def _heard(self) -> list[tuple[str, int, int]]:
        """One answer. Whatever else happens ends the process and raises ScanFailed."""
        try:
            answer = json.loads(self._line())
        except ValueError:
            raise self._failed("the process that looks for them gave no answer") from None
        if "error" in answer:
            raise self._failed(f"looking for them failed ({answer['error']})")
        found: list[tuple[str, int, int]] = answer.get("found", [])
        return found

    def _line(self) -> bytes:
        assert self._process
        assert self._process.stdout
        line = bytearray()
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            while waiting.select(timeout=max(self._ends - time.monotonic(), 0)):
                piece = os.read(self._process.stdout.fileno(), _PIECE)
                line += piece
                if not piece or piece.endswith(b"\n") or len(line) > _MOST_BYTES:
                    return bytes(line)
        raise self._failed("looking for them took too long")

    def _failed(self, why: str) -> ScanFailed:
        self.close()
        return ScanFailed(f"The text was not searched for {', '.join(self._names)}: {why}.")


def _started(names: list[str], seconds: float) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and module; no text in the arguments
        [sys.executable, "-I", "-m", "sidebar_app.adapters.beyond_cards.child", str(seconds + 1), *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
    )
