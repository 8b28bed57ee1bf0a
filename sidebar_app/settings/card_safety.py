"""What customers and agents are told when a card number came in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from sidebar_app.settings.reader import Reader

_WAYS = ("reply", "mail", "off")
_PLACEHOLDERS = frozenset(("name", "ticket", "way"))


@dataclass(frozen=True)
class CardSafety:
    """`note`: how the customer hears it; `template` its text. The addresses may be empty."""

    note: str
    template: str
    secure_payment_url: str
    training_url: str


def read_card_safety(read: Reader, *, shipped: Path) -> CardSafety:
    """`shipped` is the template that is used when SAFETY_NOTE_TEMPLATE names no other."""
    note = read.text("SAFETY_NOTE", "reply").lower()
    if note not in _WAYS:
        read.faults.append(f"SAFETY_NOTE must be one of {', '.join(_WAYS)}.")
    return CardSafety(
        note=note,
        template=_template(read, shipped),
        secure_payment_url=read.url("SECURE_PAYMENT_URL", ""),
        training_url=read.url("TRAINING_URL", ""),
    )


def _template(read: Reader, shipped: Path) -> str:
    file = read.file("SAFETY_NOTE_TEMPLATE", shipped)
    try:
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
    except (OSError, UnicodeDecodeError):
        read.faults.append(f"SAFETY_NOTE_TEMPLATE ({file.name}) cannot be read as UTF-8 text.")
        return ""
    if text:
        read.faults += [f"SAFETY_NOTE_TEMPLATE ({file.name}): {fault}." for fault in _faults(text)]
    return text


def _faults(text: str) -> Iterator[str]:
    template = Template(text)
    if not template.is_valid():
        yield "a $ stands there that begins no placeholder; write $$ for the sign"
        return
    for name in sorted(set(template.get_identifiers()) - _PLACEHOLDERS):
        yield f"${name} is no placeholder; there are {', '.join(f'${p}' for p in sorted(_PLACEHOLDERS))}"
    subject, _, body = text.strip().partition("\n")
    if not subject or not body.strip():
        yield "it needs a first line, the subject of a mail, and a text below"
