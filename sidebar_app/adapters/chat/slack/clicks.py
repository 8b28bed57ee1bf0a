"""Reading clicks and submitted forms. Everything here has passed the gate, so it was written by Slack; the
values that buttons and forms carry are still read as strangers, for old cards live on in channels."""

import json
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltRequest

from sidebar_app.adapters.chat.slack import forms
from sidebar_app.domain.people import SlackIdentity

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Click:
    """What a button or form asks for, and who pressed it. `delivery` is the signature: unique per click."""

    request_id: str
    version: int
    actor: SlackIdentity
    delivery: str
    source: dict[str, str]


def button_click(body: Json, request: BoltRequest) -> Click | None:
    """None when the button carries nothing we would have put there."""
    action = body["actions"][0]
    container = body.get("container") or {}
    source = {
        "channel": str(container.get("channel_id", "")),
        "message_ts": str(container.get("message_ts", "")),
        "action_ts": str(action.get("action_ts", "")),
    }
    return _click(action.get("value"), body, request, source)


def form_click(body: Json, request: BoltRequest) -> Click | None:
    """None when the form carries nothing we would have put there."""
    view = body["view"]
    return _click(view.get("private_metadata"), body, request, {"view": str(view.get("id", ""))})


def _click(carried: object, body: Json, request: BoltRequest, source: dict[str, str]) -> Click | None:
    try:
        value = json.loads(carried) if isinstance(carried, str) else None
    except ValueError:
        value = None
    if not isinstance(value, dict) or type(value.get("v")) is not int or not isinstance(value.get("id"), str):
        return None
    user = body["user"]
    return Click(
        request_id=value["id"],
        version=value["v"],
        actor=SlackIdentity(team_id=user["team_id"], user_id=user["id"]),
        delivery=request.headers["x-slack-signature"][0],
        source={
            "via": "slack",
            "slack_team": user["team_id"],
            "slack_user": user["id"],
            "trigger": str(body.get("trigger_id", "")),
            **source,
        },
    )


def headline(body: Json) -> str:
    """The header of the card that was clicked: shown above the form, never decided upon."""
    for block in (body.get("message") or {}).get("blocks") or ():
        if isinstance(block, dict) and block.get("type") == "header":
            return str((block.get("text") or {}).get("text", ""))
    return ""


def typed_reason(view: Json) -> str:
    """The reason without blanks around it; empty when there is none."""
    values = (view.get("state") or {}).get("values") or {}
    value = ((values.get(forms.REASON_BLOCK) or {}).get(forms.REASON_INPUT) or {}).get("value")
    return value.strip() if isinstance(value, str) else ""


def fault_of(reason: str) -> str:
    """What is wrong with the reason, as a sentence; empty when nothing is. Slack's own check counts blanks."""
    if len(reason) < forms.REASON_MIN_CHARACTERS:
        return (
            f"Please write at least {forms.REASON_MIN_CHARACTERS} characters: the agent has to understand it."
        )
    if len(reason) > forms.REASON_MAX_CHARACTERS:
        return f"Please keep it under {forms.REASON_MAX_CHARACTERS} characters."
    return ""
