"""Settings: every fault at once, no secret shown, nothing read twice."""

from pathlib import Path
from typing import Any

import pytest

from sidebar_app.settings import Secret, Settings, SettingsFaults, database_url

SECRET = "s3cr3t-" + "x" * 40


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The least a real installation needs."""
    people = tmp_path / "people.toml"
    people.touch()
    return {
        "BASE_URL": "https://billing.acme.example",
        "PEOPLE_FILE": str(people),
        "PANEL_SECRET": SECRET,
        "STRIPE_API_KEY": SECRET,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "ZENDESK_SUBDOMAIN": "acme",
        "ZENDESK_APP_ID": "1",
        "ZENDESK_INSTALLATION_ID": "2",
        "ZENDESK_OAUTH_TOKEN": SECRET,
        "ZENDESK_WEBHOOK_SECRET": SECRET,
        "SLACK_BOT_TOKEN": SECRET,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_TEAM_ID": "T1",
        "SLACK_APP_ID": "A1",
        "SLACK_APPROVALS_CHANNEL": "C1",
        "SLACK_SECURITY_CHANNEL": "C2",
        "SMTP_URL": f"smtps://user:{SECRET}@mail.acme.example",
        "MAIL_FROM": "billing@acme.example",
        "DATABASE_URL": f"postgresql://user:{SECRET}@db/billing",
        "REDIS_URL": f"redis://:{SECRET}@redis",
        "SENTRY_DSN": f"https://{SECRET}@sentry.example/1",
    }


def _faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsFaults) as caught:
        Settings.from_env(environ)
    return caught.value.faults


def test_a_real_installation_is_accepted_with_the_vendors_own_addresses(environ: dict[str, str]) -> None:
    settings = Settings.from_env(environ)
    assert settings.stripe.base_url == "https://api.stripe.com"
    assert settings.zendesk.base_url == "https://acme.zendesk.com"
    assert settings.preview is None


def test_no_secret_is_ever_shown(environ: dict[str, str]) -> None:
    settings = Settings.from_env(environ)
    assert SECRET not in f"{settings!r} {settings} {Secret(SECRET)}"


def test_all_faults_are_told_at_once_and_none_quotes_a_value(environ: dict[str, str]) -> None:
    wrong = {
        "PORT": f"80{SECRET}",
        "BASE_URL": f"ftp://{SECRET}",
        "STRIPE_BASE_URL": f"http://{SECRET}.example",
        "ZENDESK_SUBDOMAIN": f"{SECRET}!",
        "PANEL_SECRET": SECRET[:20],
        "SLACK_CLIENT_SECRET": SECRET,
    }
    faults = _faults(environ | wrong)
    for name in wrong:
        assert any(name in fault for fault in faults), name
    assert SECRET[:10] not in " ".join(faults)


@pytest.mark.parametrize(
    "name", ["BASE_URL", "STRIPE_API_KEY", "SLACK_TEAM_ID", "SMTP_URL", "ZENDESK_APP_ID"]
)
def test_what_is_needed_and_missing_is_named(environ: dict[str, str], name: str) -> None:
    assert _faults(environ | {name: " "}) == [f"{name} is not set."]


@pytest.mark.parametrize(
    "url",
    [
        "http://billing.acme.example",
        "billing.acme.example",
        "https://",
        "http://[",
        "http://127.0.0.1.evil.example",
    ],
)
def test_an_address_that_is_no_https_is_refused(environ: dict[str, str], url: str) -> None:
    assert any(fault.startswith("BASE_URL") for fault in _faults(environ | {"BASE_URL": url}))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000"])
def test_plain_http_is_accepted_on_loopback(environ: dict[str, str], url: str) -> None:
    assert Settings.from_env(environ | {"BASE_URL": url}).base_url == url.rstrip("/")


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "１２", "65536", "9" * 5000, "8000 8001", "0x50"])
def test_a_port_is_a_port(environ: dict[str, str], value: str) -> None:
    assert _faults(environ | {"PORT": value}) == ["PORT must be a whole number from 1 to 65535."]


@pytest.mark.parametrize("name", ["STRIPE_API_KEY", "SLACK_SIGNING_SECRET", "PANEL_SECRET", "DATABASE_URL"])
def test_a_secret_may_come_from_a_file(environ: dict[str, str], tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}-from-file\n")
    given = {k: v for k, v in environ.items() if k != name} | {f"{name}_FILE": str(file)}
    settings: Any = Settings.from_env(given)
    found = {
        "STRIPE_API_KEY": settings.stripe.api_key.value,
        "SLACK_SIGNING_SECRET": settings.slack.signing_secret.value,
        "PANEL_SECRET": settings.panel_secret.value,
        "DATABASE_URL": settings.database_url,
    }
    assert found[name] == f"{SECRET}-from-file"
    if name == "DATABASE_URL":
        assert database_url(given) == found[name]


def test_a_secret_given_twice_or_unreadable_is_refused(environ: dict[str, str], tmp_path: Path) -> None:
    assert (
        _faults(environ | {"PANEL_SECRET_FILE": "/dev/null"})[0]
        == "PANEL_SECRET and PANEL_SECRET_FILE are both set; use one."
    )
    del environ["PANEL_SECRET"]
    assert _faults(environ | {"PANEL_SECRET_FILE": str(tmp_path / "none")}) == [
        "PANEL_SECRET_FILE cannot be read (No such file or directory)."
    ]
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    assert _faults(environ | {"PANEL_SECRET_FILE": str(binary)}) == [
        "PANEL_SECRET_FILE holds something else than text."
    ]


def test_while_a_secret_is_rotated_several_are_valid() -> None:
    assert Secret(" old , new,").several == ("old", "new")
    assert not Secret("")


@pytest.mark.parametrize(
    "leftover",
    [
        {"STRIPE_API_KEY": "sk_test_sandbox"},
        {"SLACK_SIGNING_SECRET": f"{SECRET},sandbox-slack-signing-secret"},
        {"STRIPE_BASE_URL": "http://127.0.0.1:8003"},
        {f"PREVIEW_{part}_URL": "http://127.0.0.1:1" for part in ("HELPDESK", "CHAT", "MAIL", "BILLING")},
    ],
    ids=lambda leftover: next(iter(leftover)),
)
def test_a_service_that_others_can_reach_refuses_what_belongs_to_sandboxes(
    environ: dict[str, str], leftover: dict[str, str]
) -> None:
    assert len(_faults(environ | leftover)) == 1
    Settings.from_env(environ | leftover | {"BASE_URL": "http://127.0.0.1:8000"})


def test_a_backend_that_is_not_built_is_refused(environ: dict[str, str]) -> None:
    assert _faults(environ | {"BILLING_BACKEND": "tmf"}) == [
        "BILLING_BACKEND must be stripe: no other backend is built yet."
    ]


def test_a_client_without_its_secret_is_no_way_into_zendesk(environ: dict[str, str]) -> None:
    del environ["ZENDESK_OAUTH_TOKEN"]
    assert len(_faults(environ)) == 1


def test_optional_classes_of_numbers_are_known_or_named(environ: dict[str, str]) -> None:
    assert Settings.from_env(environ).redact_also == ()
    assert Settings.from_env(environ | {"REDACT_ALSO": "us_ssn, IBAN"}).redact_also == ("iban", "us_ssn")
    with pytest.raises(
        SettingsFaults, match=r"REDACT_ALSO names what is not known: shoe_size\. Known are iban"
    ):
        Settings.from_env(environ | {"REDACT_ALSO": "iban,shoe_size"})


def test_files_are_looked_into_within_bounds_unless_that_is_switched_off(environ: dict[str, str]) -> None:
    ours = Settings.from_env(environ).attachments
    assert (ours.scan, ours.most_megabytes, ours.seconds) == (True, 25, 45)
    off = Settings.from_env({**environ, "SCAN_ATTACHMENTS": "off", "ATTACHMENT_MEGABYTES": "5"}).attachments
    assert (off.scan, off.most_megabytes) == (False, 5)
    wrong = {"SCAN_ATTACHMENTS": "maybe", "ATTACHMENT_MEGABYTES": "0", "ATTACHMENT_SECONDS": "121"}
    assert _faults(environ | wrong) == [
        "SCAN_ATTACHMENTS must be on or off.",
        "ATTACHMENT_MEGABYTES must be a whole number from 1 to 100.",
        "ATTACHMENT_SECONDS must be a whole number from 1 to 120.",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Subject\n\nYour number was $number.", "$number is no placeholder; there are $name, $ticket, $way"),
        ("Subject\n\nIt costs $ 5.", "write $$ for the sign"),
        ("Only one line", "a text below"),
    ],
)
def test_a_safety_note_that_cannot_be_filled_in_is_refused_at_start(
    environ: dict[str, str], tmp_path: Path, text: str, fault: str
) -> None:
    file = tmp_path / "note.txt"
    file.write_text(text)
    (found,) = _faults(environ | {"SAFETY_NOTE_TEMPLATE": str(file)})
    assert fault in found


def test_what_a_customer_is_told_can_be_chosen(environ: dict[str, str]) -> None:
    shipped = Settings.from_env(environ).card_safety
    assert (shipped.note, shipped.secure_payment_url, shipped.training_url) == ("reply", "", "")
    assert "$way" in shipped.template
    chosen = environ | {"SAFETY_NOTE": "Mail", "SECURE_PAYMENT_URL": "https://pay.acme.example/"}
    assert Settings.from_env(chosen).card_safety.secure_payment_url == "https://pay.acme.example"
    assert _faults(environ | {"SAFETY_NOTE": "fax"}) == ["SAFETY_NOTE must be one of reply, mail, off."]
