"""Rows of a table as text, each value with the heading of its column: the words that say what a number is."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from sidebar_app.adapters.extraction.plain import decoded
from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable

Cells = Sequence[tuple[int, str]]  # column number and value, left to right, empty ones may be missing

_DELIMITERS = ",;\t|"
_LONGEST_VALUE = 10_000_000
_SHORT_NUMBER = re.compile(r"[0-9]{1,8}")
_LONG_NUMBER = re.compile(r"(?:[0-9][^0-9A-Za-z]?){8}")
_LONGEST_HEADING = 80
# An empty line: what stands in one cell is no part of what stands in the next.
_APART = "\n\n"
# A text per so many rows: no single text grows with the sheet.
_ROWS_TOGETHER = 5_000


class Rows:
    """Takes rows one by one and says them in texts of some thousand; the first gives headings if it looks like some."""

    def __init__(self, reading: Reading, place: str) -> None:
        self._reading, self._place = reading, place
        self._lines: list[str] = []
        self._headings: dict[int, str] = {}
        self._taken = 0

    def add(self, row: Cells) -> None:
        filled = [(column, text) for column, value in row if (text := value.strip())]
        self._lines += _lines(filled, self._headings)
        if not self._taken and _are_headings(filled):
            self._headings = {column: text[:_LONGEST_HEADING] for column, text in filled}
        self._taken += bool(filled)
        if len(self._lines) >= _ROWS_TOGETHER:
            self.close()

    def close(self) -> None:
        self._reading.says(self._place, _APART.join(self._lines))
        self._lines = []


def read_delimited(file: File, reading: Reading) -> None:
    text = decoded(file.content)
    csv.field_size_limit(_LONGEST_VALUE)
    rows = Rows(reading, file.place)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.add(list(enumerate(row)))
    except csv.Error:
        raise Unreadable("Its columns and rows cannot be told apart.") from None
    rows.close()


def _delimiter(text: str) -> str:
    first = text[:10_000].partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _are_headings(row: Cells) -> bool:
    return bool(row) and all(any(map(str.isalpha, text)) and not _LONG_NUMBER.search(text) for _, text in row)


def _lines(row: Cells, headings: dict[int, str]) -> Iterator[str]:
    """A line for each value; short numbers side by side stay on one: a card number in four cells, or in sixteen."""
    line, goes_on_at = "", -1
    for column, text in row:
        short = _SHORT_NUMBER.fullmatch(text) is not None
        if short and column == goes_on_at:
            line += f"\t{text}"
        else:
            if line:
                yield line
            heading = headings.get(column, "")
            line = f"{heading}: {text}" if heading else text
        goes_on_at = column + 1 if short else -1
    if line:
        yield line
