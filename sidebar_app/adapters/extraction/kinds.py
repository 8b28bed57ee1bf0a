"""What kind of file it is, by its content first: names and declared types are what somebody claims."""

from collections.abc import Callable

from sidebar_app.adapters.extraction import (
    archive,
    documents,
    mail,
    pdf,
    pictures,
    plain,
    tables,
    workbook,
)
from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable

Reader = Callable[[File, Reading], None]

_PDF_WITHIN = 1024
_MAGIC: tuple[tuple[bytes, Reader], ...] = (
    (b"\x89PNG\r\n\x1a\n", pictures.read_picture),
    (b"\xff\xd8\xff", pictures.read_picture),
    (b"GIF8", pictures.read_picture),
    (b"BM", pictures.read_picture),
    (b"II*\x00", pictures.read_picture),
    (b"MM\x00*", pictures.read_picture),
    (b"{\\rtf", plain.read_rtf),
)
# A ZIP is what lies in it.
_PACKED: tuple[tuple[str, Reader], ...] = (
    ("word/", documents.read_word),
    ("xl/", workbook.read_workbook),
    ("ppt/", documents.read_slides),
)
_CANNOT = (
    (b"\xd0\xcf\x11\xe0", "It is an old Office file (doc, xls, msg), or one protected with a password."),
    (b"Rar!", "It is a RAR archive, which we cannot open."),
    (b"7z\xbc\xaf", "It is a 7-Zip archive, which we cannot open."),
    (b"\x1f\x8b", "It is a gzip archive, which we cannot open."),
    (b"BZh", "It is a bzip2 archive, which we cannot open."),
    (b"\xfd7zXZ", "It is an xz archive, which we cannot open."),
    (b"PGP", "It is encrypted."),
    (b"-----BEGIN PGP MESSAGE", "It is encrypted."),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARKUP_STARTS = (b"<?xml", b"<!doctype", b"<html", b"<svg", b"<head", b"<body")
_MARKUP_SUFFIXES = frozenset(("html", "htm", "xhtml", "xml", "svg", "mht", "mhtml"))
_TABLE_SUFFIXES = frozenset(("csv", "tsv", "tab"))
_MAIL_SUFFIXES = frozenset(("eml", "mht", "mhtml"))
_MEDIA = ("audio/", "video/")


def read(file: File, reading: Reading) -> None:
    """Raises Unreadable for a kind that we cannot read."""
    reader(file)(file, reading)


def reader(file: File) -> Reader:
    content = file.content
    for magic, reason in _CANNOT:
        if content.startswith(magic):
            raise Unreadable(reason)
    if content.startswith(_ZIP):
        return _of_zip(content)
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return pdf.read_pdf
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return pictures.read_picture
    for magic, found in _MAGIC:
        if content.startswith(magic) and not (magic == b"BM" and plain.is_text(content)):
            return found
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise Unreadable("It is a picture of a kind (HEIC, AVIF) that we cannot read.")
    return _of_text(file)


def _of_zip(content: bytes) -> Reader:
    with archive.opened(content) as parts:
        names = parts.namelist()
        if "mimetype" in names and "content.xml" in names:
            return documents.read_open_document
        if "[Content_Types].xml" in names:
            for folder, found in _PACKED:
                if any(name.startswith(folder) for name in names):
                    return found
    return archive.read_archive


def _of_text(file: File) -> Reader:
    if not plain.is_text(file.content):
        kind = "sound or film" if file.content_type.startswith(_MEDIA) else "of a kind"
        raise Unreadable(f"It is {kind} that we cannot read.")
    start = file.content[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    declared = file.content_type.partition(";")[0].strip().lower()
    if file.suffix in _MAIL_SUFFIXES or declared == "message/rfc822":
        return mail.read_mail
    if (
        start.startswith(_MARKUP_STARTS)
        or file.suffix in _MARKUP_SUFFIXES
        or declared.endswith(("html", "xml"))
    ):
        return plain.read_markup
    if file.suffix in _TABLE_SUFFIXES or declared in ("text/csv", "text/tab-separated-values"):
        return tables.read_delimited
    return plain.read_text
