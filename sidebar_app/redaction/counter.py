"""Signs that a number with a card's digits is something else, read from the text right around it."""

import re

from sidebar_app.redaction.context import NOTHING, OTHER
from sidebar_app.redaction.gaps import TAG
from sidebar_app.redaction.windows import Window
from sidebar_app.redaction.words import CARD_STEMS, CARD_WORDS, ID_PREFIXES

VETO = -100
_TOKEN = 64
_DIGITS = "0123456789"
_LETTERS_DIGITS_BEFORE = re.compile(r"[A-Za-z0-9]*$")
_LETTERS_DIGITS_AFTER = re.compile(r"[A-Za-z0-9]*")
_HEX = re.compile(r"[0-9a-fA-F]+")
_DIGEST_LENGTHS = frozenset((24, 32, 40, 48, 56, 64, 96, 128))
_UUID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9a-zA-Z])")
_UUID_LENGTH = 36
_TAG = re.compile(TAG)
_MASKED = re.compile(r"(?:\*[^\w*]{0,12}){8,}(?:[0-9][^\w*]{0,12}){0,3}$")
_ID_PREFIX = re.compile(r"(?:^|[^a-zA-Z0-9])([a-z]{2,6})_(?:live_|test_)?$")
_CODE_PREFIX = re.compile(r"(?:^|[^a-zA-Z0-9])([A-Z]{2,5})-$")
_URL = re.compile(r"(?:https?://|www\.)[^\s\"'<>]*$")
_FRACTION = re.compile(r"[0-9]\.$")
_DATE = re.compile(
    r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]|[0-2]?[0-9]:[0-5][0-9]|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}"
)
_PHONE = re.compile(
    r"(?:\+|(?<![0-9][ .\-])(?<![0-9])00(?=[ .\-/]))[^\w\n]{0,3}(?:[0-9]{1,3}[^\w\n]{1,3}){0,2}$"
)
_PHONE_LONGEST = 15
_TRIPLES = re.compile(r"[0-9]{1,3}(?:([,. '’])[0-9]{3})(?:\1[0-9]{3}){2,}(?![0-9])")
_PHONE_SHAPE = re.compile(r"\(?[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}(?![0-9])")
_ORDER_377 = re.compile(r"(?<![0-9])[0-9]{3}-[0-9]{7}-[0-9]{7}(?![0-9])")
_SAFE_TAIL = re.compile(r"(?:exp|cvv|cvc|cid|csc|valid|mm|sec|val|good|thru)", re.IGNORECASE)

# ISO 13616 registry: country and total length.
_IBAN_LENGTHS = {
    code: int(length)
    for code, _, length in (
        pair.partition(":")
        for pair in (
            "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BI:27 BR:29 BY:28 CH:21 CR:22 "
            "CY:28 CZ:24 DE:22 DJ:27 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FK:18 FO:18 FR:27 GB:22 "
            "GE:22 GI:23 GL:18 GR:27 GT:28 HN:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 "
            "KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MN:20 "
            "MR:27 MT:31 MU:30 NI:28 NL:18 NO:15 OM:23 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 "
            "RU:33 SA:24 SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 SO:23 ST:25 SV:28 TL:23 TN:24 TR:26 "
            "UA:29 VA:22 VG:24 XK:20 YE:30"
        ).split()
    )
}
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})([0-9]{2})(?=[ \u00a0\-.]?[A-Z0-9])")
_IBAN_REACH = 48
_NOT_ALNUM = re.compile(r"[^A-Z0-9]+")


def against(window: Window) -> int:
    """Points against a card: `VETO`, `OTHER` or nothing."""
    text, start, end = window.run.text, window.start, window.end
    before = text[max(0, start - 200) : start]
    if _vetoed(window, text, before, start, end):
        return VETO
    return _glue(window, before, text[end : end + _TOKEN]) + _place(window, before)


def _vetoed(window: Window, text: str, before: str, start: int, end: int) -> bool:
    return (
        ("*" in before and _MASKED.search(_TAG.sub("", before)) is not None)
        or (window.length <= _PHONE_LONGEST and _PHONE.search(before) is not None)
        or _in_uuid(text, start, end)
        or _in_iban(text, start, end)
        or _in_postal_tracking(window)
        or (window.form == "irregular" and _patterned(text, start, end))
    )


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
    """An id behind a processor's prefix, a short code, in the path of an address, or behind a decimal point."""
    prefix = _ID_PREFIX.search(before[-16:])
    if prefix and prefix[1] in ID_PREFIXES:
        return OTHER
    code = _CODE_PREFIX.search(before[-8:])
    if code and not _for_card(code[1]):
        return OTHER
    address = _URL.search(before)
    if address and not re.search(r"[?&#;][^/]*=$", address.group()):
        return OTHER
    return OTHER if window.form == "solid" and _FRACTION.search(before) else NOTHING


def _in_uuid(text: str, start: int, end: int) -> bool:
    if end - start > _UUID_LENGTH:
        return False
    low = max(0, end - _UUID_LENGTH - 1)
    return any(
        found.start() <= start and end <= found.end()
        for found in _UUID.finditer(text, low, start + _UUID_LENGTH + 1)
    )


def _in_iban(text: str, start: int, end: int) -> bool:
    low = max(0, start - _IBAN_REACH)
    for found in _IBAN_START.finditer(text, low, start + 1):
        length = _IBAN_LENGTHS.get(found[1])
        if length and _iban_end(text, found.start(), length) >= end:
            return True
    return False


def _iban_end(text: str, start: int, length: int) -> int:
    """Where the IBAN that starts here ends; -1 when what stands there is none."""
    count, position = 0, start
    while position < len(text) and count < length:
        sign = text[position]
        if sign.isalnum():
            count += 1
        elif sign not in " \u00a0-.":
            return -1
        position += 1
    if count < length or (position < len(text) and text[position].isalnum()):
        return -1
    return position if _mod97(_NOT_ALNUM.sub("", text[start:position].upper())) else -1


def _mod97(iban: str) -> bool:
    moved = iban[4:] + iban[:4]
    try:
        return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1
    except ValueError:
        return False


def _in_postal_tracking(window: Window) -> bool:
    """USPS: 20 or 22 digits from 91 to 95 with weights 3 and 1, or 30 with a ZIP before them."""
    digits = window.run.digits
    if len(digits) not in (20, 22, 26, 30, 34):
        return False
    for length in (20, 22):
        number = digits[-length:]
        if "91" <= number[:2] <= "95" and _weighted(number):
            return len(digits) - length <= window.first
    return False


def _weighted(number: str) -> bool:
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number[:-1]))
    )
    return (total + int(number[-1])) % 10 == 0
