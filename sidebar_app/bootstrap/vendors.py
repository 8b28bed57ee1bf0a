"""The adapters, as the settings want them."""

from slack_sdk import WebClient

from sidebar_app.adapters.billing import stripe
from sidebar_app.adapters.chat import slack
from sidebar_app.adapters.extraction import Bounds, SandboxedExtractor
from sidebar_app.adapters.helpdesk import zendesk
from sidebar_app.adapters.system import SystemClock
from sidebar_app.settings import Settings

# A person waits for what a click does; posting from a worker may take longer.
QUICK_SECONDS = 1.5
_PATIENT_SECONDS = 10.0


def billing(settings: Settings) -> stripe.StripeGateway:
    connection = stripe.connect(settings.stripe.api_key.value, base_url=settings.stripe.base_url)
    return stripe.StripeGateway(connection.client)


def zendesk_connection(settings: Settings) -> zendesk.ZendeskConnection:
    return zendesk.ZendeskConnection(settings.zendesk.base_url, _tokens(settings))


def _tokens(settings: Settings) -> zendesk.Tokens:
    """A fixed token, a pair that renews itself, or the client's own credentials: whatever is configured."""
    ours = settings.zendesk
    if ours.oauth_token:
        return zendesk.StaticToken(ours.oauth_token.value)
    client = zendesk.OAuthClient(ours.base_url, ours.oauth_client_id, ours.oauth_client_secret.value)
    if ours.oauth_refresh_token:
        file = settings.audit_key_file.with_name("zendesk-tokens.json")
        return zendesk.RotatingPair(client, ours.oauth_refresh_token.value, file, SystemClock().now)
    return zendesk.ClientCredentials(client, SystemClock().now)


def visits(settings: Settings, connection: zendesk.ZendeskConnection) -> zendesk.ZendeskVisits:
    ours = settings.zendesk
    return zendesk.ZendeskVisits(
        zendesk.PublishedKey(lambda: connection.text(f"apps/{ours.app_id}/public_key.pem")),
        subdomain=ours.subdomain,
        installation_id=ours.installation_id,
        origins=(ours.base_url,) if settings.preview else (),
    )


def chat(settings: Settings) -> slack.SlackChat:
    return slack.SlackChat(
        client=slack_client(settings, seconds=_PATIENT_SECONDS),
        quick_client=slack_client(settings, seconds=QUICK_SECONDS),
        home_team_id=settings.slack.team_id,
        approvals_channel=settings.slack.approvals_channel,
        security_channel=settings.slack.security_channel,
    )


def slack_client(settings: Settings, *, seconds: float) -> WebClient:
    ours = settings.slack
    return slack.web_client(ours.bot_token.value, base_url=ours.base_url, timeout_seconds=seconds)


def extractor(settings: Settings) -> SandboxedExtractor | None:
    ours = settings.attachments
    bounds = Bounds(file_bytes=ours.most_megabytes * 1_000_000, seconds=ours.seconds)
    return SandboxedExtractor(bounds) if ours.scan else None
