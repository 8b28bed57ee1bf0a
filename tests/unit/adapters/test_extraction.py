"""What a file says is found, whatever kind it is, and however the kind hides it."""

from collections.abc import Callable

import pytest

from sidebar_app.adapters.extraction import SandboxedExtractor
from sidebar_app.ports.extractor import Extractor, FileTexts
from sidebar_app.redaction import scan
from tests.fakes import files

VISA, MASTER, AMEX = "4111111111111111", "5555555555554444", "378282246310005"
SPACED = "4111 1111 1111 1111"


@pytest.fixture(scope="module")
def extractor() -> SandboxedExtractor:
    return SandboxedExtractor(tesseract="")


def numbers(found: FileTexts) -> set[str]:
    return {
        hit.last4
        for text in found.texts
        for hit in scan(text.text, markup=text.markup)
        if hit.certain and hit.kind == "pan"
    }


def read(extractor: Extractor, content: bytes, name: str = "file", kind: str = "") -> FileTexts:
    found = extractor.extract(content, name=name, content_type=kind)
    assert not found.gaps, found.gaps
    return found


def test_it_says_what_it_can_read() -> None:
    extractor: Extractor = SandboxedExtractor(tesseract="/usr/bin/tesseract")
    assert extractor.reads_pictures
    assert extractor.version != SandboxedExtractor(tesseract="").version


# ── text ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [
        f"my card: {SPACED}".encode(),
        b"\xef\xbb\xbf" + SPACED.encode(),
        SPACED.encode("utf-16"),
        SPACED.encode("utf-16-le"),
        SPACED.encode("utf-16-be"),
        SPACED.encode("utf-32"),
        f"Größe café {SPACED}".encode("latin-1"),
        f"“quoted” – {SPACED}".encode("cp1252"),
        b"{\\rtf1\\ansi my card 4111\\~1111 {\\b 1111} 1111\\par}",
        b'{"card": "4111111111111111", "note": "\\u0035555555555554444"}',
        b'<?xml version="1.0"?><pay><card number="4111111111111111"/></pay>',
        b"<html><body><b>4111</b> <i>1111</i> 1111&nbsp;1111</body></html>",
        b'<!DOCTYPE html><form><input name="card" value="4111111111111111"></form>',
    ],
)
def test_text_of_every_sort(extractor: Extractor, content: bytes) -> None:
    assert "1111" in numbers(read(extractor, content))


def test_letters_survive_their_encoding(extractor: Extractor) -> None:
    assert read(extractor, "Straße “x”".encode("cp1252")).texts[0].text == "Straße “x”"


def test_an_empty_file_is_clean(extractor: Extractor) -> None:
    assert extractor.extract(b"", name="a.txt", content_type="text/plain") == FileTexts()


def test_content_decides_and_not_the_name(extractor: Extractor) -> None:
    found = read(extractor, files.docx(files.paragraph(SPACED)), name="holiday.txt", kind="text/plain")
    assert numbers(found) == {"1111"}


# ── tables ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["cards.csv", "cards.tsv"])
def test_a_table_of_cards(extractor: Extractor, name: str) -> None:
    sign = "\t" if name.endswith("tsv") else ";"
    rows = [["Name", "Card number"], ["Ann", VISA], ["Bob", "5555 5555 5555 4444"]]
    content = "\r\n".join(sign.join(row) for row in rows).encode()
    assert numbers(read(extractor, content, name)) == {"1111", "4444"}


def test_the_heading_of_a_column_says_what_its_numbers_are(extractor: Extractor) -> None:
    content = f"Customer,Order number\nAnn,{VISA}\n".encode()
    found = read(extractor, content, "orders.csv")
    assert numbers(found) == set()
    assert "Order number: 4111111111111111" in found.texts[0].text


def test_a_time_in_one_cell_says_nothing_about_the_number_in_the_next(extractor: Extractor) -> None:
    assert numbers(read(extractor, f"2026-01-05T10:00:00Z,{VISA}\n".encode(), "log.csv")) == {"1111"}


def test_a_number_in_several_cells(extractor: Extractor) -> None:
    content = b"a,b,c,d\n4111,1111,1111,1111\n" + ",".join(MASTER).encode()
    assert numbers(read(extractor, content, "split.csv")) == {"1111", "4444"}


# ── Word, OpenDocument, PowerPoint ──────────────────────────────────────────


def test_word_in_all_its_corners(extractor: Extractor) -> None:
    cards = ["4012888888881881", MASTER, AMEX, "6011111111111117", "3530111333300000", "4222222222222220"]
    content = files.docx(
        files.paragraph("41", "11 1111 11", "11 1111")
        + files.table(["4000", "0566", "5566", "5556"])
        + files.text_box(f"box {cards[0]}"),
        header1=files.paragraph(f"card {cards[1]}"),
        footer2=files.paragraph(f"card {cards[2]}"),
        footnotes=files.paragraph(f"card {cards[3]}"),
        comments=files.paragraph(f"card {cards[4]}"),
    )
    found = read(extractor, content)
    assert numbers(found) == {"1111", "5556", "1881", "4444", "0005", "1117", "0000"}
    assert {"document", "header1", "footnotes", "comments"} <= {text.place for text in found.texts}


def test_properties_stand_for_themselves(extractor: Extractor) -> None:
    core = f"<p><created>2026-01-05T10:00:00Z</created><description>{VISA}</description><keywords>x</keywords></p>"
    content = files.zipped(
        {"[Content_Types].xml": "<t/>", "word/document.xml": "<p/>", "docProps/core.xml": core}
    )
    assert numbers(read(extractor, content)) == {"1111"}


def test_open_document_and_slides(extractor: Extractor) -> None:
    office = '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b">'
    odt = files.zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{office}<text:p>pay <text:span>4111</text:span> 1111 1111 1111</text:p>"
            f'<table:table-cell office:value="{MASTER}"/></office:document-content>',
        }
    )
    slide = f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{SPACED}</a:t></a:r></a:p></p:sld>'
    pptx = files.zipped({"[Content_Types].xml": "<Types/>", "ppt/slides/slide1.xml": slide})
    assert numbers(read(extractor, odt)) == {"1111", "4444"}
    assert numbers(read(extractor, pptx)) == {"1111"}


# ── Excel ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    [VISA, "4.111111111111111E+15", f"{VISA}.0", "4.1111111111111110e15", "3.78282246310005E+14"],
)
def test_a_number_is_read_as_it_is_shown(extractor: Extractor, written: str) -> None:
    content = files.xlsx({"Sheet1": files.row(1, files.cell("A1", written))})
    shown = numbers(read(extractor, content))
    assert shown in ({"1111"}, {"0005"})


def test_a_workbook_in_all_its_corners(extractor: Extractor) -> None:
    rich = "<si><r><t>4012 8888</t></r><r><t> 8888 1881</t></r><rPh><t>9</t></rPh></si>"
    content = files.xlsx(
        {
            "Payments": files.row(
                1, files.cell("A1", "Name", kind="inlineStr"), files.cell("C1", 0, kind="s")
            )
            + files.row(2, files.cell("A2", "Ann", kind="inlineStr"), files.cell("C2", VISA))
            + "<!--after--><headerFooter><oddHeader>&amp;L6011 1111 1111 1117</oddHeader></headerFooter>",
            "~Old": files.row(7, files.cell("XFD7", 1, kind="s"), files.cell("XFC7", MASTER, kind="str")),
        },
        strings=["Card number", rich],
        comments1=f"<comments><text><t>{AMEX}</t></text></comments>",
        drawings__drawing1="<d><p><t>3530 1113 3330 0000</t></p></d>",
        pivotCache__pivotCacheDefinition1='<p><s v="5105105105105100"/></p>',
    )
    found = read(extractor, content)
    assert numbers(found) == {"1111", "1881", "4444", "1117", "0005", "0000", "5100"}
    assert {"sheet Payments", "sheet ~Old"} <= {text.place for text in found.texts}
    assert any("Card number: 4111111111111111" in text.text for text in found.texts)


# ── PDF ─────────────────────────────────────────────────────────────────────


def test_the_text_of_every_page(extractor: Extractor) -> None:
    found = read(extractor, files.pdf("An invoice for you", f"Paid with {SPACED}"))
    assert numbers(found) == {"1111"}
    assert [t.place for t in found.texts if SPACED in t.text] == ["page 2"]


def test_what_was_typed_into_fields_and_comments(extractor: Extractor) -> None:
    found = read(extractor, files.pdf("Please fill in this form", field=VISA, comment=f"or use {MASTER}"))
    assert numbers(found) == {"1111", "4444"}


def test_an_empty_page_needs_no_eyes(extractor: Extractor) -> None:
    assert read(extractor, files.pdf("Something is written here", "")).gaps == ()


def test_a_picture_on_a_page_is_a_gap_without_ocr(extractor: Extractor) -> None:
    shown = files.pdf("A letter with a picture", picture=files.png("card"))
    found = extractor.extract(shown, name="a.pdf", content_type="application/pdf")
    assert [(gap.place, "no OCR" in gap.reason) for gap in found.gaps] == [("page 1", True)]


# ── mails and archives ──────────────────────────────────────────────────────


def test_a_mail_with_everything(extractor: Extractor) -> None:
    content = files.eml(
        "see below",
        subject=f"my card {AMEX}",
        html="<p>4012&nbsp;8888&nbsp;8888&nbsp;1881</p>",
        attached={
            "card.docx": files.docx(files.paragraph(SPACED)),
            "more.zip": files.zipped({"a.txt": MASTER}),
        },
    )
    found = read(extractor, content, "forwarded.eml")
    assert numbers(found) == {"0005", "1881", "1111", "4444"}
    assert "more.zip › a.txt" in {text.place for text in found.texts}


@pytest.mark.parametrize("inside", [lambda c: c, lambda c: files.zipped({"again.zip": c})])
def test_files_in_an_archive(extractor: Extractor, inside: Callable[[bytes], bytes]) -> None:
    book = files.xlsx({"S": files.row(1, files.cell("A1", MASTER))})
    content = inside(files.zipped({"a/b.txt": SPACED, "book.xlsx": book}))
    assert numbers(read(extractor, content)) == {"1111", "4444"}
