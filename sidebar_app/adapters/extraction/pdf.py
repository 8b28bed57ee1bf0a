"""PDF: the text layer, form fields, comments and attached files; OCR for pages that are, or show, pictures."""

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from sidebar_app.adapters.extraction import pictures
from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable

# Three pixels per point, 216 dpi: enough for the small print of letters and invoices.
_SCALE = 3.0
# A bank card at its real size covers seven percent of an A4 page.
_LARGE_PICTURE = 0.05
_FEW_LETTERS = 10
_LONGEST_VALUE = 65_536
_MOST_ANNOTATIONS = 5_000
_MOST_OBJECTS = 20_000
_NESTED_OBJECTS = 5


def read_pdf(file: File, reading: Reading) -> None:
    document = _opened(file.content)
    try:
        if document.get_formtype() != pdfium.FORMTYPE_NONE:
            document.init_forms()
        reading.says(file.place, "\n".join(document.get_metadata_dict(skip_empty=True).values()))
        for number in range(len(document)):
            reading.spend("pages")
            _read_page(document, number, file.within(f"page {number + 1}"), reading)
        _read_attached(document, file, reading)
    finally:
        document.close()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
    raise Unreadable("It is protected with a password." if locked else "The PDF is damaged.")


def _read_page(document: pypdfium2.PdfDocument, number: int, place: str, reading: Reading) -> None:
    try:
        page = document[number]
        try:
            text = page.get_textpage().get_text_bounded()
            reading.says(place, text)
            reading.says(place, "\n".join(_typed(document, page)))
            if len(text.strip()) < _FEW_LETTERS or _shows_picture(page):
                _look_at(page, place, reading)
        finally:
            page.close()
    except Unreadable as why:
        reading.misses(place, str(why))
    except (pypdfium2.PdfiumError, ValueError, OSError):
        reading.misses(place, "The page is damaged.")


def _shows_picture(page: pypdfium2.PdfPage) -> bool:
    """True when there is a picture large enough to show a number, or too much on the page to find out."""
    area = page.get_width() * page.get_height()
    wanted = [pdfium.FPDF_PAGEOBJ_IMAGE]
    for seen, picture in enumerate(page.get_objects(filter=wanted, max_depth=_NESTED_OBJECTS)):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > area * _LARGE_PICTURE or seen > _MOST_OBJECTS:
            return True
    return False


def _look_at(page: pypdfium2.PdfPage, place: str, reading: Reading) -> None:
    width, height = page.get_size()
    if _is_blank(page):
        return
    if not reading.tesseract:
        raise Unreadable(pictures.NO_OCR)
    pixels = width * height * _SCALE**2
    scale = _SCALE if pixels <= reading.bounds.pixels else _SCALE * (reading.bounds.pixels / pixels) ** 0.5
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        pictures.say_picture(bitmap.to_pil(), reading, place)
    finally:
        bitmap.close()


def _is_blank(page: pypdfium2.PdfPage) -> bool:
    return not pdfium.FPDFPage_CountObjects(page) and not pdfium.FPDFPage_GetAnnotCount(page)


def _typed(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    """What people typed into form fields and comments."""
    count = min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)
    for index in range(count):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        for key in (b"Contents", b"V"):
            yield _wide(
                lambda buffer, size, k=key, a=annotation: pdfium.FPDFAnnot_GetStringValue(a, k, buffer, size)
            )
        if document.formenv:
            form = document.formenv
            yield _wide(
                lambda buffer, size, f=form, a=annotation: pdfium.FPDFAnnot_GetFormFieldValue(
                    f, a, buffer, size
                )
            )
        pdfium.FPDFPage_CloseAnnot(annotation)


def _wide(ask: Any) -> str:
    """pdfium's way of handing out UTF-16: first how long, then the text with its closing zero."""
    size = ask(None, 0)
    if not 2 < size <= _LONGEST_VALUE:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _read_attached(document: pypdfium2.PdfDocument, file: File, reading: Reading) -> None:
    for index in range(document.count_attachments()):
        attached = document.get_attachment(index)
        name = attached.get_name()
        content = bytes(attached.get_data())
        reading.spend("unpacked", len(content))
        reading.read(File(content, name, "", file.within(name), file.depth + 1))
