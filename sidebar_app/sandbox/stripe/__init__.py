"""A small stateful Stripe, close enough that the real SDK runs against it unchanged."""

from sidebar_app.sandbox.stripe.app import create_app
from sidebar_app.sandbox.stripe.seed import seed

__all__ = ["create_app", "seed"]
