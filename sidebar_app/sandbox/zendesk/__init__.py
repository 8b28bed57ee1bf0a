"""A small Zendesk: API, signed URLs, webhooks and an agent workspace that hosts the panel."""

from sidebar_app.sandbox.zendesk.app import create_app
from sidebar_app.sandbox.zendesk.seed import seed, seed_past
from sidebar_app.sandbox.zendesk.signing import sign_visit

__all__ = ["create_app", "seed", "seed_past", "sign_visit"]
