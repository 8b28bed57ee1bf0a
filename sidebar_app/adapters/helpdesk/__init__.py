"""Helpdesks behind the helpdesk port."""
