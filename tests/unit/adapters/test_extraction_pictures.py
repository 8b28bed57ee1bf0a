"""Numbers in screenshots and scans, drawn by the test: sizes, dark themes, askew, and what spacing OCR makes of it."""

from pathlib import Path

import pytest

from sidebar_app.adapters.extraction import SandboxedExtractor
from sidebar_app.ports.extractor import FileTexts
from sidebar_app.redaction import scan
from tests.fakes import files

FONTS = ("", *(str(path) for path in sorted(Path("/usr/share/fonts").rglob("DejaVuSansMono.ttf"))))
LINES = (
    "Hello, this is my checkout.",
    "Card number 4012 8888 8888 1881",
    "Valid until 09/28  CVV 123",
    "or 5105105105105100",
)


@pytest.fixture(scope="module")
def extractor(tesseract_path: str) -> SandboxedExtractor:
    return SandboxedExtractor(tesseract=tesseract_path)


def numbers(found: FileTexts) -> set[str]:
    assert not found.gaps, found.gaps
    hits = [hit for text in found.texts for hit in scan(text.text, markup=text.markup)]
    return {hit.last4 for hit in hits if hit.certain and hit.kind == "pan"}


def seen(extractor: SandboxedExtractor, content: bytes) -> set[str]:
    return numbers(extractor.extract(content, name="screen", content_type="image/png"))


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("size", "turned"), [(14, 0), (20, 2), (32, -3)])
def test_a_screenshot(extractor: SandboxedExtractor, font: str, dark: bool, size: int, turned: float) -> None:
    content = files.png(*LINES, size=size, dark=dark, turned=turned, font=font)
    assert seen(extractor, content) == {"1881", "5100"}


def test_a_picture_without_a_number_is_clean(extractor: SandboxedExtractor) -> None:
    lines = ("Order 4929 1234 5678", "Call +49 151 2345 6789", "IBAN DE89 3704 0044 0532 0130 00")
    assert seen(extractor, files.png(*lines)) == set()


def test_groups_that_fall_apart_are_put_together(extractor: SandboxedExtractor) -> None:
    assert seen(extractor, files.png("4 0 1 2  8 8 8 8  8 8 8 8  1 8 8 1", size=28)) == {"1881"}


def test_a_scanned_page_and_a_picture_in_a_letter(extractor: SandboxedExtractor) -> None:
    scan_of_letter = files.pdf("", picture=files.png(*LINES, size=24))
    letter = files.pdf("Dear support, see my card:", picture=files.png(*LINES, size=24))
    for content in (scan_of_letter, letter):
        assert seen(extractor, content) == {"1881", "5100"}


def test_pictures_in_documents_and_pages(extractor: SandboxedExtractor) -> None:
    import base64

    picture = files.png(*LINES)
    archive = files.zipped(
        {"[Content_Types].xml": "<a/>", "word/document.xml": "<p/>", "word/media/image1.png": picture}
    )
    page = f'<html><img src="data:image/png;base64,{base64.b64encode(picture).decode()}"></html>'.encode()
    for content in (archive, page):
        assert seen(extractor, content) == {"1881", "5100"}


def test_a_photo_lying_on_its_side_is_turned_by_what_the_camera_noted(extractor: SandboxedExtractor) -> None:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(files.png(*LINES, size=24))) as upright:
        lying, out = upright.rotate(90, expand=True), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    lying.save(out, "JPEG", exif=exif, quality=90)
    assert seen(extractor, out.getvalue()) == {"1881", "5100"}
