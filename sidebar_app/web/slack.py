"""Slack's door: events, interactivity, slash command."""

from flask import Blueprint, Response, request

from sidebar_app.web.access import parts

blueprint = Blueprint("slack", __name__)


@blueprint.post("/slack/events")
def events() -> Response:
    return parts().chat_inbound(request)
