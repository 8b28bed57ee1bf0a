"""Chats in which approvals are asked and given."""
