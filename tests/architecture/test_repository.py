"""What the repository promises about itself."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sidebar_app.__main__ import _COMMANDS, main

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")
}
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
_TEXT = {".py", ".md", ".toml", ".json", ".lock", ".html", ".js", ".css", ".svg", ".txt", ".mako", ""}
# Written so that this file does not name them itself.
_PLACES = ["/wor" + "k/", "/roo" + "t/", "/hom" + "e/", "pypi" + ".org", "python" + "hosted", "npm" + "js"]


def _pins(lock: str) -> dict[str, str]:
    return {m[1]: m[2] for m in re.finditer(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE)}


def _files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in files if path.suffix in _TEXT and path.is_file()]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_has_hashes_for_everything(name: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|(^|\s)@\s|file:", LOCKS[name])
    for entry in re.split(r"\n(?=[a-z0-9])", LOCKS[name].strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_locks_agree_with_the_project_and_with_each_other() -> None:
    run, dev = (_pins(LOCKS[name]) for name in ("requirements.lock", "requirements-dev.lock"))
    extras = [r for group in PROJECT["optional-dependencies"].values() for r in group]
    for pins, needed in ((run, PROJECT["dependencies"]), (dev, PROJECT["dependencies"] + extras)):
        for requirement in map(Requirement, needed):
            pinned = pins[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(pinned, prereleases=True), (requirement, pinned)
    assert {name: dev.get(name) for name in run} == run
    assert "setuptools" in run  # builds the project itself without asking a registry


def test_no_file_names_a_place_of_somebody_s_machine_or_a_registry() -> None:
    found = [
        (str(path.relative_to(ROOT)), place)
        for path in _files()
        for place in _PLACES
        if place in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = main.get_command(main.make_context("sidebar-app", [], resilient_parsing=True), name)
    assert command is not None
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_pages_speak_of_commands_and_scripts_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [f"sidebar-app {c}" for c in re.findall(r"`sidebar-app ([a-z]+)", text) if c not in _COMMANDS]
    missing += [script for script in re.findall(r"\bbin/[a-z_-]+", text) if not (ROOT / script).is_file()]
    assert missing == []


def test_the_procfile_starts_commands_that_exist() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    started = {line.split(": sidebar-app ")[0]: line.split(": sidebar-app ")[1] for line in lines}
    assert started.keys() == {"release", "web", "worker", "clock"}
    assert set(started.values()) <= set(_COMMANDS)


def test_the_layers_hold() -> None:
    """What bin/lint checks too: an import in the wrong direction fails the tests as well."""
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert found.returncode == 0, found.stdout


def test_deciding_and_masking_start_without_the_web_or_the_database() -> None:
    code = (
        "import sys; from sidebar_app.__main__ import main\n"
        "context = main.make_context('x', [], resilient_parsing=True)\n"
        "for name in ('policy', 'redact'): main.get_command(context, name)\n"
        "print([m for m in ('flask', 'sqlalchemy', 'stripe', 'zenpy', 'slack_sdk', 'spacy') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.strip() == "[]"
