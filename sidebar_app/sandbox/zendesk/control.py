"""What a person or a test may do to the sandbox beyond Zendesk's own API, all under /_sandbox.

`GET sign?agent=&ticket=&location=` a token of the signed URL, as text · `GET state?agent=&ticket=` what the
workspace shows · `POST comments {ticket, as, text|html, public?, attachments?}` as `customer` or a colleague ·
`POST tickets {requester_id, subject, text, channel?}` · `POST chats {ticket, messages: [{as, text|file}], ended?}` more
of the ticket's chat, a new one when it has none · `POST fields {title, kind?, pattern?}` a custom field ·
`POST merge {ticket, into, as}` · `PATCH tickets/<id> {status…}` ·
`PATCH users/<name> {role, suspended, active, tags, groups…}` · `POST announce {ticket}` the events of a seeded
ticket · `POST rotate-key` · `POST tokens {expires_in}` a token pair.
"""

import base64
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk import chats, custom_fields, events, merging, signing, wire
from sidebar_app.sandbox.zendesk.desk import GROUP, TICKET, USER, Attachment, Desk
from sidebar_app.sandbox.zendesk.errors import not_found
from sidebar_app.sandbox.zendesk.oauth import Tokens
from sidebar_app.sandbox.zendesk.seed import WAITING


@dataclass(frozen=True)
class Installed:
    """The one app that is installed in this helpdesk."""

    url: str
    app_id: int
    installation_id: int


def blueprint(desk: Desk, tokens: Tokens, installed: Installed) -> Blueprint:
    routes = Blueprint("zendesk_control", __name__, url_prefix="/_sandbox")
    _add_signing(routes, desk, tokens, installed)
    _add_writing(routes, desk)
    _add_chatting(routes, desk)
    _add_changing(routes, desk)
    return routes


def announce_waiting(desk: Desk, ticket_id: int | str) -> bool:
    """Sends the events that seeding held back, once; True when there were any."""
    with desk.documents.lock:
        if desk.documents.get(WAITING, ticket_id) is None:
            return False
        desk.documents.delete(WAITING, ticket_id)
    announce(desk, ticket_id)
    return True


def announce(desk: Desk, ticket_id: int | str) -> None:
    """The events of every comment of the ticket, as if they had just been written."""
    ticket = desk.ticket(ticket_id)
    desk.announce(events.ticket_created(ticket, at=desk.now()))
    for comment in desk.comments(ticket_id)[1:]:
        author = desk.user(comment["author_id"])
        desk.announce(events.comment_added(ticket, comment, author, at=desk.now()))


def colleague(desk: Desk, name: str) -> Json:
    for user in desk.users():
        if user.get("_name") == name:
            return user
    raise not_found()


def _add_signing(routes: Blueprint, desk: Desk, tokens: Tokens, installed: Installed) -> None:
    @routes.get("/sign")
    def sign() -> Response:
        agent, ticket = request.args["agent"], request.args.get("ticket", type=int)
        colleague(desk, agent)
        token = signing.sign_visit(
            desk.documents,
            agent=agent,
            ticket=ticket,
            location=request.args.get("location", "ticket_sidebar"),
            now=desk.now(),
            origin=request.host_url.rstrip("/"),
            app_id=installed.app_id,
            installation_id=installed.installation_id,
        )
        return Response(token, content_type="text/plain")

    @routes.post("/rotate-key")
    def rotate_key() -> tuple[str, int]:
        signing.rotate_key(desk.documents)
        return "", 204

    @routes.post("/tokens")
    def pair() -> Response:
        return jsonify(tokens.pair(int((request.get_json(silent=True) or {}).get("expires_in", 1800))))

    @routes.post("/announce")
    def tell() -> tuple[str, int]:
        ticket = request.get_json()["ticket"]
        if not announce_waiting(desk, ticket):
            announce(desk, ticket)
        return "", 204


def _add_writing(routes: Blueprint, desk: Desk) -> None:
    @routes.post("/comments")
    def comment() -> tuple[Response, int]:
        asked = request.get_json()
        ticket = desk.ticket(asked["ticket"])
        customer = asked["as"] == "customer"
        added = desk.add_comment(
            ticket["id"],
            author_id=ticket["requester_id"] if customer else colleague(desk, asked["as"])["id"],
            text=asked.get("text", ""),
            html=asked.get("html", ""),
            public=customer or bool(asked.get("public", True)),
            attachments=[_attachment(given) for given in asked.get("attachments", ())],
        )
        return jsonify(wire.shown_comment(added)), 201

    @routes.post("/tickets")
    def new_ticket() -> tuple[Response, int]:
        return jsonify(wire.shown_ticket(desk.create_ticket(**request.get_json()))), 201

    @routes.post("/fields")
    def new_field() -> tuple[Response, int]:
        return jsonify(custom_fields.add(desk.documents, **request.get_json())), 201

    @routes.post("/merge")
    def merge() -> tuple[str, int]:
        asked = request.get_json()
        merging.merge(desk, asked["ticket"], asked["into"], author_id=colleague(desk, asked["as"])["id"])
        return "", 204


def _add_chatting(routes: Blueprint, desk: Desk) -> None:
    @routes.post("/chats")
    def chat() -> tuple[Response, int]:
        asked = request.get_json()
        ticket = desk.ticket(asked["ticket"])
        chat_id = next(reversed(chats.of(desk, ticket["id"])), "") or chats.start(desk, ticket["id"])
        for said in asked.get("messages", ()):
            author = ticket["requester_id"] if said["as"] == "customer" else colleague(desk, said["as"])["id"]
            words = {key: said[key] for key in ("text", "file") if key in said}
            chats.say(desk, ticket["id"], chat_id, author_id=author, **words)
        if asked.get("ended"):
            chats.end(desk, ticket["id"], chat_id)
        return jsonify({"chat_id": chat_id}), 201


def _attachment(given: Json) -> Attachment:
    """`{file_name, content_type, text}` or `{…, base64}`."""
    content = base64.b64decode(given["base64"]) if "base64" in given else given["text"].encode()
    return Attachment(given["file_name"], given["content_type"], content)


def _add_changing(routes: Blueprint, desk: Desk) -> None:
    @routes.patch("/tickets/<int:id>")
    def ticket(id: int) -> Response:
        """Anything, also on a closed ticket."""
        changed = desk.ticket(id) | request.get_json()
        return jsonify(wire.shown_ticket(desk.documents.put(TICKET, id, changed)))

    @routes.patch("/users/<name>")
    def user(name: str) -> Response:
        asked = request.get_json()
        changed = colleague(desk, name)
        if "groups" in asked:
            names = asked.pop("groups")
            changed["_groups"] = [g["id"] for g in desk.documents.all(GROUP) if g["name"] in names]
        return jsonify(wire.shown_user(desk.documents.put(USER, changed["id"], changed | asked)))

    @routes.get("/state")
    def state() -> Response:
        me = colleague(desk, request.args.get("agent", "l1"))
        number = request.args.get("ticket", type=int)
        seen: Json = {"me": _face(me), "people": [_face(u) for u in desk.users() if "_name" in u]}
        if number is None:
            return jsonify(seen | {"tickets": [_line(desk, t) for t in desk.tickets()]})
        return jsonify(seen | {"ticket": _line(desk, desk.ticket(number)), "comments": _said(desk, number)})


def _face(user: Json) -> Json:
    return {key: user[key] for key in ("id", "name", "email", "role")} | {"key": user.get("_name")}


def _line(desk: Desk, ticket: Json) -> Json:
    fields = ("id", "subject", "status", "priority", "tags", "updated_at", "created_at")
    channel = ticket["via"]["channel"]
    return {key: ticket[key] for key in fields} | {
        "requester": _face(desk.user(ticket["requester_id"])),
        "channel": channel,
    }


def _said(desk: Desk, number: int) -> list[Json]:
    """The conversation with its authors' names."""
    told = []
    for comment in desk.comments(number):
        author = _face(desk.user(comment["author_id"]))
        fields = ("id", "html_body", "public", "created_at")
        attachments = [wire.shown_attachment(a) for a in comment["attachments"]]
        told.append({key: comment[key] for key in fields} | {"author": author, "attachments": attachments})
    return told
