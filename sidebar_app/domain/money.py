"""Money as whole minor units of one currency."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Self

from babel.numbers import format_currency

# Minor digits by ISO 4217. Only currencies we are sure about: an unknown one refuses writes.
# Zero- and three-decimal lists: https://docs.stripe.com/currencies. ISK and UGX are left out on
# purpose: vendors disagree on how they travel.
_TWO = (
    "AED AUD BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CNY COP CRC CVE CZK DKK DOP DZD EGP "
    "ETB EUR FJD GBP GEL GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR MAD "
    "MDL MKD MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
    "RSD SAR SBD SCR SEK SGD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW"
)
_ZERO = "BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF"
_THREE = "BHD JOD KWD OMR TND"
MINOR_DIGITS = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_ZERO.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}

# Ten digits of major units are more than any refund; beyond it a typing error is likelier than a customer.
_MAX_MAJOR_DIGITS = 10
_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<fraction>[0-9]+))?", re.ASCII)


class UnknownCurrency(ValueError):
    """A currency whose minor digits we do not know for certain."""


class InvalidAmount(ValueError):
    """A text that is no amount of its currency; the message is a sentence for the person who typed it."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum or comparison."""


def minor_digits(currency: str) -> int:
    """How many decimals the currency has; raises UnknownCurrency."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is not a currency this service can move money in.") from None


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency` (ISO 4217, upper case). Different currencies never add or compare."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money counts whole minor units.")

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """The amount a decimal text in major units means, e.g. ("12.50", "USD").

        Raises InvalidAmount for anything but ASCII digits with at most the currency's decimals,
        UnknownCurrency for a currency without known decimals.
        """
        digits = minor_digits(currency)
        match = _DECIMAL.fullmatch(text.strip()) if isinstance(text, str) else None
        if not match:
            raise InvalidAmount("Write the amount in digits with a decimal point, such as 12.50.")
        fraction = match["fraction"] or ""
        if len(fraction) > digits:
            raise InvalidAmount(f"{currency} has {digits or 'no'} decimals; the amount has {len(fraction)}.")
        if len(match["whole"].lstrip("0")) > _MAX_MAJOR_DIGITS:
            raise InvalidAmount("The amount is larger than this service moves.")
        minor = int(match["whole"] + fraction.ljust(digits, "0"))
        return cls(-minor if match["sign"] else minor, currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    @property
    def decimal(self) -> str:
        """The amount as a decimal string in major units, with all decimals of the currency."""
        return f"{self.major:.{minor_digits(self.currency)}f}"

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add or compare.")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: "Money") -> bool:
        return other < self

    def __ge__(self, other: "Money") -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return _formatted(self.minor, self.currency)


@lru_cache(maxsize=8192)
def _formatted(minor: int, currency: str) -> str:
    """As English readers write it: $1,234.50, ¥1,200, KWD 40.250; an unknown currency stays in minor units."""
    if currency not in MINOR_DIGITS:
        return f"{minor} {currency} (minor units)"
    decimals = "0" * MINOR_DIGITS[currency]
    pattern = f"¤#,##0.{decimals}" if decimals else "¤#,##0"
    amount = Money(minor, currency).major
    text = format_currency(amount, currency, pattern, locale="en_US", currency_digits=False)
    return text.replace("\xa0", "").replace(currency, f"{currency} ")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that are all of `currency`; raises CurrencyMismatch otherwise."""
    return sum(amounts, Money.zero(currency))
