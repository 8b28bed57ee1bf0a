"""The Zendesk app package obeys the rules of Zendesk's own validator (zendesk_apps_support), as we know them."""

import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "https://billing.acme.example"
KNOWN = {
    "author", "defaultLocale", "frameworkVersion", "location", "name", "version", "remoteInstallationURL", "gaID",
    "termsConditionsURL", "private", "singleInstall", "signedUrls", "requirementsOnly", "marketingOnly", "parameters",
    "domainWhitelist", "oauth", "experiments",
}  # fmt: skip
LOCATIONS = {
    "top_bar", "nav_bar", "ticket_sidebar", "new_ticket_sidebar", "user_sidebar", "organization_sidebar", "background",
    "modal", "ticket_editor", "system_top_bar",
}  # fmt: skip
NEED_ICON = {"top_bar", "nav_bar", "system_top_bar", "ticket_editor"}
PLACE_KEYS = {"url", "flexible", "autoLoad", "autoHide", "size", "signed", "objectTypes"}
FORBIDDEN_ENDINGS = set(
    ".rar .zip .gz .pdf .doc .docx .avi .bin .bz .bz2 .csh .sh .jar .mp3 .mpeg .odt .pptx .ppt .xls .xlsx .7z".split()
)
SECRET_LOOKING = re.compile(r"password|secret|api_?key|auth_?key", re.IGNORECASE)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built by the script from a copy, so that nothing is written into the checkout."""
    import shutil

    copy = tmp_path_factory.mktemp("checkout")
    for name in ("manifest.json", "bin/package-widget"):
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    for name in ("assets", "translations"):
        shutil.copytree(ROOT / "widgets" / name, copy / "widgets" / name)
    built = subprocess.run(
        [sys.executable, copy / "bin/package-widget", ADDRESS],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert built.stderr == ""
    return zipfile.ZipFile(__import__("io").BytesIO((copy / built.stdout.strip()).read_bytes()))


@pytest.fixture(scope="module")
def manifest(package: zipfile.ZipFile) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs), "a key stands twice"
        return dict(pairs)

    return dict(json.loads(package.read("manifest.json"), object_pairs_hook=unique))


def test_the_manifest_has_the_required_keys_and_no_unknown_ones(manifest: dict[str, Any]) -> None:
    assert manifest.keys() <= KNOWN
    assert manifest["frameworkVersion"] == "2.0"
    assert re.fullmatch(r"[a-z]{2,3}(-\w{2,3})?", manifest["defaultLocale"])
    assert all(isinstance(value, str) for value in manifest["author"].values())
    assert re.fullmatch(r"https?://[^/]+.*", manifest["author"]["url"])
    for key in ("private", "singleInstall", "signedUrls"):
        assert manifest[key] is True
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])


def test_the_locations_are_the_sidebar_and_the_console_at_the_given_address(manifest: dict[str, Any]) -> None:
    places = manifest["location"]["support"]
    assert manifest["location"].keys() == {"support"}
    assert places.keys() == {"ticket_sidebar", "nav_bar"} <= LOCATIONS
    for place in places.values():
        assert place.keys() <= PLACE_KEYS
        assert all(
            isinstance(place.get(key, False), bool) for key in ("flexible", "autoLoad", "autoHide", "signed")
        )
    assert places["ticket_sidebar"]["url"] == f"{ADDRESS}/zendesk/sidebar"
    assert places["nav_bar"]["url"] == f"{ADDRESS}/zendesk/console"


def test_the_manifest_lies_at_the_root_beside_its_images(
    package: zipfile.ZipFile, manifest: dict[str, Any]
) -> None:
    names = set(package.namelist())
    assert {"manifest.json", "assets/logo.png", "assets/logo-small.png", "assets/logo.svg"} <= names
    for location in manifest["location"]["support"].keys() & NEED_ICON:
        assert f"assets/icon_{location}.svg" in names


@pytest.mark.parametrize(("name", "side"), [("logo.png", 320), ("logo-small.png", 128)])
def test_the_logos_have_the_size_that_is_asked_for(package: zipfile.ZipFile, name: str, side: int) -> None:
    data = package.read(f"assets/{name}")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (side, side)


def test_the_texts_of_the_default_locale_are_there(
    package: zipfile.ZipFile, manifest: dict[str, Any]
) -> None:
    texts = json.loads(package.read(f"translations/{manifest['defaultLocale']}.json"))
    assert texts["app"]["name"] == manifest["name"]
    assert all(isinstance(text, str) for text in texts["app"].values())


def test_nothing_in_the_package_is_refused_or_warned_about(package: zipfile.ZipFile) -> None:
    for entry in package.infolist():
        assert Path(entry.filename).suffix not in FORBIDDEN_ENDINGS
        assert entry.external_attr >> 28 != 0o12, "a symlink"
        assert not Path(entry.filename).name.startswith(".")
        data = package.read(entry)
        if entry.filename.endswith(".svg"):
            assert b"<image" not in data
            assert b"<script" not in data
        if entry.filename.endswith((".json", ".svg", ".js", ".html")):
            assert not SECRET_LOOKING.search(data.decode())


def test_the_same_input_gives_the_same_bytes(package: zipfile.ZipFile) -> None:
    assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert package.namelist() == ["manifest.json", *sorted(package.namelist()[1:])]


def test_an_address_that_is_not_https_is_refused() -> None:
    found = subprocess.run(
        [sys.executable, ROOT / "bin/package-widget", "http://billing.acme.example"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.returncode == 2
    assert "https://" in found.stderr


def test_the_version_is_the_project_s(manifest: dict[str, Any]) -> None:
    import tomllib

    assert manifest["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
