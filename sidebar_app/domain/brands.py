"""Card brands as people write them."""

_NAMES = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "rupay": "RuPay",
    "bc": "BC Card",
    "uatp": "UATP",
}


def brand_name(code: str) -> str:
    """The spelling of a brand code: amex is American Express; one without a spelling is capitalised."""
    return _NAMES.get(code, code.replace("_", " ").title())
