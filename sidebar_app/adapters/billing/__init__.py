"""Billing backends behind the billing port."""
