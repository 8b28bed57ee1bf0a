"""Text out of files that strangers sent."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class FileText:
    """The text of one place of a file: a page, a sheet, a part. No repr: it may hold a card number.

    `place` is empty when the file has only one. `markup`: the text is HTML or XML as it stands in the file.
    """

    place: str
    text: str
    markup: bool = False


@dataclass(frozen=True, slots=True)
class NotScanned:
    """What nobody could look into, and why: `reason` is a sentence for people. Never the same as clean."""

    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class FileTexts:
    """Everything a file says. With anything in `gaps` it was not read to the end."""

    texts: tuple[FileText, ...] = ()
    gaps: tuple[NotScanned, ...] = ()


class Extractor(Protocol):
    @property
    def version(self) -> str:
        """Changes whenever it can read more than before: what it could not read then is worth another try."""
        ...

    @property
    def most_bytes(self) -> int:
        """A larger file is not looked into."""
        ...

    @property
    def reads_pictures(self) -> bool: ...

    def extract(self, content: bytes, *, name: str, content_type: str) -> FileTexts:
        """Never raises for a bad file: what cannot be read is a gap. Name and type are hints, content decides."""
        ...
