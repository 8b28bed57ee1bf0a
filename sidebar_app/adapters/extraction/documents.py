"""Word, PowerPoint and OpenDocument files: every XML part that holds text, paragraph by paragraph."""

import re
import zipfile

from sidebar_app.adapters.extraction import archive
from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable
from sidebar_app.adapters.extraction.safe_xml import parse

# Everything that a reader or an editor shows: body, headers, footers, notes, comments, charts, properties.
_WORD = re.compile(r"word/[^/]+\.xml|word/(?:charts|diagrams|glossary)/[^/]+\.xml")
_SLIDES = re.compile(
    r"ppt/(?:slides|notesSlides|comments|charts|diagrams|slideMasters|slideLayouts)/[^/]+\.xml"
)
_OPEN = re.compile(r"(?:.*/)?(?:content|styles|meta)\.xml")
_PROPERTIES = re.compile(r"docProps/(?:core|app|custom)\.xml|customXml/item[0-9]+\.xml")
_DULL = re.compile(r"word/(?:fontTable|settings|webSettings|numbering|stylesWithEffects|styles)\.xml")
EMBEDDED = re.compile(r"(?:word|ppt|xl)/(?:media|embeddings)/[^/]+|Pictures/[^/]+|Object[^/]*/content\.xml")
_PICTURE = re.compile(r".*\.(?:png|jpe?g|gif|bmp|tiff?|webp)", re.IGNORECASE)

# Names of elements in the three families; their local names do not clash.
_PARAGRAPHS = frozenset(("p", "h", "tr", "table-row", "txbxContent", "comment", "footnote", "endnote", "sp"))
_CELLS = frozenset(("tc", "table-cell"))
_BREAKS = frozenset(("br", "cr", "line-break"))
_TABS = frozenset(("tab", "ptab", "s"))
# Attributes that hold what people typed: cached values of pivot tables, of cells, and what a picture shows.
_VALUES = frozenset(("v", "string-value", "value", "descr"))
# Positions of drawings and instructions of fields, no text.
_SILENT = frozenset(("instrText", "posOffset", "pctWidth", "pctHeight", "align"))


def read_word(file: File, reading: Reading) -> None:
    _read_parts(file, reading, _WORD)


def read_slides(file: File, reading: Reading) -> None:
    _read_parts(file, reading, _SLIDES)


def read_open_document(file: File, reading: Reading) -> None:
    _read_parts(file, reading, _OPEN)


def _read_parts(file: File, reading: Reading, wanted: re.Pattern[str]) -> None:
    with archive.opened(file.content) as parts:
        for info in parts.infolist():
            name = info.filename
            if (wanted.fullmatch(name) and not _DULL.fullmatch(name)) or _PROPERTIES.fullmatch(name):
                read_part(file, reading, parts, info)
            elif EMBEDDED.fullmatch(name):
                read_embedded(file, reading, parts, info)


def read_part(file: File, reading: Reading, parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    place = file.within(info.filename.rpartition("/")[2].removesuffix(".xml"))
    try:
        listener = Paragraphs(each=_PROPERTIES.fullmatch(info.filename) is not None)
        parse(archive.member(parts, info, reading), listener)
        reading.says(place, listener.text)
    except Unreadable as why:
        reading.misses(place, str(why))


def read_embedded(file: File, reading: Reading, parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """A picture or a file that lies in the document; drawings that no eye reads numbers from are left out."""
    name = info.filename.rpartition("/")[2]
    if name.lower().endswith((".emf", ".wmf", ".xml.rels", ".wdp", ".mp4", ".mp3", ".wav", ".xml")):
        return
    place = file.within(name)
    try:
        content = archive.member(parts, info, reading)
    except Unreadable as why:
        reading.misses(place, str(why))
        return
    reading.read(File(content, name, "", place, file.depth + 1))


class Paragraphs:
    """Runs of a paragraph are one text, however a word processor cut them: a number may stand in several runs.
    `each`: every element is a text of its own, as properties are."""

    def __init__(self, *, each: bool = False) -> None:
        self._each = each
        self._pieces: list[str] = []
        self._silent = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _SILENT:
            self._silent += 1
        elif name in _BREAKS:
            self._pieces.append("\n")
        elif name in _TABS:
            self._pieces.append(" ")
        if not _VALUES.isdisjoint(attributes):
            self._pieces += [f" {attributes[key]}\n" for key in attributes if key in _VALUES]

    def end(self, name: str) -> None:
        if name in _SILENT:
            self._silent -= 1
        elif self._each:
            self._pieces.append("\n\n")
        elif name in _PARAGRAPHS:
            self._pieces.append("\n")
        elif name in _CELLS:
            self._pieces.append("\t")

    def data(self, text: str) -> None:
        if not self._silent:
            self._pieces.append(text)
