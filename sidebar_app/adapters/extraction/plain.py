"""Plain text, and everything that is text with signs in it: HTML, XML, JSON, RTF."""

import base64
import codecs
import re

from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9._-]{1,40})""")
_DECLARED_WITHIN = 2048
_SAMPLE = 4096
# Control characters that no text has, and how many of a sample may be such before it is no text.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\b"))
_MOST_CONTROLS = 0.02
_DATA_URL = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp|tiff);base64,([A-Za-z0-9+/\s]+)=*")
_RTF_WORDS = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\(par|line|tab|cell|row)\b ?|\\[a-zA-Z]+-?[0-9]* ?|\\[^a-zA-Z]|[{}]"
)
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "cell": "\t", "row": "\n"}


def decoded(content: bytes) -> str:
    """By byte order mark, else UTF-16 without one, UTF-8, what the text declares, Windows-1252 last.

    Unreadable when it does not look like text at all.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    wide = _wide(content[:_SAMPLE])
    if wide:
        return content.decode(wide, "replace")
    if not is_text(content):
        raise Unreadable("It is a kind of file that we cannot read.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _otherwise(content)


def is_text(content: bytes) -> bool:
    sample = content[:_SAMPLE]
    if any(content.startswith(mark) for mark, _ in _BOMS):
        return True
    strange = len(sample) - len(sample.translate(None, _CONTROLS))
    return strange <= max(1, len(sample) * _MOST_CONTROLS) or bool(_wide(sample))


def read_text(file: File, reading: Reading) -> None:
    reading.says(file.place, decoded(file.content))


def read_markup(file: File, reading: Reading) -> None:
    """As it stands, once as text and once as markup: numbers stand in attributes and comments, too."""
    text = decoded(file.content)
    pictures = _DATA_URL.findall(text)
    text = _DATA_URL.sub("", text)
    reading.says(file.place, text)
    reading.says(file.place, text, markup=True)
    for number, encoded in enumerate(pictures):
        place = file.within(f"picture {number + 1}")
        reading.read(File(base64.b64decode(encoded + "==", validate=False), "", "", place, file.depth + 1))


def read_rtf(file: File, reading: Reading) -> None:
    """Without its control words, which may stand in the middle of a number."""
    reading.says(file.place, _RTF_WORDS.sub(_rtf_shown, file.content.decode("latin-1")))


def _rtf_shown(found: re.Match[str]) -> str:
    code, word = found.groups()
    if code:
        return bytes.fromhex(code).decode("cp1252", "replace")
    return _RTF_BREAKS.get(word or "", " " if found.group() == "\\~" else "")


def _wide(sample: bytes) -> str:
    """UTF-16 without its mark: every other byte of Western text and of digits is zero."""
    half = len(sample) // 2
    if half < 4:
        return ""
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else ""


def _otherwise(content: bytes) -> str:
    declared = _DECLARED.search(content[:_DECLARED_WITHIN])
    for encoding in (declared.group(1).decode() if declared else "", "cp1252"):
        try:
            return content.decode(encoding) if encoding else content.decode("cp1252")
        except (LookupError, UnicodeError):
            continue
    return content.decode("latin-1")
