"""Taking typed values out of parsed TOML; every value that is not as it should be becomes a fault with its line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from sidebar_app.permissions.faults import Fault
from sidebar_app.permissions.places import Path

_LONGEST_TEXT = 300
_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)


@dataclass
class Findings:
    """The faults found so far, and where everything stands. `unreadable` lines were left out; `headers` are the
    lines on which tables begin."""

    lines: dict[Path, int]
    faults: list[Fault] = field(default_factory=list)
    unreadable: tuple[int, ...] = ()
    headers: tuple[int, ...] = ()

    @property
    def certain(self) -> list[Fault]:
        """Without those that may only come of an unreadable line in the same table."""
        touched = {self._table(line) for line in self.unreadable}
        return [
            fault
            for fault in self.faults
            if fault.line in self.unreadable or self._table(fault.line) not in touched
        ]

    def _table(self, line: int) -> int:
        """Where the table begins to which a line belongs."""
        return max((header for header in self.headers if header <= line), default=0)

    def line(self, path: Path) -> int:
        """The line of the nearest thing that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def add(self, path: Path, sentence: str) -> None:
        self.faults.append(Fault(self.line(path), sentence))


@dataclass
class Table:
    """One table of the file. Reading a key that is absent or wrong gives None and leaves a fault."""

    values: dict[str, Any]
    path: Path
    findings: Findings
    name: str

    def fault(self, key: str, sentence: str) -> None:
        self.findings.add((*self.path, key) if key else self.path, sentence)

    def only(self, known: Iterable[str]) -> None:
        """Anything else is a fault: a misspelt key would quietly not count."""
        allowed = sorted(known)
        for key in self.values:
            if key not in allowed:
                self.fault(key, f"{self.name} has no key {quoted(key)}.{meant(key, allowed)}")

    def required(self, key: str) -> Any:
        if key not in self.values:
            self.fault("", f"{self.name} needs {quoted(key)}.")
        return self.values.get(key)

    def text(self, key: str) -> str | None:
        """A sentence or a name: one line, not empty, not longer than a card can show."""
        value = self.required(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self.fault(key, f"{quoted(key)} must be a text on one line.")
            return None
        if len(value) > _LONGEST_TEXT:
            self.fault(key, f"{quoted(key)} is longer than {_LONGEST_TEXT} characters.")
            return None
        return value

    def number(self, key: str, *, at_least: int) -> int | None:
        value = self.required(key)
        if value is None:
            return None
        if type(value) is not int or value < at_least:
            self.fault(key, f"{quoted(key)} must be a whole number, {at_least} or more.")
            return None
        return value

    def choice(self, key: str, known: Iterable[str], *, word: str) -> str | None:
        value = self.required(key)
        if value is None:
            return None
        return self._known(key, value, list(known), word)

    def choices(self, key: str, known: Iterable[str], *, word: str) -> list[str]:
        """A list without repetitions, at least one long; unknown members are faults and left out."""
        value = self.required(key)
        if value is None:
            return []
        if not isinstance(value, list) or not value:
            self.fault(key, f"{quoted(key)} must be a list with at least one {word}.")
            return []
        allowed = list(known)
        found: list[str] = []
        for index, member in enumerate(value):
            where = Table({}, (*self.path, key, index), self.findings, self.name)
            name = where._known("", member, allowed, word)
            if name in found:
                where.fault("", f"{quoted(name)} stands here twice.")
            elif name is not None:
                found.append(name)
        return found

    def _known(self, key: str, value: Any, allowed: list[str], word: str) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        if not isinstance(value, str):
            self.fault(key, f"A {word} is written as a text, such as {quoted(allowed[0])}.")
        else:
            self.fault(key, f"{quoted(value)} is not a known {word}.{meant(value, allowed)}")
        return None

    def table(self, key: str) -> "Table | None":
        value = self.required(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(key, f"{quoted(key)} must be a table.")
            return None
        return Table(value, (*self.path, key), self.findings, f"[{key}]")

    def tables(self, key: str, *, name: str) -> list["Table"]:
        """The elements of an array of tables; absent means none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
            self.fault(key, f"{quoted(key)} must be a list of tables.")
            return []
        return [
            Table(element, (*self.path, key, index), self.findings, name)
            for index, element in enumerate(value)
        ]


def decimal(value: Any) -> Decimal | None:
    """A whole number, or a decimal number written as a text; never a float. None for anything else."""
    if type(value) is int and 0 <= value < 10**12:
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    return None


def quoted(text: str) -> str:
    shown = text if text.isprintable() else repr(text)[1:-1]
    return f"“{shown[:60]}”"


def meant(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {quoted(close[0])}?" if close else ""
