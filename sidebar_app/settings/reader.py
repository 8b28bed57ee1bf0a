"""Typed values from the environment, with everything that is wrong about them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)


class SettingsFaults(Exception):
    """Everything that is wrong, a sentence each; never a secret's value."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(f"- {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that hides itself wherever it is shown."""

    value: str

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def several(self) -> tuple[str, ...]:
        """The values of a comma-separated list: an old secret stays valid while a new one is introduced."""
        return tuple(part.strip() for part in self.value.split(",") if part.strip())


class Reader:
    """Reads typed values and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self.environ.get(name, "").strip()
        if value or default is not None:
            return value or default or ""
        self.faults.append(f"{name} is not set.")
        return ""

    def secret(self, name: str, default: str | None = None) -> Secret:
        """From NAME, or from the file that NAME_FILE names."""
        file = self.environ.get(f"{name}_FILE", "").strip()
        if not file:
            return Secret(self.text(name, default))
        if self.environ.get(name):
            self.faults.append(f"{name} and {name}_FILE are both set; use one.")
        try:
            return Secret(Path(file).read_text().strip())
        except OSError as error:
            self.faults.append(f"{name}_FILE cannot be read ({error.strerror}).")
        except ValueError:
            self.faults.append(f"{name}_FILE holds something else than text.")
        return Secret("")

    def number(
        self, name: str, default: int | None = None, *, least: int = 0, most: int | None = None
    ) -> int:
        value = self.text(name, None if default is None else str(default))
        if not value:
            return 0
        if not _NUMBER.fullmatch(value) or not least <= int(value) <= (most or int(value)):
            bounds = f"from {least} to {most}" if most else f"of at least {least}"
            self.faults.append(f"{name} must be a whole number {bounds}.")
            return 0
        return int(value)

    def url(self, name: str, default: str | None = None) -> str:
        """http(s), and plain http on loopback only."""
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
        except ValueError:
            self.faults.append(f"{name} must be an http or https address.")
            return ""
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            self.faults.append(f"{name} must be an http or https address.")
        elif parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            self.faults.append(f"{name} must use https: plain http is accepted on loopback only.")
        return value

    def file(self, name: str, default: Path) -> Path:
        path = Path(self.text(name, str(default)))
        if not path.is_file():
            self.faults.append(f"{name} names no file ({path.name}).")
        return path


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK
