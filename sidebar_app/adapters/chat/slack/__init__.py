"""Slack: approval cards out, clicks and forms in."""

from sidebar_app.adapters.chat.slack.client import SlackChat, web_client
from sidebar_app.adapters.chat.slack.inbound import SlackInbound

__all__ = ["SlackChat", "SlackInbound", "web_client"]
