"""The API under /api/v2: people, tickets, redaction, the app's key. Every path also with `.json`."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk import chats, custom_fields, redaction, wire
from sidebar_app.sandbox.zendesk.desk import GROUP, Desk
from sidebar_app.sandbox.zendesk.errors import invalid, update_conflict
from sidebar_app.sandbox.zendesk.oauth import Tokens
from sidebar_app.sandbox.zendesk.seed import CUSTOM_ROLES

Handler = Callable[..., Json]


class Routes:
    """A blueprint whose handlers answer JSON objects, on paths with and without `.json`."""

    def __init__(self, name: str, tokens: Tokens) -> None:
        self.blueprint = Blueprint(name, __name__, url_prefix="/api/v2")
        self._tokens = tokens
        self.blueprint.before_request(self._authenticate)

    def add(self, method: str, path: str, handler: Handler) -> None:
        def view(**ids: Any) -> Response:
            return jsonify(handler(**{name: str(given) for name, given in ids.items()}))

        for suffix in ("", ".json"):
            self.blueprint.add_url_rule(
                path + suffix, f"{method} {path}{suffix}".replace(".", "_"), view, methods=[method]
            )

    def _authenticate(self) -> None:
        g.actor = self._tokens.actor(request.headers.get("Authorization", ""))


def blueprint(desk: Desk, tokens: Tokens) -> Blueprint:
    routes = Routes("zendesk_api", tokens)
    _add_people(routes, desk)
    _add_tickets(routes, desk)
    _add_redaction(routes, desk)
    return routes.blueprint


def _add_people(routes: Routes, desk: Desk) -> None:
    def search() -> Json:
        wanted = (request.args.get("query") or request.args.get("external_id") or "").casefold()
        wanted = wanted.removeprefix("email:").strip('"')
        hits = [u for u in desk.users() if wanted and wanted in (u["email"].casefold(), u["name"].casefold())]
        return wire.listed("users", hits, wire.shown_user)

    def memberships(id: str) -> Json:
        user = desk.user(id)
        return wire.listed("group_memberships", [_membership(user, g) for g in desk.groups_of(user)])

    def all_memberships() -> Json:
        everybody = [_membership(u, g) for u in desk.users() for g in desk.groups_of(u)]
        return wire.listed("group_memberships", everybody)

    def show_many() -> Json:
        ids = request.args.get("ids", "").split(",")
        found = [u for u in desk.users() if str(u["id"]) in ids]
        return wire.listed("users", found, wire.shown_user)

    routes.add("GET", "/users/me", lambda: {"user": wire.shown_user(desk.user(g.actor))})
    routes.add("GET", "/users/<int:of>", lambda of: {"user": wire.shown_user(desk.user(of))})
    routes.add("GET", "/users/search", search)
    routes.add("GET", "/users/show_many", show_many)
    routes.add("GET", "/users/<int:id>/group_memberships", memberships)
    routes.add("GET", "/group_memberships", all_memberships)
    routes.add("GET", "/users/<int:of>/groups", lambda of: _groups(desk.groups_of(desk.user(of))))
    routes.add("GET", "/groups", lambda: _groups(desk.documents.all(GROUP)))
    routes.add(
        "GET", "/custom_roles", lambda: {"custom_roles": list(CUSTOM_ROLES), "count": len(CUSTOM_ROLES)}
    )


def _groups(groups: list[Json]) -> Json:
    return wire.listed("groups", groups)


def _membership(user: Json, group: Json) -> Json:
    return {
        "id": user["id"] * 10_000 + group["id"] % 10_000,
        "user_id": user["id"],
        "group_id": group["id"],
        "default": user["default_group_id"] == group["id"],
        "created_at": user["created_at"],
        "updated_at": user["updated_at"],
    }


def _add_tickets(routes: Routes, desk: Desk) -> None:
    def comments(id: str) -> Json:
        found = desk.comments(id)
        if request.args.get("sort", "").startswith("-") or request.args.get("sort_order") == "desc":
            found.reverse()
        return wire.listed("comments", found, wire.shown_comment)

    def update(id: str) -> Json:
        asked = _body().get("ticket")
        if not isinstance(asked, dict):
            raise invalid("ticket", "Ticket: must be given")
        return _updated(desk, id, asked)

    def change_tags(change: Callable[[set[str], set[str]], set[str]]) -> Handler:
        def handler(id: str) -> Json:
            tags = change(set(desk.ticket(id)["tags"]), _given_tags())
            desk.change(id, {"tags": sorted(tags)}, author_id=g.actor)
            return {"tags": sorted(tags)}

        return handler

    def audits(id: str) -> Json:
        desk.ticket(id)
        return wire.listed("audits", desk.audits(id), lambda audit: shown_audit(desk, audit))

    routes.add(
        "GET", "/ticket_fields", lambda: wire.listed("ticket_fields", desk.documents.all(custom_fields.FIELD))
    )
    routes.add("GET", "/tickets/<int:of>", lambda of: _ticket(desk, of))
    routes.add("PUT", "/tickets/<int:id>", update)
    routes.add("GET", "/tickets/<int:id>/comments", comments)
    routes.add("GET", "/tickets/<int:id>/audits", audits)
    routes.add("GET", "/tickets/<int:of>/tags", lambda of: {"tags": desk.ticket(of)["tags"]})
    routes.add("PUT", "/tickets/<int:id>/tags", change_tags(set.union))
    routes.add("POST", "/tickets/<int:id>/tags", change_tags(lambda _, given: given))
    routes.add("DELETE", "/tickets/<int:id>/tags", change_tags(set.difference))


def _ticket(desk: Desk, id: str) -> Json:
    ticket = desk.ticket(id)
    answer = {"ticket": wire.shown_ticket(ticket)}
    if "users" not in request.args.get("include", "").split(","):
        return answer
    people = {ticket["requester_id"], ticket["submitter_id"], ticket["assignee_id"]} - {None}
    return answer | {"users": [wire.shown_user(desk.user(of)) for of in sorted(people)]}


def _given_tags() -> set[str]:
    given: Any = _body().get("tags")
    return set(given) if isinstance(given, list) else set()


def _updated(desk: Desk, id: str, asked: Json) -> Json:
    """One PUT is one audit of everything it did; a refused one does nothing."""
    ticket = desk.ticket(id)
    if asked.get("safe_update") and asked.get("updated_stamp") != ticket["updated_at"]:
        raise update_conflict()
    changes = {key: value for key, value in asked.items() if key not in ("id", "comment")}
    added, removed = set(changes.pop("additional_tags", ())), set(changes.pop("remove_tags", ()))
    wanted: list[str] = changes["tags"] if "tags" in changes else ticket["tags"]
    changes["tags"] = sorted(set(wanted) - removed | added)
    if changes["tags"] == ticket["tags"]:
        del changes["tags"]
    said = asked.get("comment")
    if said:
        _comment(desk, id, said)
    audit = desk.change(id, changes, author_id=g.actor)
    if said:
        audit = desk.audits(id)[-1]
    return {"ticket": wire.shown_ticket(desk.ticket(id)), "audit": shown_audit(desk, audit)}


def _comment(desk: Desk, id: str, said: Json) -> None:
    desk.add_comment(
        id,
        author_id=said.get("author_id") or g.actor,
        text=str(said.get("body") or ""),
        html=str(said.get("html_body") or ""),
        public=bool(said.get("public", True)),
    )


def shown_audit(desk: Desk, audit: Json) -> Json:
    """Comment events carry the text as it is now, so what was redacted shows nowhere."""
    told = []
    for event in audit["events"]:
        event = dict(event)
        if event["type"] == "Comment":
            now = wire.shown_comment(desk.comment(event["comment_id"], ticket_id=audit["ticket_id"]))
            texts = ("author_id", "body", "html_body", "plain_body", "attachments")
            event |= {key: now[key] for key in texts} | {"id": now["id"]}
        told.append(event)
    return wire.shown(audit) | {"events": told}


def _add_redaction(routes: Routes, desk: Desk) -> None:
    def by_marks(id: str) -> Json:
        comment = redaction.redact_marks(desk, id, _body(), actor_id=g.actor)
        return {"comment": wire.shown_comment(comment)}

    def by_text(ticket: str, id: str) -> Json:
        text = str(_body().get("text") or "")
        comment = redaction.redact_text(desk, ticket, id, text, actor_id=g.actor)
        return {"comment": wire.shown_comment(comment)}

    def attachment(ticket: str, comment: str, id: str) -> Json:
        emptied = redaction.redact_attachment(desk, ticket, comment, id, actor_id=g.actor)
        return {"attachment": wire.shown_attachment(emptied)}

    def in_chat(id: str) -> Json:
        return {"chat_event": chats.redact(desk, id, _body(), actor_id=g.actor)}

    of_comment = "/tickets/<int:ticket>/comments"
    routes.add("PUT", "/comment_redactions/<int:id>", by_marks)
    routes.add("PUT", "/chat_redactions/<int:id>", in_chat)
    routes.add("PUT", f"{of_comment}/<int:id>/redact", by_text)
    routes.add("PUT", f"{of_comment}/<int:comment>/attachments/<int:id>/redact", attachment)


def _body() -> Json:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise invalid("base", "The body must be a JSON object")
    return asked
