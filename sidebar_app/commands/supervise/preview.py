"""The environment of a preview: every outside system is a sandbox on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sidebar_app.sandbox import cast

SANDBOX_DATA = "SANDBOX_DATA"
_PEOPLE = Path(cast.__file__).with_name("people.toml")
# Never taken over from the caller's environment: a live key in somebody's shell must not reach a preview.
_VENDORS = (
    "STRIPE_",
    "ZENDESK_",
    "SLACK_",
    "SMTP_",
    "TMF_",
    "SENTRY_",
    "MAIL_",
    "PANEL_",
    "PREVIEW_",
    "SANDBOX",
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Of the service and its sandboxes; `mail` is the mailbox page, `smtp` takes the mail."""

    web: int
    zendesk: int
    slack: int
    stripe: int
    mail: int
    smtp: int

    def url(self, port: int) -> str:
        return f"http://127.0.0.1:{port}"

    @property
    def servers(self) -> dict[str, int]:
        """The HTTP port of each sandbox, by its name."""
        return {"zendesk": self.zendesk, "slack": self.slack, "stripe": self.stripe, "mail": self.mail}

    @property
    def pages(self) -> dict[str, str]:
        """The address of each sandbox, by its name."""
        return {name: self.url(port) for name, port in self.servers.items()}


def ports_of(environ: Mapping[str, str]) -> Ports:
    """The ports that `settings` wrote down; 8000 and the following where nothing is written."""
    pages = dict(pair.split("=", 1) for pair in environ.get("SANDBOXES", "").split())
    urls = {"web": environ.get("BASE_URL", ""), **pages, "smtp": environ.get("SMTP_URL", "")}
    defaults = {"web": 8000, "zendesk": 8001, "slack": 8002, "stripe": 8003, "mail": 8004, "smtp": 8005}
    return Ports(**{name: urlsplit(urls.get(name, "")).port or port for name, port in defaults.items()})


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """What children get of the caller's environment: all but the vendors' settings.

    Error reports may be caught on this machine, so a DSN of loopback is no vendor's.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith(_VENDORS)}
    dsn = environ.get("SENTRY_DSN", "")
    return {**kept, "SENTRY_DSN": dsn} if urlsplit(dsn).hostname == "127.0.0.1" else kept


def settings(
    environ: Mapping[str, str], *, ports: Ports, folder: Path, redis_url: str, panel_secret: str
) -> dict[str, str]:
    """The service's settings. DATABASE_URL, POLICY_FILE and so on of the caller's environment stay valid."""
    pages = ports.pages
    ours = {
        "BASE_URL": ports.url(ports.web),
        "PORT": str(ports.web),
        "REDIS_URL": redis_url,
        "PANEL_SECRET": panel_secret,
        "ALLOWLIST_KEY": f"allowed:{panel_secret}",
        "PEOPLE_FILE": str(_PEOPLE),
        "BILLING_BACKEND": "stripe",
        "SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "MAIL_FROM": "Billing support <billing@support.example>",
        "PREVIEW_HELPDESK_URL": pages["zendesk"],
        "PREVIEW_CHAT_URL": pages["slack"],
        "PREVIEW_MAIL_URL": pages["mail"],
        "PREVIEW_BILLING_URL": pages["stripe"],
        "SANDBOXES": " ".join(f"{name}={url}" for name, url in pages.items()),
        SANDBOX_DATA: str(folder / "sandbox"),
    }
    defaults = {
        "DATABASE_URL": f"sqlite:///{folder}/billing.db",
        "AUDIT_KEY_FILE": str(folder / "audit.key"),
        "AUDIT_CHECKPOINT_FILE": str(folder / "audit-checkpoints.txt"),
    }
    chosen = {name: environ.get(name) or value for name, value in defaults.items()}
    return {
        **ours,
        **chosen,
        **_stripe(pages["stripe"]),
        **_zendesk(pages["zendesk"]),
        **_slack(pages["slack"]),
    }


def _stripe(url: str) -> dict[str, str]:
    return {
        "STRIPE_BASE_URL": url,
        "STRIPE_API_KEY": cast.STRIPE_API_KEY,
        "STRIPE_WEBHOOK_SECRET": cast.STRIPE_WEBHOOK_SECRET,
    }


def _zendesk(url: str) -> dict[str, str]:
    return {
        "ZENDESK_SUBDOMAIN": cast.ZENDESK_SUBDOMAIN,
        "ZENDESK_BASE_URL": url,
        "ZENDESK_SDK_URL": f"{url}/zaf_sdk.min.js",
        "ZENDESK_APP_ID": str(cast.ZENDESK_APP_ID),
        "ZENDESK_INSTALLATION_ID": str(cast.ZENDESK_INSTALLATION_ID),
        "ZENDESK_OAUTH_TOKEN": cast.ZENDESK_OAUTH_TOKEN,
        "ZENDESK_WEBHOOK_SECRET": cast.ZENDESK_WEBHOOK_SECRET,
    }


def _slack(url: str) -> dict[str, str]:
    return {
        "SLACK_BASE_URL": f"{url}/api",
        "SLACK_BOT_TOKEN": cast.SLACK_BOT_TOKEN,
        "SLACK_SIGNING_SECRET": cast.SLACK_SIGNING_SECRET,
        "SLACK_TEAM_ID": cast.SLACK_TEAM_ID,
        "SLACK_APP_ID": cast.SLACK_APP_ID,
        "SLACK_APPROVALS_CHANNEL": cast.SLACK_APPROVALS_CHANNEL,
        "SLACK_SECURITY_CHANNEL": cast.SLACK_SECURITY_CHANNEL,
    }
