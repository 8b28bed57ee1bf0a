"""One file being read: what it said so far, what could not be read, and how much may still be spent."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sidebar_app.adapters.extraction.bounds import Bounds
from sidebar_app.ports.extractor import FileText, FileTexts, NotScanned

# Names come from the file; they are shown to people and need not be long.
_LONGEST_PLACE = 200
_MOST_GAPS = 50
TOO_MUCH_MEMORY = "Reading it takes more memory than we give it."


class Unreadable(Exception):
    """A file, or a part of one, that cannot be read; the message is a sentence for people."""


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """`place` is where in the whole file this one lies, empty for the whole."""

    content: bytes
    name: str = ""
    content_type: str = ""
    place: str = ""
    depth: int = 0

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    def within(self, part: str) -> str:
        return f"{self.place} › {part}" if self.place else part


class Reading:
    def __init__(
        self,
        bounds: Bounds,
        *,
        dispatch: Callable[[File, "Reading"], None],
        tesseract: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bounds, self.tesseract = bounds, tesseract
        self._dispatch = dispatch
        self._monotonic = monotonic
        self._ends = monotonic() + bounds.seconds
        self._texts: list[FileText] = []
        self._gaps: list[NotScanned] = []
        self._left = {
            "unpacked": bounds.unpacked_bytes,
            "text": bounds.text_chars,
            "parts": bounds.parts,
            "pages": bounds.pages,
            "pictures": bounds.pictures,
        }

    @property
    def result(self) -> FileTexts:
        return FileTexts(tuple(self._texts), tuple(self._gaps))

    @property
    def seconds_left(self) -> float:
        return self._ends - self._monotonic()

    def says(self, place: str, text: str, *, markup: bool = False) -> None:
        self.spend("text", len(text))
        if text:
            self._texts.append(FileText(place[:_LONGEST_PLACE], text, markup))

    def misses(self, place: str, reason: str) -> None:
        """The first so many are named one by one; a file with more is not scanned anyway."""
        if len(self._gaps) < _MOST_GAPS:
            self._gaps.append(NotScanned(reason, place[:_LONGEST_PLACE]))

    def spend(self, what: str, amount: int = 1) -> None:
        """Raises Unreadable when the time or this budget is used up."""
        if self.seconds_left <= 0:
            raise Unreadable("Reading it takes too long.")
        self._left[what] -= amount
        if self._left[what] < 0:
            raise Unreadable(_SENTENCES[what])

    def read(self, file: File) -> None:
        """Reads a file, or one that lies in another; what cannot be read is a gap and the rest goes on."""
        try:
            if file.depth > self.bounds.depth:
                raise Unreadable("Files lie in files more deeply than we look.")
            self.spend("parts")
            self._dispatch(file, self)
        except Unreadable as why:
            self.misses(file.place, str(why))
        except MemoryError:
            self.misses(file.place, TOO_MUCH_MEMORY)
        except RecursionError:
            self.misses(file.place, "It is nested more deeply than we look.")
        except Exception:  # noqa: BLE001 -- a parser stumbled over a hostile or broken file; its text stays here
            self.misses(file.place, "It is damaged, or not what it says it is.")


_SENTENCES = {
    "unpacked": "Unpacked it is larger than we look into.",
    "text": "It holds more text than we look through.",
    "parts": "It holds more files than we look into.",
    "pages": "It has more pages than we look at.",
    "pictures": "It has more pictures than we look at.",
}
