"""Incremental exports, the app's public key, the webhook's secret.

Exports: developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports. They leave
out what happened in the last minute (`lag_seconds`).
"""

from flask import Blueprint, Response, request

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk import signing, wire
from sidebar_app.sandbox.zendesk.api import Routes, shown_audit
from sidebar_app.sandbox.zendesk.desk import AUDIT, Desk
from sidebar_app.sandbox.zendesk.errors import invalid, not_found
from sidebar_app.sandbox.zendesk.oauth import Tokens
from sidebar_app.sandbox.zendesk.webhooks import WEBHOOK_ID

_MOST = 1000


def blueprint(desk: Desk, tokens: Tokens, *, lag_seconds: int, app_id: int, webhook_secret: str) -> Blueprint:
    routes = Routes("zendesk_exports", tokens)
    routes.add("GET", "/incremental/tickets/cursor", lambda: _tickets(desk, lag_seconds))
    routes.add("GET", "/incremental/ticket_events", lambda: _events(desk, lag_seconds))

    @routes.blueprint.get("/apps/<int:id>/public_key.pem")
    def public_key(id: int) -> Response:
        if id != app_id:
            raise not_found()
        return Response(signing.public_key_pem(desk.documents), content_type="application/x-pem-file")

    def signing_secret(id: str) -> Json:
        if id != WEBHOOK_ID:
            raise not_found()
        return {"signing_secret": {"algorithm": "SHA256", "secret": webhook_secret}}

    routes.add("GET", "/webhooks/<id>/signing_secret", signing_secret)
    return routes.blueprint


def _tickets(desk: Desk, lag_seconds: int) -> Json:
    """Tickets in the order of their last change; `end_of_stream` when there are no more for now."""
    size = min(wire.number("per_page", _MOST), _MOST)
    newest = desk.now().timestamp() - lag_seconds
    changed = [t for t in desk.tickets() if t["generated_timestamp"] <= newest and _is_wanted(t)]
    changed.sort(key=lambda t: t["_change"])
    page = changed[:size]
    cursor = wire.sealed(page[-1]["_change"]) if page else request.args.get("cursor")
    after = f"{request.base_url}?cursor={cursor}" if cursor else None
    return {
        "tickets": [wire.shown_ticket(t) for t in page],
        "after_cursor": cursor,
        "after_url": after,
        "before_cursor": None,
        "before_url": None,
        "end_of_stream": len(changed) <= size,
    }


def _is_wanted(ticket: Json) -> bool:
    if "cursor" in request.args:
        return bool(ticket["_change"] > wire.opened(request.args["cursor"]))
    return bool(ticket["generated_timestamp"] >= _start_time())


def _start_time() -> int:
    given = request.args.get("start_time", "")
    if not given.isdigit():
        raise invalid("start_time", "Start time: must be a unix time")
    return int(given)


def _events(desk: Desk, lag_seconds: int) -> Json:
    """Time-based: the next page starts at the second the last one ended."""
    start, newest = _start_time(), desk.now().timestamp() - lag_seconds
    wanted = [a for a in desk.documents.all(AUDIT) if start <= a["_at"] <= newest]
    page = wanted[:_MOST]
    end = page[-1]["_at"] if page else start
    more = len(wanted) > _MOST
    return {
        "ticket_events": [_event(desk, audit) for audit in page],
        "count": len(page),
        "end_time": end,
        "end_of_stream": not more,
        "next_page": wire.link(start_time=end),
    }


def _event(desk: Desk, audit: Json) -> Json:
    full = shown_audit(desk, audit)
    detailed = "comment_events" in request.args.get("include", "")
    children = [_child(event, detailed=detailed) for event in full["events"]]
    event = {"id": audit["id"], "ticket_id": audit["ticket_id"], "timestamp": audit["_at"]}
    event |= {"created_at": audit["created_at"], "updater_id": audit["author_id"]}
    return event | {"via": "Web service", "event_type": "Audit", "system": {}, "child_events": children}


def _child(event: Json, *, detailed: bool) -> Json:
    child = {"id": event["id"], "via": "Web service", "event_type": event["type"]}
    if event["type"] != "Comment":
        return child | {k: v for k, v in event.items() if k not in ("id", "type")}
    if detailed:
        return child | {k: v for k, v in event.items() if k not in ("id", "type", "comment_id")}
    return child | {"comment_present": True, "comment_public": event["public"]}
