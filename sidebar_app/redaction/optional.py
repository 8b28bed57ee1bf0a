"""Numbers of other kinds that a company may switch on: bank accounts and national ids. Data, known without presidio."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sidebar_app.redaction.hit import Kind

_ANY = r".*"
_ACCOUNT = "account accounts acct bank checking savings deposit konto cuenta compte"
_NONE = r"(?!)"


@dataclass(frozen=True, slots=True)
class OptionalClass:
    """`recognizer` is presidio's; `entity` what it calls its findings. `keeps` last signs stay readable.

    Most of these numbers are a handful of digits that many other numbers share, whatever their check digit: those
    count only with one of `words` beside them. `alone` are the forms that need none.
    """

    name: str
    kind: Kind
    recognizer: str
    entity: str
    words: frozenset[str]
    alone: re.Pattern[str]
    keeps: int = 0


def _bank(name: str, recognizer: str, entity: str, words: str) -> OptionalClass:
    return OptionalClass(
        name, "bank_account", recognizer, entity, frozenset(words.split()), re.compile(_NONE), 4
    )


def _id(name: str, recognizer: str, entity: str, words: str, alone: str = _NONE) -> OptionalClass:
    return OptionalClass(
        name, "national_id", recognizer, entity, frozenset(words.split()), re.compile(alone, re.DOTALL)
    )


# Nothing here calls the network: presidio's recognizer of mail addresses would, and is not offered.
_CLASSES = (
    OptionalClass(
        "iban", "iban", "IbanRecognizer", "IBAN_CODE", frozenset(), re.compile(_ANY, re.DOTALL), keeps=4
    ),
    _bank("us_bank_number", "UsBankRecognizer", "US_BANK_NUMBER", _ACCOUNT),
    _bank("aba_routing", "AbaRoutingRecognizer", "ABA_ROUTING_NUMBER", "routing aba rtn transit"),
    _id("us_ssn", "UsSsnRecognizer", "US_SSN", "ssn social", r"[0-9]{3}-[0-9]{2}-[0-9]{4}"),
    _id("us_itin", "UsItinRecognizer", "US_ITIN", "itin taxpayer", r"[0-9]{3}-[0-9]{2}-[0-9]{4}"),
    _id("uk_nino", "UkNinoRecognizer", "UK_NINO", "nino insurance ni"),
    _id("uk_nhs", "NhsRecognizer", "UK_NHS", "nhs health"),
    _id("es_nif", "EsNifRecognizer", "ES_NIF", "nif dni identidad documento cif"),
    _id("es_nie", "EsNieRecognizer", "ES_NIE", "nie extranjero identidad"),
    _id("it_fiscal_code", "ItFiscalCodeRecognizer", "IT_FISCAL_CODE", "codice fiscale cf", _ANY),
    _id("pl_pesel", "PlPeselRecognizer", "PL_PESEL", "pesel"),
    _id(
        "fi_id",
        "FiPersonalIdentityCodeRecognizer",
        "FI_PERSONAL_IDENTITY_CODE",
        "hetu henkilötunnus",
        r".{6}[-+A].{4}",
    ),
    _id("se_personnummer", "SePersonnummerRecognizer", "SE_PERSONNUMMER", "personnummer samordningsnummer"),
    _id(
        "de_tax_id",
        "DeTaxIdRecognizer",
        "DE_TAX_ID",
        "steueridentifikationsnummer steuer steuerid idnr identifikationsnummer",
    ),
    _id("tr_id", "TrNationalIdRecognizer", "TR_NATIONAL_ID", "tc kimlik"),
    _id("au_tfn", "AuTfnRecognizer", "AU_TFN", "tfn tax"),
    _id("au_medicare", "AuMedicareRecognizer", "AU_MEDICARE", "medicare"),
    _id("in_aadhaar", "InAadhaarRecognizer", "IN_AADHAAR", "aadhaar aadhar uidai आधार"),
    _id("in_pan", "InPanRecognizer", "IN_PAN", "pan permanent"),
    _id("sg_nric", "SgFinRecognizer", "SG_NRIC_FIN", "nric fin"),
    _id("kr_rrn", "KrRrnRecognizer", "KR_RRN", "rrn 주민등록번호 resident", r"[0-9]{6}-[0-9]{7}"),
    _id("th_id", "ThTninRecognizer", "TH_TNIN", "tnin thai เลขประจำตัวประชาชน เลขบัตรประชาชน"),
    _id("ca_sin", "CaSinRecognizer", "CA_SIN", "sin social nas"),
)
CLASSES = {each.name: each for each in _CLASSES}
# Names that stand for several.
GROUPS = {
    "bank_account": tuple(each.name for each in _CLASSES if each.kind == "bank_account"),
    "national_id": tuple(each.name for each in _CLASSES if each.kind == "national_id"),
}


def chosen(names: Iterable[str]) -> tuple[OptionalClass, ...]:
    """The classes that names of classes and groups stand for. ValueError that lists what is not known."""
    wanted = {name.strip().casefold() for name in names if name.strip()}
    unknown = sorted(wanted - CLASSES.keys() - GROUPS.keys())
    if unknown:
        raise ValueError(f"not known: {', '.join(unknown)}. Known are {', '.join([*CLASSES, *GROUPS])}.")
    every = wanted | {name for group in wanted & GROUPS.keys() for name in GROUPS[group]}
    return tuple(each for each in _CLASSES if each.name in every)
