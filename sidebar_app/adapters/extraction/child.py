"""The process that reads one file: `python -I -m sidebar_app.adapters.extraction.child`, spoken to through pipes."""

import sys

from sidebar_app.adapters.extraction import wire
from sidebar_app.adapters.extraction.confinement import confine
from sidebar_app.adapters.extraction.reading import TOO_MUCH_MEMORY, File, Reading
from sidebar_app.ports.extractor import FileTexts, NotScanned


def main() -> None:
    order = wire.read_order(sys.stdin.buffer.readline())
    bounds = order.bounds
    confine(memory_bytes=bounds.memory_bytes, cpu_seconds=int(bounds.seconds) + 5)
    from sidebar_app.adapters.extraction import (
        kinds,  # the parsers, under the limits from their first line on
    )

    content = sys.stdin.buffer.read(bounds.file_bytes + 1)
    reading = Reading(bounds, dispatch=kinds.read, tesseract=order.tesseract)
    reading.read(File(content, order.name, order.content_type))
    sys.stdout.buffer.write(_answer(reading))


def _answer(reading: Reading) -> bytes:
    try:
        return wire.answer_bytes(reading.result)
    except MemoryError:
        return wire.answer_bytes(FileTexts(gaps=(NotScanned(TOO_MUCH_MEMORY),)))


if __name__ == "__main__":
    main()
