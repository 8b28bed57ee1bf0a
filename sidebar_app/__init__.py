"""Billing sidebar for support desks."""
