"""The channel pages, and the JSON routes by which a person or a test presses, types and looks.

`POST /_sandbox/click {as, channel, ts, action_id, times?, team_id?, api_app_id?}` presses a button;
`times` presses it that often at the same moment. `POST /_sandbox/submit {as, view_id, values, ...}` submits
a modal, `POST /_sandbox/close {as, view_id}` dismisses it. `POST /_sandbox/replay {id}` sends the bytes of an
earlier interaction again. `POST /_sandbox/errors {method, error, times?}` lets a Web API method fail with a
Slack error code. `PATCH /_sandbox/users/<name>` and `PATCH /_sandbox/channels/<name>` change their flags.
`GET /_sandbox/messages?channel=`, `/_sandbox/ephemerals?as=`, `/_sandbox/views?as=` and
`/_sandbox/state?as=&channel=` (all of it, for the page) only look.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Blueprint, Response, jsonify, request, send_from_directory

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.slack.interactions import Interactions, Pretence
from sidebar_app.sandbox.slack.seed import APP_NAME
from sidebar_app.sandbox.slack.workspace import SlackError, Workspace

PAGE = Path(__file__).parent / "page"


def blueprint(workspace: Workspace, interactions: Interactions) -> Blueprint:
    """All routes outside `/api`."""
    routes = Blueprint("slack_control", __name__)
    routes.register_error_handler(SlackError, _refused)
    _add_page(routes)
    _add_doing(routes, workspace, interactions)
    _add_looking(routes, workspace)
    _add_changing(routes, workspace)
    return routes


def _refused(error: SlackError) -> tuple[Response, int]:
    return jsonify({"error": error.code, "messages": list(error.messages)}), 404


def _add_page(routes: Blueprint) -> None:
    @routes.get("/")
    def channel_page() -> Response:
        return send_from_directory(PAGE, "channel.html", max_age=0)

    @routes.get("/page/<path:name>")
    def page_part(name: str) -> Response:
        return send_from_directory(PAGE, name, max_age=0)


def _add_doing(routes: Blueprint, workspace: Workspace, interactions: Interactions) -> None:
    @routes.post("/_sandbox/click")
    def click() -> Response:
        asked = request.get_json()
        user, channel = workspace.person(asked["as"]), workspace.channel(asked["channel"])
        times = int(asked.get("times", 1))

        def press(_: int) -> Json:
            return interactions.click(
                user, channel, asked["ts"], asked["action_id"], _pretence(asked)
            ).as_json()

        with ThreadPoolExecutor(max_workers=times) as fingers:
            deliveries = list(fingers.map(press, range(times)))
        return jsonify({**deliveries[0], "deliveries": deliveries})

    @routes.post("/_sandbox/submit")
    def submit() -> Response:
        asked = request.get_json()
        user, view_id = workspace.person(asked["as"]), asked["view_id"]
        delivery = interactions.submit(user, view_id, asked["values"], _pretence(asked))
        still_open = [v for v in workspace.open_views(user["id"]) if v["view"]["id"] == view_id]
        return jsonify({**delivery.as_json(), "view": still_open[0] if still_open else None})

    @routes.post("/_sandbox/close")
    def close() -> Response:
        asked = request.get_json()
        workspace.close_views(workspace.person(asked["as"])["id"], id=asked["view_id"])
        return jsonify({"closed": asked["view_id"]})

    @routes.post("/_sandbox/replay")
    def replay() -> Response:
        return jsonify(interactions.replay(str(request.get_json()["id"])).as_json())


def _pretence(asked: Json) -> Pretence:
    return Pretence(team_id=asked.get("team_id", ""), api_app_id=asked.get("api_app_id", ""))


def _add_looking(routes: Blueprint, workspace: Workspace) -> None:
    @routes.get("/_sandbox/messages")
    def messages() -> Response:
        return jsonify(workspace.messages(workspace.channel(request.args["channel"])))

    @routes.get("/_sandbox/ephemerals")
    def ephemerals() -> Response:
        return jsonify(workspace.ephemerals(workspace.person(request.args["as"])["id"]))

    @routes.get("/_sandbox/views")
    def views() -> Response:
        return jsonify(workspace.open_views(workspace.person(request.args["as"])["id"]))

    @routes.get("/_sandbox/state")
    def state() -> Response:
        user = workspace.person(request.args.get("as", "manager"))
        channel = workspace.channel(request.args.get("channel", "approvals"))
        return jsonify(_seen_by(workspace, user, channel))


def _seen_by(workspace: Workspace, user: Json, channel: Json) -> Json:
    """The channel as this user sees it."""
    may_look = user["id"] in channel["members"]
    return {
        "app": APP_NAME,
        "me": _face(user),
        "people": [_face(u) for u in workspace.people()],
        "names": {u["id"]: u["real_name"] for u in workspace.documents.all("slack_user")},
        "channel": {"id": channel["id"], "name": channel["name"], "member": may_look}
        | {"topic": channel.get("topic", {}).get("value", ""), "members": len(channel["members"])},
        "channels": [
            {"id": c["id"], "name": c["name"]}
            for c in workspace.documents.all("slack_channel")
            if user["id"] in c["members"]
        ],
        "messages": workspace.messages(channel) if may_look else [],
        "ephemerals": workspace.ephemerals(user["id"], channel["id"]) if may_look else [],
        "views": workspace.open_views(user["id"]),
    }


def _face(user: Json) -> Json:
    return {"id": user["id"], "name": user["name"], "title": user["real_name"]}


def _add_changing(routes: Blueprint, workspace: Workspace) -> None:
    @routes.post("/_sandbox/errors")
    def script_error() -> Response:
        asked = request.get_json()
        scripted = {"error": asked["error"], "times": int(asked.get("times", 1))}
        return jsonify(workspace.documents.put("slack_error", asked["method"], scripted))

    @routes.patch("/_sandbox/users/<name>")
    def change_user(name: str) -> Response:
        user = workspace.person(name)
        return jsonify(workspace.documents.put("slack_user", user["id"], {**user, **request.get_json()}))

    @routes.patch("/_sandbox/channels/<name>")
    def change_channel(name: str) -> Response:
        channel = workspace.channel(name)
        changed = {**channel, **request.get_json()}
        return jsonify(workspace.documents.put("slack_channel", channel["id"], changed))
