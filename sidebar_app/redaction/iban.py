"""International bank account numbers (ISO 13616): their groups often look like those of a card."""

import re
from enum import Enum

from sidebar_app.redaction.context import blanked

# The registry: country and total length.
LENGTHS = {
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
_START = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z]{2})[0-9]{2})")
_WHERE = re.compile(r"[A-Za-z]{2}[0-9]{2}")
_TOKENS = re.compile(r"[ \-.]?[A-Za-z0-9]")
_SPACES = re.compile(r"\s+")
# Raw text on either side, and how much of it counts once tags are blanked: the longest IBAN in groups of four.
_RAW = 320
_REACH = 48


class Iban(Enum):
    """`LIKELY`: country, length and groups of one, but a wrong check digit: mistyped, or made up."""

    NONE = 0
    LIKELY = 1
    VALID = 2


def around(text: str, start: int, end: int, digits: str) -> Iban:
    """The IBAN that text[start:end], whose digits are `digits`, lies inside of, whatever tags part it."""
    if not _WHERE.search(text, max(0, start - _RAW), start + 2):
        return Iban.NONE
    before = _plain(text[max(0, start - _RAW) : start])[-_REACH:]
    after = _plain(text[end : end + _RAW])[:_REACH]
    whole = before + digits + after
    for found in _START.finditer(whole[: len(before) + 2]):
        length = LENGTHS.get(found[1].upper())
        iban = _spanning(whole, found.start(), length, len(before) + len(digits)) if length else ""
        if iban:
            return Iban.VALID if valid(iban) else Iban.LIKELY
    return Iban.NONE


def _plain(text: str) -> str:
    return _SPACES.sub(" ", blanked(text))


def _spanning(whole: str, start: int, length: int, least: int) -> str:
    """The `length` signs from here, if they end a word, at `least` or later; else nothing."""
    signs: list[str] = []
    place = start
    while len(signs) < length:
        token = _TOKENS.match(whole, place)
        if not token:
            return ""
        signs.append(token.group()[-1])
        place = token.end()
    ended = place == len(whole) or not whole[place].isalnum()
    return "".join(signs) if ended and place >= least else ""


def valid(iban: str) -> bool:
    """Check digits by ISO 7064 mod 97-10; `iban` holds letters and digits only."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1
