"""How much one file may cost. What lies beyond is reported as not scanned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """`seconds` is wall-clock time for one file; the numbers of parts, pages and pictures are those in all of it."""

    file_bytes: int = 25_000_000
    seconds: float = 45.0
    unpacked_bytes: int = 200_000_000
    text_chars: int = 30_000_000
    parts: int = 500
    depth: int = 4
    pages: int = 300
    pictures: int = 60
    pixels: int = 60_000_000
    memory_bytes: int = 1_500_000_000
