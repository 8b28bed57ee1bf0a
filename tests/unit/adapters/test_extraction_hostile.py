"""A file that is broken, locked, too large or made to do harm is "not scanned", soon, and harms nothing."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from sidebar_app.adapters.extraction import Bounds, SandboxedExtractor
from sidebar_app.ports.extractor import FileTexts
from tests.fakes import files

SMALL = Bounds(seconds=20, memory_bytes=600_000_000)


def read(content: bytes, name: str = "file", *, bounds: Bounds = SMALL, tesseract: str = "") -> FileTexts:
    return SandboxedExtractor(bounds, tesseract=tesseract).extract(content, name=name, content_type="")


def reasons(found: FileTexts) -> str:
    assert found.gaps, "taken for clean"
    return " | ".join(f"{gap.place}: {gap.reason}" for gap in found.gaps)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(b)} "{("&" + chr(b - 1) + ";") * 10}">' for b in range(98, 108))
    + "]>"
)
NESTED = files.zipped({"deep.txt": "4111 1111 1111 1111"})
for _ in range(6):
    NESTED = files.zipped({"next.zip": NESTED})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (files.pdf("secret", locked=True), "password"),
        (files.locked_zip("a.txt", b"secret"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (os.urandom(64) + bytes(range(32)) * 20, "cannot read"),
        (files.pdf("text")[:60], "damaged"),
        (files.docx(files.paragraph("x"))[:-30], "damaged"),
        (files.zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<w:p>never closed"}), "damaged"),
        (files.zipped({"[Content_Types].xml": "<a/>", "word/document.xml": f"{LAUGHS}<x>&j;</x>"}), "entities"),
        (files.zipped({"[Content_Types].xml": "<a/>", "xl/workbook.bin": "x"}), "xlsb"),
        (files.zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<a>" * 100_000}), "nested"),
        (files.zipped({"bomb.txt": bytes(150_000_000)}), "unpacks"),
        (files.zipped({f"{n}.txt": "x" for n in range(600)}), "more files"),
        (NESTED, "deeply"),
        (files.eml("x" * 100).replace(b"--b--", b"") + b'Content-Type: multipart/mixed; boundary="c"\r\n\r\n' * 5, ""),
    ],
    ids=[
        "locked-pdf", "locked-zip", "old-office", "rar", "heic", "noise", "cut-pdf", "cut-docx", "broken-xml", "laughs",
        "xlsb", "deep-xml", "zip-bomb", "many-files", "deep-zips", "odd-mail",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(content: bytes, says: str) -> None:
    found = read(content)
    if says:
        assert says in reasons(found)


def test_the_rest_of_an_archive_is_read_all_the_same() -> None:
    found = read(files.zipped({"a.pdf": files.pdf("secret", locked=True), "b.txt": "hello"}))
    assert [text.text for text in found.texts] == ["hello"]
    assert "a.pdf" in reasons(found)


def test_a_file_larger_than_the_bound_is_not_looked_into() -> None:
    assert "larger" in reasons(read(b"x" * 2_000, bounds=replace(SMALL, file_bytes=1_000)))


def test_more_text_than_the_bound() -> None:
    assert "more text" in reasons(read(b"x " * 2_000, bounds=replace(SMALL, text_chars=1_000)))


def test_more_pages_than_the_bound() -> None:
    found = read(files.pdf("one page", "two pages", "three pages"), bounds=replace(SMALL, pages=2))
    assert "more pages" in reasons(found)
    assert "two pages" in str([text.text for text in found.texts])


def test_a_million_cells_end_in_an_answer() -> None:
    line = "".join(f'<c r="A{n}"><v>{n}</v></c>' for n in range(1000))
    book = files.xlsx({"S": f"<row>{line}</row>" * 1000})
    read(book, bounds=replace(SMALL, seconds=30))
    assert "too long" in reasons(read(book, bounds=replace(SMALL, seconds=0.3)))


def test_a_hungry_file_does_not_get_more_memory() -> None:
    found = read(("ж" * 12_000_000).encode(), bounds=replace(SMALL, memory_bytes=130_000_000))
    assert "memory" in reasons(found)


def test_a_picture_that_claims_to_be_huge(tesseract_path: str) -> None:
    assert "pixels" in reasons(read(files.huge_png(60_000, 60_000), tesseract=tesseract_path))


def test_a_cut_picture(tesseract_path: str) -> None:
    assert "damaged" in reasons(read(files.png("hello")[:400], tesseract=tesseract_path))


def test_a_picture_too_small_for_any_number_needs_no_eyes() -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(out, "PNG")
    assert read(out.getvalue()) == FileTexts()


def test_broken_letters_come_back_as_they_are() -> None:
    odd = read('{"a": "\ud800"}\x01'.encode("utf-8", "surrogatepass"), bounds=SMALL)
    assert odd.texts
    assert odd.gaps == ()


def test_without_ocr_a_picture_is_not_clean() -> None:
    assert "no OCR" in reasons(read(files.png("hello")))


# ── a reader that a file has taken over: played by what stands in for OCR ────


def played(folder: Path, script: str) -> str:
    program = folder / "ocr"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def test_a_reader_that_hangs_is_ended(tmp_path: Path) -> None:
    bounds = replace(SMALL, seconds=1)
    hangs = played(tmp_path, "sleep 600")
    assert "too long" in reasons(read(files.png("x"), bounds=bounds, tesseract=hangs))


def test_a_reader_that_stops_itself_and_does_not_answer_is_ended(tmp_path: Path) -> None:
    bounds = replace(SMALL, seconds=0.5)
    stops = played(tmp_path, "kill -STOP $PPID; sleep 600")
    assert "too long" in reasons(read(files.png("x"), bounds=bounds, tesseract=stops))


def test_a_reader_that_crashes_is_reported(tmp_path: Path) -> None:
    crashes = played(tmp_path, "kill -SEGV $PPID")
    assert "damaged, or made to break" in reasons(read(files.png("x"), tesseract=crashes))


def test_a_reader_gets_no_secret_and_can_write_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_live_very_secret")
    target = tmp_path / "written"
    script = f"cat /proc/$PPID/environ /proc/net/dev; (echo stolen >> {target}); cat > /dev/null"
    found = read(files.png("x"), tesseract=played(tmp_path, script))
    assert "PATH" in str([text.text for text in found.texts])
    assert "very_secret" not in str([text.text for text in found.texts])
    assert not target.exists() or target.read_bytes() == b""


def test_nothing_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    read(files.zipped({"a.docx": files.docx(files.paragraph("x")), "b.pdf": files.pdf("y")}))
    assert list(tmp_path.iterdir()) == []
