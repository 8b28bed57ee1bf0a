"""Signs that a number with a card's digits is something else, read from the text right around it."""

import re

from sidebar_app.redaction.context import NOTHING, OTHER
from sidebar_app.redaction.gaps import ESCAPE, TAG
from sidebar_app.redaction.iban import Iban, around
from sidebar_app.redaction.window import Window
from sidebar_app.redaction.words import CARD_STEMS, CARD_WORDS, ID_PREFIXES

VETO = -100
_TOKEN = 64
_DIGITS = "0123456789"
_LETTERS_DIGITS_BEFORE = re.compile(r"[A-Za-z0-9]*\Z")
_LETTERS_DIGITS_AFTER = re.compile(r"[A-Za-z0-9]*")
_HEX = re.compile(r"[0-9a-fA-F]+")
_DIGEST_LENGTHS = frozenset((24, 32, 40, 48, 56, 64, 96, 128))
_UUID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9a-zA-Z])")
_UUID_LENGTH = 36
_TAG = re.compile(TAG)
_ESCAPED = re.compile(rf"(?:{ESCAPE})\Z")
_MASKED = re.compile(r"(?:\*[^\w*]{0,12}){8,}(?:[0-9][^\w*]{0,12}){0,3}\Z")
_ID_PREFIX = re.compile(r"(?:^|[^a-zA-Z0-9])([a-z]{2,6})_(?:live_|test_)?\Z")
_CODE_PREFIX = re.compile(r"(?:^|[^a-zA-Z0-9])([A-Z]{2,5})-\Z")
_URL = re.compile(r"(?:https?://|www\.)[^\s\"'<>]*\Z")
_FIELD = re.compile(r"[?&#;][^/]*?([a-zA-Z]*)=\Z")
_NO_ID = re.compile(r"(?:paid|valid|cid)\Z", re.IGNORECASE)
_MAILBOX = re.compile(r"[\w.+\-]{0,64}@[a-zA-Z0-9]")
_ONE_NUMBER = re.compile(r"[^-./]?[0-9 \u00a0]+")
_FILE = re.compile(
    r"[\w\-]{0,32}\.(?:pdf|jpe?g|png|gif|webp|heic|mp[34]|mov|docx?|xlsx?|csv|txt|zip|gz|log)\b",
    re.IGNORECASE,
)
# "… 3-digit code", "… 16 digits": the number belongs to the words.
_COUNT = re.compile(r"[ \-]?digit", re.IGNORECASE)
# JJD82 4025 8223 …: groups of a longer code that begins with letters.
_CODE_GROUP = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2,4})[0-9]{2,4} \Z")
_BEFORE_A_CARD = frozenset(
    "EUR USD GBP CHF JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC REF NO NR".split()
)
_CHINESE = 18
_BORN = re.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{5}")
# Attributes whose values nobody reads and programs make up.
_MACHINE = re.compile(
    r"<[a-zA-Z][^<>]*\s(?:id|class|style|for|src|srcset|width|height|headers|data-[\w\-]*id)\s*=\s*"
    r"(?:\"[^\"<>]*|'[^'<>]*|[^\s\"'<>]*)\Z",
    re.IGNORECASE,
)
# GS1 application identifiers of trade items and serial numbers.
_GS1 = re.compile(r"\((?:0[0-2]|10|21|37|4[01]\d)\)\Z")
_FRACTION = re.compile(r"[0-9]\.\Z")
_DATE = re.compile(
    r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]|[0-2]?[0-9]:[0-5][0-9]|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}"
)
_PHONE = re.compile(
    r"(?:\+|(?<![0-9][ .\-])(?<![0-9])00(?=[ .\-/]))[^\w\n]{0,3}(?:[0-9]{1,3}[^\w\n]{1,3}){0,2}\Z"
)
_PHONE_LONGEST = 15
_TRIPLES = re.compile(r"[0-9]{1,3}(?:([,. '’])[0-9]{3})(?:\1[0-9]{3}){2,}(?![0-9])")
_PHONE_SHAPE = re.compile(r"\(?[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}(?![0-9])")
# What a North American phone leaves before its last four digits, which then begin no card.
_PHONE_HEAD = re.compile(r"(?<![0-9])\(?[2-9][0-9]{2}\)?[ .\-]?[2-9][0-9]{2}[.\-]\Z")
_ORDER_377 = re.compile(r"(?<![0-9])[0-9]{3}-[0-9]{7}-[0-9]{7}(?![0-9])")
_SAFE_TAIL = re.compile(r"(?:exp|cvv|cvc|cid|csc|valid|mm|sec|val|good|thru)", re.IGNORECASE)


def against(window: Window) -> int:
    """Points against a card: `VETO`, `OTHER` or nothing."""
    text, start, end = window.run.text, window.start, window.end
    before = _ESCAPED.sub(" ", text[max(0, start - 200) : start])
    iban = around(text, start, end, window.digits)
    if iban is Iban.VALID or _vetoed(window, text, before, start, end):
        return VETO
    likely = OTHER if iban is Iban.LIKELY else NOTHING
    return likely + _glue(window, before, text[end : end + _TOKEN]) + _place(window, before)


def _vetoed(window: Window, text: str, before: str, start: int, end: int) -> bool:
    return (
        ("*" in before and _MASKED.search(_TAG.sub("", before)) is not None)
        or (window.length <= _PHONE_LONGEST and _PHONE.search(before) is not None)
        or _PHONE_HEAD.search(before) is not None
        or _COUNT.match(text, end) is not None
        or _in_uuid(text, start, end)
        or _is_chinese_id(window)
        or _in_postal_tracking(window)
        or (window.form == "irregular" and _patterned(text, start, end))
    )


def _is_chinese_id(window: Window) -> bool:
    """GB 11643: province, date of birth and a check digit by ISO 7064 mod 11-2."""
    number = window.digits
    if window.length != _CHINESE or not _BORN.fullmatch(number):
        return False
    return sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number)) % 11 == 1


def _patterned(text: str, start: int, end: int) -> bool:
    """Dates, times, money in thousands, North American phones, marketplace orders."""
    part = text[max(0, start - 12) : end + 8]
    return any(pattern.search(part) for pattern in (_DATE, _TRIPLES, _PHONE_SHAPE, _ORDER_377))


def _glue(window: Window, before: str, after: str) -> int:
    """Letters right beside the digits: an identifier, a digest, a code, or words typed without a space."""
    head = _before(before[-_TOKEN:])
    tail = _LETTERS_DIGITS_AFTER.match(after).group()  # type: ignore[union-attr]
    if window.form == "glued":
        tail = ""
    if not head and not tail:
        return NOTHING
    token = head + window.digits + tail
    if len(token) in _DIGEST_LENGTHS and not token.isdigit() and _HEX.fullmatch(token):
        return VETO
    # Digits right beside the window are other cards of the same unbroken row.
    head, tail = head.rstrip(_DIGITS), tail.lstrip(_DIGITS)
    if any(map(str.isdigit, head)) or (any(map(str.isdigit, tail)) and not _SAFE_TAIL.match(tail)):
        return OTHER if any(map(str.isalpha, head + tail)) else NOTHING
    short_code = head.isupper() and len(head) < 5 and not _for_card(head)
    return OTHER if short_code else NOTHING


def _before(text: str) -> str:
    found = _LETTERS_DIGITS_BEFORE.search(text)
    return found.group() if found else ""


def _for_card(word: str) -> bool:
    folded = word.casefold()
    return (
        folded in CARD_WORDS
        or folded in ("no", "nr", "num", "n")
        or any(stem in folded for stem in CARD_STEMS)
    )


def _place(window: Window, before: str) -> int:
    """An id behind a processor's prefix or short code, in an address or file name, or behind a decimal point."""
    prefix = _ID_PREFIX.search(before[-16:])
    if prefix and prefix[1] in ID_PREFIXES:
        return OTHER
    group = _CODE_GROUP.search(before[-10:]) if window.mark == " " else None
    if group and group[1] not in _BEFORE_A_CARD and not _for_card(group[1]):
        return OTHER
    code = _CODE_PREFIX.search(before[-8:])
    if code and not _for_card(code[1]):
        return OTHER
    if _MAILBOX.match(window.run.text, window.end) or _FILE.match(window.run.text, window.end):
        return OTHER
    if ("<" in before and _MACHINE.search(before)) or _GS1.search(before[-5:]):
        return OTHER
    address = _URL.search(before)
    if address and _names_no_card(address.group()):
        return OTHER
    return OTHER if window.form == "solid" and _FRACTION.search(before) else NOTHING


def _names_no_card(address: str) -> bool:
    """True for an id in a path, or in a field whose name says so: ?fbid=, &sessionId=."""
    field = _FIELD.search(address)
    return field is None or (field[1].casefold().endswith("id") and not _NO_ID.search(field[1]))


def _in_uuid(text: str, start: int, end: int) -> bool:
    if end - start > _UUID_LENGTH:
        return False
    low = max(0, end - _UUID_LENGTH - 1)
    return any(
        found.start() <= start and end <= found.end()
        for found in _UUID.finditer(text, low, start + _UUID_LENGTH + 1)
    )


def _in_postal_tracking(window: Window) -> bool:
    """USPS: 20 or 22 digits from 91 to 95 with weights 3 and 1, or 30 with a ZIP before them."""
    run, digits = window.run, window.run.digits
    if len(digits) not in (20, 22, 26, 30, 34):
        return False
    for length in (20, 22):
        number = digits[-length:]
        first = len(digits) - length
        if "91" <= number[:2] <= "95" and first <= window.first and _weighted(number):
            return _ONE_NUMBER.fullmatch(run.text, max(0, run.place(first) - 1), window.end) is not None
    return False


def _weighted(number: str) -> bool:
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number[:-1]))
    )
    return (total + int(number[-1])) % 10 == 0
