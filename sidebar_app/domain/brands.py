"""Card brands, and the other kinds of numbers that are redacted where a company wants it, as people write them."""

_NAMES = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "rupay": "RuPay",
    "bc": "BC Card",
    "uatp": "UATP",
}
_OTHERS = {
    "iban": "IBAN",
    "us_bank_number": "US bank account",
    "aba_routing": "ABA routing number",
    "us_ssn": "US social security number",
    "us_itin": "US taxpayer number",
    "uk_nino": "UK national insurance number",
    "uk_nhs": "UK NHS number",
    "es_nif": "Spanish NIF",
    "es_nie": "Spanish NIE",
    "it_fiscal_code": "Italian fiscal code",
    "pl_pesel": "Polish PESEL",
    "fi_id": "Finnish identity code",
    "se_personnummer": "Swedish identity number",
    "de_tax_id": "German tax id",
    "tr_id": "Turkish identity number",
    "au_tfn": "Australian tax file number",
    "au_medicare": "Australian Medicare number",
    "in_aadhaar": "Indian Aadhaar number",
    "in_pan": "Indian PAN",
    "sg_nric": "Singapore NRIC",
    "kr_rrn": "Korean resident number",
    "th_id": "Thai identity number",
    "ca_sin": "Canadian social insurance number",
}
_SPELLED = _NAMES | _OTHERS
_NO_CARDS = frozenset(_OTHERS.values())


def brand_name(code: str) -> str:
    """The spelling of a brand code: amex is American Express; one without a spelling is capitalised."""
    return _SPELLED.get(code, code.replace("_", " ").title())


def is_card(name: str) -> bool:
    """False for the name of another kind of number, as `brand_name` spells it."""
    return name not in _NO_CARDS
