"""How a company's own numbers may be told from cards, and what would be let through by mistake."""

import re

from sidebar_app.domain.brands import brand_name
from sidebar_app.redaction.hit import Allowlist, Hit
from sidebar_app.redaction.iin import MAX_LENGTH, MIN_LENGTH, ROWS
from sidebar_app.redaction.masking import mask_free_text
from sidebar_app.redaction.normalise import normalise
from sidebar_app.redaction.runs import runs
from sidebar_app.redaction.words import CARD_STEMS, CARD_WORDS, FILLERS, OTHER_CARDS, PAYMENT_STEMS

# As many as may be known of a card: with more, a shape would keep the number itself.
_MOST_LITERAL_DIGITS = 8
_SHAPE = re.compile(r"([0-9]+)(#+)", re.ASCII)
_LONGEST_LABEL = 64
_FEWEST_LETTERS = 3
_CARD_LABELS = (
    "card number",
    "kartennummer",
    "card no",
    "numéro de carte",
    "número de tarjeta",
    "kaartnummer",
)


def plain_shape(shape: str) -> str:
    """A shape without spaces and hyphens; ValueError with a sentence for none, and for too many or few digits."""
    plain = re.sub(r"[\s-]", "", shape)
    found = _SHAPE.fullmatch(plain)
    if not found:
        raise ValueError(
            "Write the digits the numbers begin with and # for each further one, e.g. 90011#########."
        )
    if len(found[1]) > _MOST_LITERAL_DIGITS:
        raise ValueError(
            f"Write the first 4 to {_MOST_LITERAL_DIGITS} digits only, and # for each further one."
        )
    if not MIN_LENGTH <= len(plain) <= MAX_LENGTH:
        raise ValueError(f"Only numbers of {MIN_LENGTH} to {MAX_LENGTH} digits are ever taken for cards.")
    Allowlist.of([plain])
    return plain


def plain_label(label: str) -> str:
    """A label without what stands around it; ValueError with a sentence when cards are labelled alike."""
    plain = " ".join(label.casefold().split()).strip(" :#=.-\"'(")
    if sum(map(str.isalpha, plain)) < _FEWEST_LETTERS or len(plain) > _LONGEST_LABEL:
        raise ValueError("Write the word that stands right before such numbers, e.g. Bestellnummer.")
    if mask_free_text(plain) != plain or sum(map(str.isdigit, plain)) > _MOST_LITERAL_DIGITS:
        raise ValueError("Write the word only, without the number.")
    if _names_cards(plain):
        raise ValueError(f"“{plain}” stands before real card numbers too: they would stay in tickets.")
    return plain


def schemes_of(shape: str) -> tuple[str, ...]:
    """The brands that issue cards of this shape: every such card would be let through."""
    first = shape.rstrip("#")
    low, high = int(first.ljust(8, "0")), int(first.ljust(8, "9"))
    rows = [row for row in ROWS if row.low <= high and low <= row.high and len(shape) in row.lengths]
    return tuple(sorted({brand_name(row.brand) for row in rows}))


def digest_of(text: str, hit: Hit, *, markup: bool, key: bytes) -> str | None:
    """The keyed digest of a number that was found in `text`; None when its digits cannot be told."""
    piece = normalise(text[hit.start : hit.end]).text
    digits = "".join(run.digits for run in runs(piece, markup=markup))
    if len(digits) != hit.length or not digits.endswith(hit.last4):
        return None
    return Allowlist.digest(digits, key=key)


def _names_cards(label: str) -> bool:
    """A loyalty card pays for nothing; "payment" alone may name a card, "payment reference" does not."""
    words = label.split()
    if words[0] in OTHER_CARDS:
        return False
    stems = CARD_STEMS if len(words) > 1 else (*CARD_STEMS, *PAYMENT_STEMS)
    return any(stem in label for stem in stems) or any(
        word.endswith(label) for word in (*CARD_WORDS, *FILLERS, *_CARD_LABELS)
    )
