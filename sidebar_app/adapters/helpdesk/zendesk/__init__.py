"""Zendesk: the helpdesk port through zenpy, signed visits, signed webhooks."""

from sidebar_app.adapters.helpdesk.zendesk.client import ZendeskConnection
from sidebar_app.adapters.helpdesk.zendesk.helpdesk import ZendeskHelpdesk
from sidebar_app.adapters.helpdesk.zendesk.keys import PublishedKey
from sidebar_app.adapters.helpdesk.zendesk.tokens import (
    ClientCredentials,
    OAuthClient,
    RotatingPair,
    StaticToken,
    Tokens,
)
from sidebar_app.adapters.helpdesk.zendesk.visits import ZendeskVisits
from sidebar_app.adapters.helpdesk.zendesk.webhooks import ZendeskWebhooks

__all__ = [
    "ClientCredentials",
    "OAuthClient",
    "PublishedKey",
    "RotatingPair",
    "StaticToken",
    "Tokens",
    "ZendeskConnection",
    "ZendeskHelpdesk",
    "ZendeskVisits",
    "ZendeskWebhooks",
]
