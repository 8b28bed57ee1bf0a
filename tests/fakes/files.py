"""Files as customers send them, made on the spot: no binary lies in the repository."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def locked_zip(name: str, content: bytes) -> bytes:
    """Its headers say that the member is encrypted."""
    plain = bytearray(zipped({name: content}))
    plain[plain.index(b"PK\x03\x04") + 6] |= 1
    plain[plain.index(b"PK\x01\x02") + 8] |= 1
    return bytes(plain)


# ── Word ────────────────────────────────────────────────────────────────────


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{escape(run)}</w:t></w:r>" for run in runs) + "</w:p>"


def table(*rows: Sequence[str]) -> str:
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def text_box(text: str) -> str:
    inside = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    return f"<w:p><w:r><w:drawing><posOffset>4111</posOffset>{inside}</w:drawing></w:r></w:p>"


def docx(body: str, **parts: str) -> bytes:
    """`parts`: header1, footer1, footnotes, comments … each as paragraphs."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
    }
    for name, inside in parts.items():
        members[f"word/{name}.xml"] = f"<w:part {_W}>{inside}</w:part>"
    return zipped(members)


# ── Excel ───────────────────────────────────────────────────────────────────


def cell(place: str, value: object, *, kind: str = "n") -> str:
    """`kind`: n as written, s the number of a shared string, inlineStr, str."""
    inside = (
        f"<is><t>{escape(str(value))}</t></is>" if kind == "inlineStr" else f"<v>{escape(str(value))}</v>"
    )
    return f'<c r="{place}" t="{kind}">{inside}</c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def xlsx(sheets: Mapping[str, str], *, strings: Sequence[str] = (), **parts: str) -> bytes:
    """`sheets`: tab name → rows; a name that begins with `~` is a hidden sheet. `parts`: path with `__` for `/`."""
    tabs, links, members = [], [], dict[str, Any]({"[Content_Types].xml": _TYPES})
    for number, (name, rows) in enumerate(sheets.items(), 1):
        hidden = ' state="veryHidden"' if name.startswith("~") else ""
        tabs.append(f'<sheet name="{name}" sheetId="{number}"{hidden} r:id="rId{number}"/>')
        links.append(f'<Relationship Id="rId{number}" Target="worksheets/sheet{number}.xml"/>')
        data, _, rest = rows.partition("<!--after-->")
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {_S}><sheetData>{data}</sheetData>{rest}</worksheet>"
        )
    members["xl/workbook.xml"] = f"<workbook {_S} {_R}><sheets>{''.join(tabs)}</sheets></workbook>"
    members["xl/_rels/workbook.xml.rels"] = f"<Relationships>{''.join(links)}</Relationships>"
    shared = "".join(
        text if text.startswith("<si>") else f"<si><t>{escape(text)}</t></si>" for text in strings
    )
    members["xl/sharedStrings.xml"] = f"<sst {_S}>{shared}</sst>"
    for path, content in parts.items():
        members[f"xl/{path.replace('__', '/')}.xml"] = content
    return zipped(members)


# ── PDF ─────────────────────────────────────────────────────────────────────


def pdf(*pages: str, picture: bytes = b"", field: str = "", comment: str = "", locked: bool = False) -> bytes:
    """A page per text (empty: nothing on it); `picture` (a PNG of 8-bit grey) fills the first one."""
    objects: list[bytes] = [b"", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for number, text in enumerate(pages):
        kids.append(_page(objects, text, picture if number == 0 else b"", field, comment))
    named = " ".join(f"{kid} 0 R" for kid in kids)
    form = b"/AcroForm<</Fields[%s]/DA(/Helv 0 Tf 0 g)>>" % _refs(objects, b"/FT/Tx") if field else b""
    objects[0] = b"<</Type/Catalog/Pages 2 0 R" + form + b">>"
    objects[1] = f"<</Type/Pages/Kids[{named}]/Count {len(kids)}>>".encode()
    return _written(objects, locked=locked)


def _page(objects: list[bytes], text: str, picture: bytes, field: str, comment: str) -> int:
    lines = "".join(f"({line}) Tj 0 -20 Td " for line in text.split("\n"))
    stream = f"BT /F1 12 Tf 72 720 Td {lines}ET".encode() if text else b""
    images, annotations = b"", []
    if picture:
        image, height = _image(picture)
        objects.append(image)
        images = b"/XObject<</I1 %d 0 R>>" % len(objects)
        stream += b" q 500 0 0 %d 50 300 cm /I1 Do Q" % height
    if field:
        what = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(card)/V(%s)/Rect[10 10 200 30]>>"
        objects.append(what % field.encode())
        annotations.append(len(objects))
    if comment:
        objects.append(b"<</Type/Annot/Subtype/Text/Contents(%s)/Rect[10 40 30 60]>>" % comment.encode())
        annotations.append(len(objects))
    objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    notes = " ".join(f"{number} 0 R" for number in annotations).encode()
    objects.append(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>%s>>"
        b"/Contents %d 0 R/Annots[%s]>>" % (images, len(objects), notes)
    )
    return len(objects)


def _image(png: bytes) -> tuple[bytes, int]:
    """And how high it is when it is 500 wide."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        grey = opened.convert("L")
    data = zlib.compress(grey.tobytes())
    head = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
        b"/Length %d>>stream\n%s\nendstream"
    )
    return head % (*grey.size, len(data), data), 500 * grey.height // grey.width


def _refs(objects: list[bytes], having: bytes) -> bytes:
    return b" ".join(b"%d 0 R" % number for number, known in enumerate(objects, 1) if having in known)


def _written(objects: Sequence[bytes], *, locked: bool) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"aa" * 32, b"bb" * 32)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, lock if locked else b"", start,
    )  # fmt: skip
    return bytes(out)


# ── pictures ────────────────────────────────────────────────────────────────


def png(
    *lines: str, size: int = 20, dark: bool = False, turned: float = 0, font: str = "", width: int = 900
) -> bytes:
    """The lines as a screenshot would show them."""
    from PIL import Image, ImageDraw, ImageFont

    ground, ink = ((30, 30, 34), (225, 225, 225)) if dark else ((255, 255, 255), (20, 20, 20))
    face = ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
    picture = Image.new("RGB", (width, 60 + 2 * size * len(lines)), ground)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((30, 30 + number * int(size * 1.7)), line, font=face, fill=ink)
    picture = picture.rotate(turned, expand=True, fillcolor=ground, resample=Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


# ── mail ────────────────────────────────────────────────────────────────────


def eml(
    text: str, *, subject: str = "Hello", html: str = "", attached: Mapping[str, bytes] | None = None
) -> bytes:
    parts = [f'Content-Type: text/plain; charset="utf-8"\r\n\r\n{text}']
    if html:
        parts.append(f'Content-Type: text/html; charset="utf-8"\r\n\r\n{html}')
    for name, content in (attached or {}).items():
        head = f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"'
        parts.append(
            f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(content).decode()}"
        )
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    kind = 'Content-Type: multipart/mixed; boundary="b"'
    head = f"From: a@example.com\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n{kind}"
    return f"{head}\r\n\r\n{body}".encode()
