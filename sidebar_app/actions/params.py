"""Reading the params of an action."""

from collections.abc import Mapping
from typing import Any

from sidebar_app.actions.action import InvalidParams
from sidebar_app.domain.money import InvalidAmount, Money, UnknownCurrency
from sidebar_app.redaction import mask_free_text

REASONS = {
    "duplicate": "duplicate charge",
    "service_outage": "service outage",
    "requested_by_customer": "requested by the customer",
    "billing_error": "billing error",
    "goodwill": "goodwill",
    "other": "other reason",
}
NOTE_MAX_CHARACTERS = 500
_ID_MAX_CHARACTERS = 255


class Reader:
    """Collects every fault of the params before it raises."""

    def __init__(self, params: Mapping[str, Any], *, known: frozenset[str]) -> None:
        self._params = params
        self._errors: dict[str, list[str]] = {
            name: ["This field is not known."] for name in params if name not in known
        }

    def text(self, name: str, *, required: bool, longest: int = _ID_MAX_CHARACTERS) -> str:
        value = self._params.get(name, "")
        if value is None:
            value = ""
        if not isinstance(value, str):
            return self._fault(name, "This must be a text.")
        if required and not value.strip():
            return self._fault(name, "This is needed.")
        if len(value) > longest:
            return self._fault(name, f"At most {longest} characters.")
        return value.strip()

    def word(self, name: str, *, required: bool, longest: int = _ID_MAX_CHARACTERS) -> str:
        """A text that nobody writes freely: with a card number in it, it is refused."""
        value = self.text(name, required=required, longest=longest)
        if mask_free_text(value) != value:
            return self._fault(name, "This holds a card number. Leave it out.")
        return value

    def note(self) -> str:
        """What a person typed, with card numbers masked."""
        return mask_free_text(self.text("note", required=False, longest=NOTE_MAX_CHARACTERS))

    def reason(self) -> str:
        value = self.word("reason", required=True)
        if value and value not in REASONS:
            return self._fault("reason", f"Choose one of: {', '.join(REASONS)}.")
        return value

    def done(self) -> None:
        """Raises InvalidParams with everything that was wrong."""
        if self._errors:
            raise InvalidParams(self._errors)

    def _fault(self, name: str, sentence: str) -> str:
        self._errors.setdefault(name, []).append(sentence)
        return ""


def positive_amount(text: str, currency: str) -> Money:
    """Raises InvalidParams on the field `amount`."""
    try:
        amount = Money.parse(text, currency)
    except (InvalidAmount, UnknownCurrency) as error:
        raise InvalidParams({"amount": [str(error)]}) from None
    if amount.minor <= 0:
        raise InvalidParams({"amount": ["The amount must be more than zero."]})
    return amount
