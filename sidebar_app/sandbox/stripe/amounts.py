"""Amounts as Stripe sends them: https://docs.stripe.com/currencies."""

from sidebar_app.sandbox.stripe.errors import invalid

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
MAX_AMOUNT = 99_999_999


def decimals(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def shown(amount: int, currency: str) -> str:
    digits = decimals(currency)
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    whole, rest = divmod(amount, 10**digits)
    text = f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"
    return f"{sign}${text}" if currency == "usd" else f"{sign}{text} {currency.upper()}"


def check_amount(param: str, amount: int, currency: str) -> None:
    """Positive, within Stripe's eight digits, and a multiple of ten in three-decimal currencies."""
    if amount < 1:
        raise invalid(param, "This value must be greater than or equal to 1.", "parameter_invalid_integer")
    if amount > MAX_AMOUNT:
        raise invalid(param, "Amount must be no more than $999,999.99", "amount_too_large")
    if currency in THREE_DECIMAL and amount % 10:
        raise invalid(param, "Three-decimal amounts must be rounded to the nearest ten.")
