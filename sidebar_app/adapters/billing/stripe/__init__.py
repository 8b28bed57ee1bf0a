"""Stripe through its official SDK, API version 2026-10-28.endive."""

from sidebar_app.adapters.billing.stripe.client import StripeConnection, connect
from sidebar_app.adapters.billing.stripe.gateway import StripeGateway
from sidebar_app.adapters.billing.stripe.webhooks import StripeWebhooks

__all__ = ["StripeConnection", "StripeGateway", "StripeWebhooks", "connect"]
