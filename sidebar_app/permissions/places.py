"""On which line of a TOML text everything stands: tomllib reads values but does not say where they were."""

import re
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*(\.?)""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[^,\]}\n#]+")


def places(text: str) -> dict[Path, int]:
    """The line of every table, key and array element of a text that is valid TOML."""
    scan = _Scan(text)
    scan.document()
    return scan.lines


@dataclass
class _Scan:
    """Walks a text that tomllib has already accepted, so it need not doubt anything."""

    text: str
    at: int = 0
    table: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)
    _line: int = 1
    _counted: int = 0

    def document(self) -> None:
        while self._skip() < len(self.text):
            if self.text[self.at] == "[":
                self._header()
            else:
                self._pair(self.table)

    def _skip(self) -> int:
        """Over white space, line ends and comments."""
        return self._take(_SPACE)

    def _take(self, pattern: re.Pattern[str]) -> int:
        if match := pattern.match(self.text, self.at):
            self.at = match.end()
        return self.at

    def _here(self) -> int:
        """Places come in the order of the text, so each line end is counted once."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def _header(self) -> None:
        is_array = self.text.startswith("[[", self.at)
        line = self._here()
        self.at += 2 if is_array else 1
        path = self._inside_last(self._keys())
        self.at += 2 if is_array else 1
        if is_array:
            self.lines.setdefault(path, line)
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            path = (*path, index)
        self.lines[path] = line
        self.table = path

    def _inside_last(self, keys: list[str]) -> Path:
        """The path a header means: a name that is an array of tables stands for its latest element."""
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return (*path, keys[-1])

    def _keys(self) -> list[str]:
        keys, more = [], True
        while more and (match := _KEY.match(self.text, self.at)):
            keys.append(next(name for name in match.group(1, 2, 3) if name is not None))
            more, self.at = bool(match[4]), match.end()
        return keys

    def _pair(self, table: Path) -> None:
        line = self._here()
        keys = self._keys()
        for depth in range(1, len(keys)):
            self.lines.setdefault((*table, *keys[:depth]), line)
        path = (*table, *keys)
        self.lines[path] = line
        self.at += 1  # the equals sign
        self._skip()
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._take(_STRING)
        else:
            self._take(_BARE)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.text[self._skip()] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.lines[*path, index] = self._here()
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self.text[self._skip()] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(path)
        self.at += 1
