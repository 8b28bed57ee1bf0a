"""Numbers by their own rules: cards that pass Luhn, and the families people mistake for them."""

import random
import uuid
from collections.abc import Callable


def luhn_digit(body: str) -> str:
    """The check digit that makes `body` plus it pass Luhn."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def pan(rng: random.Random, prefix: str, length: int) -> str:
    """A random number of a scheme that passes Luhn."""
    body = prefix + digits(rng, length - len(prefix) - 1)
    return body + luhn_digit(body)


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _imei(rng: random.Random) -> str:
    body = rng.choice(("35", "86", "01", "99")) + digits(rng, 12)
    return body + luhn_digit(body)


def _iban(rng: random.Random) -> str:
    body = digits(rng, 18)
    check = 98 - int(body + "131400") % 97
    return f"DE{check:02d}{body}"


def _spaced(number: str, size: int = 4, mark: str = " ") -> str:
    return mark.join(number[place : place + size] for place in range(0, len(number), size))


def _usps(rng: random.Random) -> str:
    body = rng.choice(("92", "93", "94")) + digits(rng, 19)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def _ups(rng: random.Random) -> str:
    return "1Z" + "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=6)) + digits(rng, 10)


def _numeric_uuid(rng: random.Random) -> str:
    number = digits(rng, 32)
    return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _mixed(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("abcdefghjkmnpqrstuvwxyz0123456789", k=count))


def _stamp(rng: random.Random) -> str:
    return (
        f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
        f":{rng.randint(0, 59):02d}.{rng.randint(0, 999999):06d}"
    )


def _us_phone(rng: random.Random) -> str:
    return f"({rng.randint(200, 989)}) {rng.randint(200, 989)}-{digits(rng, 4)}"


_BARE = ("{}", "see {} please", "it says {} here")
Family = tuple[Callable[[random.Random], str], tuple[str, ...]]

NEGATIVES: dict[str, Family] = {
    "order, labelled": (
        lambda rng: digits(rng, rng.randint(12, 19)),
        (
            "Order number: {}",
            "order #{}",
            "my order {} is late",
            "Bestellnummer {}",
            '{{"order_id": "{}"}}',
            "ORD-{}",
            "invoice no. {}",
        ),
    ),
    "reference, labelled": (
        lambda rng: digits(rng, rng.randint(12, 19)),
        (
            "Ref: {}",
            "reference number {}",
            "transaction id {}",
            "Ticket {} is open",
            "confirmation code: {}",
            "customer id={}",
            "numéro de commande : {}",
        ),
    ),
    "tracking, labelled": (
        lambda rng: digits(rng, rng.choice((12, 14, 15, 18, 20, 22))),
        (
            "Tracking number {}",
            "my parcel {} is lost",
            "FedEx {}",
            "Sendungsnummer: {}",
            "tracking: {}",
            "AWB {}",
        ),
    ),
    "tracking usps": (lambda rng: _spaced(_usps(rng)), _BARE),
    "tracking usps solid": (_usps, _BARE),
    "tracking ups": (_ups, _BARE),
    "imei": (_imei, ("IMEI {}", "{}", "IMEI: {} phone is broken")),
    "imei spaced": (
        lambda rng: "{0[0]}{0[1]}-{1}-{2}-{3}".format((n := _imei(rng)), n[2:8], n[8:14], n[14]),
        _BARE,
    ),
    "iban": (_iban, ("IBAN {}", "{}", "please pay to {}")),
    "iban spaced": (lambda rng: _spaced(_iban(rng)), ("IBAN {}", "{}", "refund to my account {}")),
    "uuid": (_uuid, _BARE),
    "uuid of digits": (_numeric_uuid, _BARE),
    "hex digest": (lambda rng: "".join(rng.choices("0123456789abcdef", k=rng.choice((32, 40, 64)))), _BARE),
    "mixed id": (lambda rng: rng.choice(("ch_", "pi_3", "in_1", "cus_", "")) + _mixed(rng, 24), _BARE),
    "phone": (_us_phone, ("call {} or {}".replace("{} or {}", "{}"), "{}", "tel {}")),
    "phone list": (lambda rng: ", ".join(_us_phone(rng) for _ in range(3)), _BARE),
    "phone international": (
        lambda rng: f"+{rng.randint(30, 99)} {digits(rng, 3)} {digits(rng, 4)} {digits(rng, 4)}",
        _BARE,
    ),
    "phone long": (lambda rng: f"+{digits(rng, 13)}", _BARE),
    "timestamp": (_stamp, _BARE),
    "timestamps": (lambda rng: f"{_stamp(rng)} {_stamp(rng)}", _BARE),
    "epoch": (lambda rng: str(rng.randint(1_500_000_000_000, 1_800_000_000_000)), _BARE),
    "epoch micro": (lambda rng: str(rng.randint(1_500_000_000_000_000, 1_800_000_000_000_000)), _BARE),
    "article url": (
        lambda rng: f"https://help.example.com/hc/en-us/articles/4{digits(rng, 12)}-How-to",
        _BARE,
    ),
    "object url": (lambda rng: f"https://app.example.com/orders/{digits(rng, 16)}/edit", _BARE),
    "social id": (lambda rng: "1000" + digits(rng, 11), _BARE),
    "snowflake": (lambda rng: "1" + digits(rng, 18), _BARE),
    "marketplace order": (lambda rng: f"{digits(rng, 3)}-{digits(rng, 7)}-{digits(rng, 7)}", _BARE),
    "random 12": (lambda rng: digits(rng, 12), _BARE),
    "random 13": (lambda rng: digits(rng, 13), _BARE),
    "random 14": (lambda rng: digits(rng, 14), _BARE),
    "random 17": (lambda rng: digits(rng, 17), _BARE),
    "random 20": (lambda rng: digits(rng, 20), _BARE),
    "ean": (lambda rng: rng.choice(("40", "50", "54", "87")) + digits(rng, 11), ("EAN {}", "{}")),
    "float": (lambda rng: f"{rng.randint(0, 99)}.{digits(rng, 16)}", _BARE),
    "coordinates": (
        lambda rng: f"{rng.randint(10, 89)}.{digits(rng, 6)}, -{rng.randint(10, 179)}.{digits(rng, 6)}",
        _BARE,
    ),
    "money": (
        lambda rng: (
            f"{rng.randint(1, 999)},{digits(rng, 3)},{digits(rng, 3)},{digits(rng, 3)},{digits(rng, 3)}"
        ),
        _BARE,
    ),
    "log line": (
        lambda rng: f"{_stamp(rng)} INFO pid={rng.randint(100, 99999)} took {rng.randint(1, 999)} ms",
        _BARE,
    ),
    "ip list": (
        lambda rng: " ".join(".".join(str(rng.randint(1, 255)) for _ in range(4)) for _ in range(2)),
        _BARE,
    ),
    "table of ids": (lambda rng: "\n".join(digits(rng, 8) for _ in range(6)), _BARE),
    "row of years": (lambda rng: " ".join(str(rng.randint(1990, 2030)) for _ in range(8)), _BARE),
    "row of amounts": (lambda rng: ", ".join(str(rng.randint(1000, 9999)) for _ in range(8)), _BARE),
    "random 15": (lambda rng: digits(rng, 15), _BARE),
    "random 16": (lambda rng: digits(rng, 16), _BARE),
    "random 18": (lambda rng: digits(rng, 18), _BARE),
    "random 19": (lambda rng: digits(rng, 19), _BARE),
    "iban between entities": (lambda rng: _spaced(_iban(rng), mark="&nbsp;"), ("<p>{}</p>",)),
    "iban with a wrong digit": (lambda rng: _spaced(f"DE12{digits(rng, 18)}"), _BARE),
    "sim card": (
        lambda rng: (body := "8949" + digits(rng, 15)) + luhn_digit(body),
        ("ICCID {}", "{}", "SIM {}"),
    ),
    "carrier": (
        lambda rng: digits(rng, 16),
        ("Canada Post {}", "Hermes {}", "PostNL {}", "Colissimo {}", "InPost {}", "Evri parcel {}"),
    ),
    "register": (lambda rng: digits(rng, 14), ("SIRET {}", "CNPJ {}", "ОГРН {}", "org nr {}", "ABN {}")),
    "address field": (
        lambda rng: digits(rng, 16),
        ("https://x.example/?fbid={}&a=1", "https://x.example/v?sessionId={}", "https://x.example/i/{}.jpg"),
    ),
    "mail and file names": (
        lambda rng: digits(rng, rng.choice((12, 14, 16))),
        ("<{}.8812@mail.example>", "scan_{}.pdf", "IMG-{}.jpg"),
    ),
    "row of a table": (lambda rng: " | ".join(digits(rng, 4) for _ in range(5)), ("| {} |",)),
    "voucher": (
        lambda rng: "-".join(digits(rng, 4) for _ in range(rng.choice((3, 5, 6)))),
        ("code {}", "PIN {}", "{}"),
    ),
    "hardware addresses": (
        lambda rng: " ".join("-".join(digits(rng, 2) for _ in range(6)) for _ in range(2)),
        _BARE,
    ),
    "masked card": (lambda rng: f"{digits(rng, 4)} **** **** {digits(rng, 4)}", ("card {}", "{}")),
}
