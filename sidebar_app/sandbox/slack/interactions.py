"""What Slack sends when a person presses something: signed, shaped and timed as Slack does it.

Shapes: docs.slack.dev/reference/interaction-payloads. Signature: `v0=` + HMAC-SHA256 over
`v0:{timestamp}:{body}` (docs.slack.dev/authentication/verifying-requests-from-slack).
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.slack import block_kit
from sidebar_app.sandbox.slack.seed import APP_NAME, TEAM_DOMAIN
from sidebar_app.sandbox.slack.workspace import SlackError, Workspace

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Delivery:
    """How the app answered: `status` is None when it did not answer in time or could not be reached."""

    id: str
    status: int | None
    body: str
    notice: str

    def as_json(self) -> Json:
        return {"id": self.id, "status": self.status, "body": self.body, "notice": self.notice}


@dataclass(frozen=True)
class Pretence:
    """Payload fields a test wants to be wrong; empty means right."""

    team_id: str = ""
    api_app_id: str = ""


class Interactions:
    """Sends interactions to `url` (none: the app has no interactivity) and plays back its answers."""

    def __init__(self, workspace: Workspace, url: str | None, signing_secret: str, timeout: float) -> None:
        self._workspace = workspace
        self._url = url
        self._secret = signing_secret
        self._timeout = timeout

    def click(self, user: Json, channel: Json, ts: str, action_id: str, pretence: Pretence) -> Delivery:
        """The user presses the button of that message; raises SlackError when there is no such button."""
        if user["id"] not in channel["members"]:
            raise SlackError("not_in_channel")
        message = self._workspace.message(channel, ts)
        block, button = _find_button(message, action_id)
        sent_parts = ("type", "action_id", "text", "value", "style")
        action: Json = {k: button[k] for k in sent_parts if k in button}
        action |= {"block_id": block["block_id"], "action_ts": self._workspace.new_ts()}
        payload: Json = {
            **self._envelope("block_actions", user, pretence),
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": channel["id"],
                "is_ephemeral": False,
            },
            "channel": {"id": channel["id"], "name": channel["name"]},
            "message": message,
            "state": {"values": {}},
            "response_url": f"https://hooks.slack.example/actions/{user['team_id']}/{action['action_ts']}",
            "actions": [action],
        }
        return self._send(payload)

    def submit(self, user: Json, view_id: str, values: Json, pretence: Pretence) -> Delivery:
        """The user submits the modal; its answer is played back on it.

        `values` maps block_id (or action_id) to the text. Refused by the client itself, as in
        Slack, when a text is missing or of the wrong length: then `status` is 0 and nothing is sent.
        """
        record = self._workspace.view(view_id)
        if record["user"] != user["id"]:
            raise SlackError("not_found")
        state, errors = _state_of(record["view"]["blocks"], values)
        if errors:
            self._workspace.save_view({**record, "errors": errors, "notice": ""})
            return Delivery("", 0, json.dumps({"errors": errors}), "")
        view = {**record["view"], "state": {"values": state}}
        payload = {
            **self._envelope("view_submission", user, pretence),
            "view": view,
            "response_urls": [],
        }
        record = self._workspace.save_view({**record, "view": view, "errors": {}, "notice": ""})
        delivery = self._send(payload)
        self._play_back(record, delivery)
        return delivery

    def replay(self, id: str) -> Delivery:
        """The same bytes once more, with the old signature."""
        sent = self._workspace.documents.get("slack_interaction", id)
        if sent is None:
            raise SlackError("not_found")
        return self._transmit(id, sent)

    def _envelope(self, type: str, user: Json, pretence: Pretence) -> Json:
        return {
            "type": type,
            "api_app_id": pretence.api_app_id or cast.SLACK_APP_ID,
            "token": "deprecated",
            "team": {"id": pretence.team_id or cast.SLACK_TEAM_ID, "domain": TEAM_DOMAIN},
            "user": {
                "id": user["id"],
                "username": user["name"],
                "name": user["name"],
                "team_id": user["team_id"],
            },
            "trigger_id": self._workspace.new_trigger(user["id"]),
            "is_enterprise_install": False,
            "enterprise": None,
        }

    def _send(self, payload: Json) -> Delivery:
        body = urlencode({"payload": json.dumps(payload)})
        timestamp = str(int(self._workspace.clock()))
        mac = hmac.new(self._secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
        sent = {"body": body, "timestamp": timestamp, "signature": f"v0={mac.hexdigest()}"}
        number = str(self._workspace.documents.next_number("slack_interaction"))
        self._workspace.documents.put("slack_interaction", number, sent)
        return self._transmit(number, sent)

    def _transmit(self, id: str, sent: Json) -> Delivery:
        if not self._url:
            return Delivery(id, None, "", f"{APP_NAME} has no interactivity URL, so nothing was sent.")
        request = urllib.request.Request(
            self._url,
            data=sent["body"].encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": sent["timestamp"],
                "X-Slack-Signature": sent["signature"],
                "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            },
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=self._timeout) as answer:
                return Delivery(id, answer.status, answer.read().decode(), "")
        except urllib.error.HTTPError as error:
            with error:
                return Delivery(id, error.code, error.read().decode(), _went_wrong(error.code))
        except TimeoutError:
            return Delivery(id, None, "", f"{APP_NAME} did not respond within {self._timeout:g} seconds.")
        except OSError as error:
            slow = isinstance(getattr(error, "reason", None), TimeoutError)
            return Delivery(
                id, None, "", f"{APP_NAME} {'did not respond in time' if slow else 'is not responding'}."
            )

    def _play_back(self, record: Json, delivery: Delivery) -> None:
        """What the answer to a submission does to the modal."""
        view_id, user = record["view"]["id"], record["user"]
        if delivery.status != 200:
            self._workspace.save_view({**record, "notice": TROUBLE})
            return
        try:
            answer = json.loads(delivery.body or "{}")
            match answer.get("response_action"):
                case None:
                    self._workspace.close_views(user, id=view_id)
                case "clear":
                    self._workspace.close_views(user)
                case "errors":
                    errors = _known_errors(record["view"], answer["errors"])
                    self._workspace.save_view({**record, "errors": errors})
                case "update":
                    self._workspace.update_view(view_id, _good_view(answer["view"]))
                case "push":
                    self._workspace.push_view(user, _good_view(answer["view"]))
                case other:
                    raise SlackError("unknown_response_action", str(other))
        except (ValueError, KeyError, AttributeError, SlackError):
            self._workspace.save_view({**record, "notice": TROUBLE})


def _went_wrong(status: int) -> str:
    return f"Something went wrong: {APP_NAME} answered {status}."


def _find_button(message: Json, action_id: str) -> tuple[Json, Json]:
    for block in message.get("blocks", ()):
        for element in [*block.get("elements", ()), block.get("accessory", {})]:
            if element.get("type") == "button" and element.get("action_id") == action_id:
                return block, element
    raise SlackError("no_such_button")


def _state_of(blocks: list[Json], values: Json) -> tuple[Json, Json]:
    """The `state.values` of a submission, and what the client itself would complain about."""
    state: Json = {}
    errors: Json = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element, block_id = block["element"], block["block_id"]
        text = values.get(block_id, values.get(element.get("action_id", "")))
        text = "" if text is None else str(text)
        state[block_id] = {element.get("action_id", block_id): _entry(element, text)}
        if complaint := _complaint(block, text):
            errors[block_id] = complaint
    return state, errors


def _entry(element: Json, text: str) -> Json:
    if element["type"] == "plain_text_input":
        return {"type": element["type"], "value": text or None}
    chosen = [o for o in element["options"] if o["value"] == text]
    return {"type": element["type"], "selected_option": chosen[0] if chosen else None}


def _complaint(block: Json, text: str) -> str:
    if not text:
        return "" if block.get("optional") else "Please complete this required field."
    element = block["element"]
    if len(text) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(text) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return ""


def _known_errors(view: Json, errors: Json) -> Json:
    """Slack shows errors at input blocks only; an unknown block id is the app's fault."""
    inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
    if not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors")
    return dict(errors)


def _good_view(view: Json) -> Json:
    if faults := block_kit.faults_of_view(view):
        raise SlackError("invalid_view", *faults)
    return view
