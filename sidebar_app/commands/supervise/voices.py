"""The lines of several processes in one terminal, each with the name of who says it."""

import sys
import threading
from typing import TextIO

_WIDTH = 9


class Voices:
    """`voices(name, line)` from any thread; whole lines only. A closed terminal silences it."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def __call__(self, name: str, line: str) -> None:
        with self._lock:
            try:
                self._stream.write(f"{name:<{_WIDTH}}| {line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                return
