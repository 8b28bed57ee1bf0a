"""Every setting is in .env.example, and nothing else is."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sidebar_app.commands.supervise import preview
from sidebar_app.settings import Settings, SettingsFaults

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
# Read only to refuse them: the Slack library would take them as a wish to install itself.
MUST_NOT_BE_SET = {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"}


class Recorder(Mapping[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return default

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _asked() -> set[str]:
    recorder = Recorder()
    with pytest.raises(SettingsFaults):
        Settings.from_env(recorder)
    return recorder.asked - MUST_NOT_BE_SET


def _secrets(asked: set[str]) -> set[str]:
    return {name for name in asked if f"{name}_FILE" in asked}


def _read_elsewhere() -> set[str]:
    """Names that our code takes from `os.environ` beside the settings."""
    found = set()
    for folder in ("commands", "web"):
        for path in (ROOT / "sidebar_app" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call | ast.Subscript | ast.Compare) and "environ" in ast.unparse(
                    node
                ):
                    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
                    found |= {
                        t
                        for t in texts
                        if isinstance(t, str) and re.fullmatch(r"[A-Z][A-Z0-9]+_[A-Z0-9_]+", t)
                    }
    return found


def _explained() -> dict[str, str]:
    """Each name with the comment above it."""
    names, comment, fresh = {}, "", True
    for line in EXAMPLE.splitlines():
        if match := re.match(r"#?([A-Z][A-Z0-9_]+)=", line):
            names[match[1]], fresh = comment, True
        elif line.startswith("# "):
            comment = line if fresh else f"{comment} {line}"
            fresh = False
        elif not line:
            comment = ""
    return names


def test_every_setting_is_explained_and_nothing_else() -> None:
    asked = _asked()
    needed = asked - {f"{name}_FILE" for name in _secrets(asked)} | {preview.SANDBOX_DATA} | _read_elsewhere()
    assert set(_explained()) == needed


def test_every_secret_is_called_one() -> None:
    unexplained = [name for name in _secrets(_asked()) if "secret" not in _explained()[name]]
    assert unexplained == []


def test_what_the_example_leaves_to_fill_in_is_enough_to_start(tmp_path: Path) -> None:
    environ = {m[1]: m[2] or "1" * 32 for m in re.finditer(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)}
    people = tmp_path / "people.toml"
    people.touch()
    settings = Settings.from_env(
        environ | {"PEOPLE_FILE": str(people), "ZENDESK_APP_ID": "1", "ZENDESK_INSTALLATION_ID": "2"}
    )
    assert settings.base_url == "https://billing.example.com"


def test_every_fault_of_an_empty_environment_names_a_setting_of_the_example() -> None:
    with pytest.raises(SettingsFaults) as caught:
        Settings.from_env({})
    assert len(caught.value.faults) > 10
    for fault in caught.value.faults:
        assert any(name in _explained() for name in re.findall(r"[A-Z][A-Z0-9_]{3,}", fault)), fault
