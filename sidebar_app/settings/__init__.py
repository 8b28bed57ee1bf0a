"""Settings from the environment: typed, frozen, and every fault named at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sidebar_app.redaction import optional
from sidebar_app.settings.attachments import Attachments, read_attachments
from sidebar_app.settings.card_safety import CardSafety, read_card_safety
from sidebar_app.settings.reader import Reader, Secret, SettingsFaults, is_loopback

ROOT = Path(__file__).parents[2]
_SUBDOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Stripe:
    api_key: Secret
    webhook_secret: Secret
    base_url: str


@dataclass(frozen=True)
class Zendesk:
    """`installation_id` and `app_id` say whose signed visits are believed."""

    subdomain: str
    base_url: str
    app_id: int
    installation_id: int
    oauth_token: Secret
    oauth_client_id: str
    oauth_client_secret: Secret
    oauth_refresh_token: Secret
    webhook_secret: Secret
    sdk_url: str


@dataclass(frozen=True)
class Slack:
    bot_token: Secret
    signing_secret: Secret
    base_url: str
    team_id: str
    app_id: str
    approvals_channel: str
    security_channel: str


@dataclass(frozen=True)
class Preview:
    """Addresses of the sandboxes' pages; set by `bin/run` only."""

    helpdesk: str
    chat: str
    mail: str
    billing: str


@dataclass(frozen=True)
class Settings:
    base_url: str
    database_url: str = field(repr=False)  # may hold a password, as does the next one
    redis_url: str = field(repr=False)
    billing_backend: str
    stripe: Stripe
    zendesk: Zendesk
    slack: Slack
    smtp_url: Secret
    mail_from: str
    panel_secret: Secret
    allowlist_key: Secret
    policy_file: Path
    people_file: Path
    audit_key_file: Path
    audit_checkpoint_file: Path
    redact_also: tuple[str, ...]
    sentry_dsn: Secret
    web_workers: int
    web_threads: int
    port: int
    attachments: Attachments
    card_safety: CardSafety
    preview: Preview | None = None
    sandboxes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsFaults with every fault."""
        read = Reader(environ)
        settings = _read(read)
        _check_together(settings, read)
        if read.faults:
            raise SettingsFaults(read.faults)
        return settings


def database_url(environ: Mapping[str, str]) -> str:
    """For commands that need nothing but the database."""
    return _database_url(Reader(environ))


def _database_url(read: Reader) -> str:
    return read.secret("DATABASE_URL", f"sqlite:///{ROOT}/var/billing.db").value


def audit_files(environ: Mapping[str, str]) -> tuple[Path, Path]:
    """The signing key and the checkpoints of the audit log."""
    read, var = Reader(environ), ROOT / "var"
    key = read.text("AUDIT_KEY_FILE", str(var / "audit.key"))
    return Path(key), Path(read.text("AUDIT_CHECKPOINT_FILE", str(var / "audit-checkpoints.txt")))


def _read(read: Reader) -> Settings:
    environ = read.environ
    base_url = read.url("BASE_URL")
    return Settings(
        base_url=base_url,
        database_url=_database_url(read),
        redis_url=read.secret("REDIS_URL", f"unix://{ROOT}/var/valkey/valkey.sock").value,
        billing_backend=read.text("BILLING_BACKEND", "stripe"),
        stripe=_stripe(read),
        zendesk=_zendesk(read),
        slack=_slack(read),
        smtp_url=read.secret("SMTP_URL"),
        mail_from=read.text("MAIL_FROM"),
        panel_secret=read.secret("PANEL_SECRET"),
        allowlist_key=read.secret("ALLOWLIST_KEY", ""),
        policy_file=read.file("POLICY_FILE", ROOT / "sidebar_app" / "permissions" / "policy.toml"),
        people_file=read.file("PEOPLE_FILE", ROOT / "people.toml"),
        audit_key_file=audit_files(environ)[0],
        audit_checkpoint_file=audit_files(environ)[1],
        redact_also=_redact_also(read),
        sentry_dsn=read.secret("SENTRY_DSN", ""),
        web_workers=read.number("WEB_WORKERS", 2, least=1, most=256),
        web_threads=read.number("WEB_THREADS", 16, least=1, most=256),
        port=read.number("PORT", 8000, least=1, most=65_535),
        attachments=read_attachments(read),
        card_safety=read_card_safety(read, shipped=ROOT / "sidebar_app" / "workflow" / "safety_note.txt"),
        preview=_preview(read),
        sandboxes=_pairs(read.text("SANDBOXES", "")),
    )


def _redact_also(read: Reader) -> tuple[str, ...]:
    """Names of optional classes of numbers, groups taken apart."""
    try:
        return tuple(each.name for each in optional.chosen(read.text("REDACT_ALSO", "").split(",")))
    except ValueError as fault:
        read.faults.append(f"REDACT_ALSO names what is {fault}")
        return ()


def _stripe(read: Reader) -> Stripe:
    return Stripe(
        api_key=read.secret("STRIPE_API_KEY"),
        webhook_secret=read.secret("STRIPE_WEBHOOK_SECRET"),
        base_url=read.url("STRIPE_BASE_URL", "https://api.stripe.com"),
    )


def _zendesk(read: Reader) -> Zendesk:
    subdomain = read.text("ZENDESK_SUBDOMAIN")
    if subdomain and not _SUBDOMAIN.fullmatch(subdomain):
        read.faults.append("ZENDESK_SUBDOMAIN must be the first part of your Zendesk address, e.g. acme.")
    token = read.secret("ZENDESK_OAUTH_TOKEN", "")
    client_id = read.text("ZENDESK_OAUTH_CLIENT_ID", "")
    if not token and not client_id:
        read.faults.append("Set ZENDESK_OAUTH_TOKEN, or ZENDESK_OAUTH_CLIENT_ID with its secret.")
    return Zendesk(
        subdomain=subdomain,
        base_url=read.url("ZENDESK_BASE_URL", f"https://{subdomain or 'unset'}.zendesk.com"),
        app_id=read.number("ZENDESK_APP_ID", least=1),
        installation_id=read.number("ZENDESK_INSTALLATION_ID", least=1),
        oauth_token=token,
        oauth_client_id=client_id,
        oauth_client_secret=read.secret("ZENDESK_OAUTH_CLIENT_SECRET", ""),
        oauth_refresh_token=read.secret("ZENDESK_OAUTH_REFRESH_TOKEN", ""),
        webhook_secret=read.secret("ZENDESK_WEBHOOK_SECRET"),
        sdk_url=read.url(
            "ZENDESK_SDK_URL", "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
        ),
    )


def _slack(read: Reader) -> Slack:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        if read.text(name, ""):
            read.faults.append(f"{name} must not be set: it would switch on an OAuth installation by itself.")
    return Slack(
        bot_token=read.secret("SLACK_BOT_TOKEN"),
        signing_secret=read.secret("SLACK_SIGNING_SECRET"),
        base_url=read.url("SLACK_BASE_URL", "https://slack.com/api"),
        team_id=read.text("SLACK_TEAM_ID"),
        app_id=read.text("SLACK_APP_ID"),
        approvals_channel=read.text("SLACK_APPROVALS_CHANNEL"),
        security_channel=read.text("SLACK_SECURITY_CHANNEL"),
    )


def _preview(read: Reader) -> Preview | None:
    pages = [read.text(f"PREVIEW_{part}_URL", "") for part in ("HELPDESK", "CHAT", "MAIL", "BILLING")]
    return Preview(*pages) if all(pages) else None


def _pairs(text: str) -> dict[str, str]:
    """The mapping that a text such as "stripe=http://… slack=http://…" writes down."""
    return dict(pair.split("=", 1) for pair in text.split() if "=" in pair)


_SHORTEST_SECRET = 32


def _check_together(settings: Settings, read: Reader) -> None:
    """Faults that only show when settings are seen side by side."""
    if settings.billing_backend != "stripe":
        read.faults.append("BILLING_BACKEND must be stripe: no other backend is built yet.")
    for name, secret in {
        "PANEL_SECRET": settings.panel_secret,
        "ALLOWLIST_KEY": settings.allowlist_key,
    }.items():
        if secret and len(secret.value) < _SHORTEST_SECRET:
            read.faults.append(f"{name} must have at least {_SHORTEST_SECRET} characters.")
    if settings.base_url and not is_loopback(settings.base_url):
        read.faults += _sandbox_leftovers(settings)


def _sandbox_leftovers(settings: Settings) -> list[str]:
    """A service that others can reach never runs on credentials that everybody knows, or against sandboxes."""
    secrets = {
        "STRIPE_API_KEY": settings.stripe.api_key,
        "STRIPE_WEBHOOK_SECRET": settings.stripe.webhook_secret,
        "ZENDESK_OAUTH_TOKEN": settings.zendesk.oauth_token,
        "ZENDESK_WEBHOOK_SECRET": settings.zendesk.webhook_secret,
        "SLACK_BOT_TOKEN": settings.slack.bot_token,
        "SLACK_SIGNING_SECRET": settings.slack.signing_secret,
        "PANEL_SECRET": settings.panel_secret,
    }
    urls = {
        "STRIPE_BASE_URL": settings.stripe.base_url,
        "ZENDESK_BASE_URL": settings.zendesk.base_url,
        "SLACK_BASE_URL": settings.slack.base_url,
    }
    found = [
        f"{name} is a sandbox credential, and BASE_URL can be reached by others."
        for name, secret in secrets.items()
        if "sandbox" in secret.value
    ]
    found += [
        f"{name} points at this machine, and BASE_URL can be reached by others."
        for name, url in urls.items()
        if url and is_loopback(url)
    ]
    return found + (["The preview workspace is for loopback only."] if settings.preview else [])


__all__ = ["ROOT", "Secret", "Settings", "SettingsFaults", "audit_files", "database_url", "is_loopback"]
