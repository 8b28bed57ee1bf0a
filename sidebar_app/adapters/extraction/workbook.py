"""Excel files: every value of every sheet, hidden ones too, with comments, headers, text boxes and pivot data."""

import re
import zipfile
from decimal import Decimal, InvalidOperation

from sidebar_app.adapters.extraction import archive
from sidebar_app.adapters.extraction.documents import EMBEDDED, read_embedded, read_part
from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable
from sidebar_app.adapters.extraction.safe_xml import parse
from sidebar_app.adapters.extraction.tables import Rows

_SHEET = re.compile(r"xl/(?:worksheets|chartsheets|macrosheets|dialogsheets)/[^/]+\.xml")
_OTHERS = re.compile(
    r"xl/(?:comments[^/]*|workbook)\.xml|docProps/(?:core|app|custom)\.xml"
    r"|xl/(?:comments|threadedComments|drawings|charts|diagrams|pivotCache|externalLinks|tables|queryTables)/[^/]+\.(?:xml|vml)"
)
_STRINGS = "xl/sharedStrings.xml"
_CELL = re.compile(r"([A-Z]{1,3})[0-9]+")
_MARGINS = frozenset(("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"))
# Left, centre, right, page number, font name and size …
_MARGIN_CODE = re.compile(r'&(?:[A-Za-z]|"[^"]*"|[0-9]{1,3})')
# Excel keeps fifteen digits, other programs as many as they were given; cards have nineteen at most.
_LONGEST_INTEGER = Decimal(10) ** 19


def read_workbook(file: File, reading: Reading) -> None:
    with archive.opened(file.content) as parts:
        if "xl/workbook.bin" in parts.namelist():
            raise Unreadable("It is a binary Excel file (xlsb), which we cannot read.")
        names = _sheet_names(parts, reading)
        strings = _strings(parts, reading)
        for info in parts.infolist():
            name = info.filename
            if _SHEET.fullmatch(name):
                place = file.within(f"sheet {names.get(name, name.rpartition('/')[2].removesuffix('.xml'))}")
                _read_sheet(parts, info, reading, place, strings)
            elif _OTHERS.fullmatch(name):
                read_part(file, reading, parts, info)
            elif EMBEDDED.fullmatch(name):
                read_embedded(file, reading, parts, info)


def _read_sheet(
    parts: zipfile.ZipFile, info: zipfile.ZipInfo, reading: Reading, place: str, strings: list[str]
) -> None:
    try:
        sheet = _Sheet(Rows(reading, place), strings)
        parse(archive.member(parts, info, reading), sheet)
        sheet.rows.close()
        reading.says(place, sheet.margins)
    except Unreadable as why:
        reading.misses(place, str(why))


def _strings(parts: zipfile.ZipFile, reading: Reading) -> list[str]:
    """The texts that cells refer to by number."""
    if _STRINGS not in parts.namelist():
        return []
    table = _Strings()
    parse(archive.member(parts, parts.getinfo(_STRINGS), reading), table)
    return table.found


def _sheet_names(parts: zipfile.ZipFile, reading: Reading) -> dict[str, str]:
    """Part of the archive → name on the tab; a workbook without them is read all the same."""
    try:
        book, links = _Attributes("sheet"), _Attributes("Relationship")
        parse(archive.member(parts, parts.getinfo("xl/workbook.xml"), reading), book)
        parse(archive.member(parts, parts.getinfo("xl/_rels/workbook.xml.rels"), reading), links)
    except (KeyError, Unreadable):
        return {}
    targets = {a.get("Id"): f"xl/{a.get('Target', '').removeprefix('/xl/')}" for a in links.found}
    return {targets.get(a.get("id"), ""): a.get("name", "") for a in book.found}


class _Attributes:
    """The attributes of every element of one name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._name:
            self.found.append(attributes)

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Strings:
    """Shared strings; rich text comes in runs, and how to pronounce it (`rPh`) is no part of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._in_text = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self._pieces = []
        self._in_phonetic = self._in_phonetic or name == "rPh"
        self._in_text = name == "t" and not self._in_phonetic

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            self.found.append("".join(self._pieces))

    def data(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)


class _Sheet:
    def __init__(self, rows: Rows, strings: list[str]) -> None:
        self.rows = rows
        self._strings = strings
        self._cells: list[tuple[int, str]] = []
        self._pieces: list[str] = []
        self._margins: list[str] = []
        self._kind = ""
        self._column = -1
        self._in_value = self._in_margin = False

    @property
    def margins(self) -> str:
        return "\n".join(self._margins)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = _CELL.fullmatch(attributes.get("r", ""))
            self._column = _number(place.group(1)) if place else self._column + 1
            self._kind, self._pieces = attributes.get("t", "n"), []
        elif name == "row":
            self._cells, self._column = [], -1
        elif name in _MARGINS:
            self._in_margin, self._pieces = True, []
        self._in_value = name in ("v", "t")

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "c":
            self._cells.append((self._column, self._value("".join(self._pieces))))
        elif name == "row":
            self.rows.add(self._cells)
        elif name in _MARGINS:
            self._in_margin = False
            self._margins.append(_MARGIN_CODE.sub(" ", "".join(self._pieces)))

    def data(self, text: str) -> None:
        if self._in_value or self._in_margin:
            self._pieces.append(text)

    def _value(self, written: str) -> str:
        if self._kind == "s":
            return self._strings[int(written)] if written.strip().isdigit() else ""
        return plain_number(written) if self._kind == "n" else written


def plain_number(written: str) -> str:
    """4.111111111111111E+15 → 4111111111111111: whole numbers as a person sees them, others as they stand."""
    try:
        value = Decimal(written)
    except InvalidOperation:
        return written
    if not value.is_finite() or abs(value) >= _LONGEST_INTEGER or value != value.to_integral_value():
        return written
    return str(int(value))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
