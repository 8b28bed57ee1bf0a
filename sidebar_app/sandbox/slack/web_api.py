"""The Web API: `POST /api/<method>`, JSON or form in, `{"ok": ...}` out with Slack's error codes."""

import hmac
import json
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.slack import block_kit
from sidebar_app.sandbox.slack.seed import APP_NAME, BOT_ID, BOT_SCOPES, BOT_USER, TEAM_DOMAIN, TEAM_NAME
from sidebar_app.sandbox.slack.workspace import SlackError, Workspace

Method = Callable[[Workspace, Json], Json]

_JSON_ARGUMENTS = ("blocks", "view", "metadata", "attachments")


def blueprint(workspace: Workspace, bot_token: str) -> Blueprint:
    """The routes of the Web API; only `bot_token` is let in."""
    routes = Blueprint("slack_web_api", __name__)

    @routes.route("/api/<method>", methods=["GET", "POST"])
    def call(method: str) -> Response:
        try:
            arguments = _arguments()
            _check_token(arguments, bot_token)
            _scripted_error(workspace, method)
            if method not in METHODS:
                raise SlackError("unknown_method")
            answer = jsonify({"ok": True, **METHODS[method](workspace, arguments)})
        except SlackError as error:
            answer = jsonify(_refusal(error))
        answer.headers["X-OAuth-Scopes"] = ",".join(BOT_SCOPES)
        return answer

    return routes


def _arguments() -> Json:
    """Query, form and JSON body as one; structured arguments may come as JSON text."""
    given: Json = {**request.args, **request.form}
    if request.is_json and request.get_data():  # the SDK calls auth.test with the JSON type and no body
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise SlackError("invalid_json")
        given |= body
    for name in _JSON_ARGUMENTS:
        if isinstance(given.get(name), str):
            try:
                given[name] = json.loads(given[name])
            except ValueError:
                raise SlackError("invalid_arguments", f"{name} is not JSON") from None
    return given


def _check_token(arguments: Json, bot_token: str) -> None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.pop("token", "")
    if not token:
        raise SlackError("not_authed")
    if not hmac.compare_digest(str(token).encode(), bot_token.encode()):
        raise SlackError("invalid_auth")


def _scripted_error(workspace: Workspace, method: str) -> None:
    """An error the test asked for by `POST /_sandbox/errors`, counted down."""
    with workspace.documents.lock:
        scripted = workspace.documents.get("slack_error", method)
        if scripted is None:
            return
        if scripted["times"] > 1:
            workspace.documents.put("slack_error", method, {**scripted, "times": scripted["times"] - 1})
        else:
            workspace.documents.delete("slack_error", method)
    raise SlackError(scripted["error"])


def _refusal(error: SlackError) -> Json:
    body: Json = {"ok": False, "error": error.code}
    if error.messages:
        body["errors"] = list(error.messages)
        body["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in error.messages]}
    return body


def _need(arguments: Json, name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise SlackError("invalid_arguments", f"missing required field: {name}")
    return value


# -- chat -----------------------------------------------------------------------------------------


def _content(arguments: Json) -> tuple[str, list[Json]]:
    """Text and blocks, checked; one of them is needed."""
    text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", "text must be a string")
    if not text and not blocks:
        raise SlackError("no_text")
    if faults := block_kit.faults_of(blocks, "message"):
        raise SlackError("invalid_blocks", *faults)
    if len(json.dumps(blocks, ensure_ascii=False)) > block_kit.MAX_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return text, blocks


def _open_channel(workspace: Workspace, ref: str) -> Json:
    channel = workspace.channel(ref)
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    if channel.get("is_archived"):
        raise SlackError("is_archived")
    return channel


def _post_message(workspace: Workspace, arguments: Json) -> Json:
    text, blocks = _content(arguments)
    channel = _open_channel(workspace, _need(arguments, "channel"))
    more = {key: arguments.get(key) for key in ("thread_ts", "metadata", "client_msg_id")}
    if more["thread_ts"]:
        workspace.message(channel, str(more["thread_ts"]))
    message = workspace.post(channel, text, blocks, **more)
    return {"channel": channel["id"], "ts": message["ts"], "message": message}


def _update(workspace: Workspace, arguments: Json) -> Json:
    channel_id, ts = _need(arguments, "channel"), _need(arguments, "ts")
    channel = workspace.channel(channel_id)
    if channel["id"] != channel_id:  # a name or a user id will not do here
        raise SlackError("channel_not_found")
    text, blocks = _content(arguments)
    message = workspace.message(channel, ts)
    if message.get("bot_id") != BOT_ID:
        raise SlackError("cant_update_message")
    edited = {"user": BOT_USER, "ts": workspace.new_ts()}
    changed = {**message, "text": text or message["text"], "edited": edited}
    if "blocks" in arguments:
        changed["blocks"] = block_kit.with_ids(blocks, f"u{edited['ts'][-6:]}")
    if "metadata" in arguments:
        changed["metadata"] = arguments["metadata"]
    workspace.save_message(channel, changed)
    return {"channel": channel_id, "ts": ts, "text": changed["text"], "message": changed}


def _post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    text, blocks = _content(arguments)
    channel = _open_channel(workspace, _need(arguments, "channel"))
    user = _need(arguments, "user")
    if user not in channel["members"]:
        raise SlackError("user_not_in_channel")
    thread = str(arguments.get("thread_ts") or "")
    return {"message_ts": workspace.whisper(channel, user, text, blocks, thread)}


# -- views ----------------------------------------------------------------------------------------


def _checked_view(arguments: Json) -> Json:
    view = arguments.get("view")
    faults = block_kit.faults_of_view(view)
    if faults or not isinstance(view, dict):
        raise SlackError("invalid_arguments", *faults)
    return view


def _views_open(workspace: Workspace, arguments: Json) -> Json:
    trigger, view = _need(arguments, "trigger_id"), _checked_view(arguments)
    return {"view": workspace.open_view(workspace.exchange_trigger(trigger), view)["view"]}


def _views_push(workspace: Workspace, arguments: Json) -> Json:
    trigger, view = _need(arguments, "trigger_id"), _checked_view(arguments)
    user = workspace.exchange_trigger(trigger)
    return {"view": workspace.push_view(user, view)["view"]}


def _views_update(workspace: Workspace, arguments: Json) -> Json:
    view, record = _checked_view(arguments), workspace.view(_need(arguments, "view_id"))
    if arguments.get("hash") and arguments["hash"] != record["view"]["hash"]:
        raise SlackError("hash_conflict")
    return {"view": workspace.update_view(record["view"]["id"], view)["view"]}


# -- reading --------------------------------------------------------------------------------------


def _auth_test(workspace: Workspace, arguments: Json) -> Json:
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.example/",
        "team": TEAM_NAME,
        "user": APP_NAME,
        "team_id": cast.SLACK_TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _users_info(workspace: Workspace, arguments: Json) -> Json:
    return {"user": workspace.user(_need(arguments, "user"))}


def _lookup_by_email(workspace: Workspace, arguments: Json) -> Json:
    return {"user": workspace.user_by_email(_need(arguments, "email"))}


def _conversations_info(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(_need(arguments, "channel"))
    shown = {key: value for key, value in channel.items() if key != "members"}
    return {"channel": {**shown, "num_members": len(channel["members"])}}


def _conversations_history(workspace: Workspace, arguments: Json) -> Json:
    """Newest first, without thread replies; metadata only when asked for."""
    channel = workspace.channel(_need(arguments, "channel"))
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9" * 20)
    limit = min(int(arguments.get("limit") or 100), 999)
    inclusive = str(arguments.get("inclusive", "")).lower() in ("1", "true")
    found = [
        m
        for m in reversed(workspace.messages(channel))
        if m.get("thread_ts", m["ts"]) == m["ts"]
        and (oldest < m["ts"] < latest or (inclusive and m["ts"] in (oldest, latest)))
    ]
    if str(arguments.get("include_all_metadata", "")).lower() not in ("1", "true"):
        found = [{k: v for k, v in m.items() if k != "metadata"} for m in found]
    return {"messages": found[:limit], "has_more": len(found) > limit, "pin_count": 0}


METHODS: dict[str, Method] = {
    "auth.test": _auth_test,
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "chat.postEphemeral": _post_ephemeral,
    "views.open": _views_open,
    "views.push": _views_push,
    "views.update": _views_update,
    "users.info": _users_info,
    "users.lookupByEmail": _lookup_by_email,
    "conversations.info": _conversations_info,
    "conversations.history": _conversations_history,
}
