"""How lists and objects look on the wire: public fields only, absolute addresses, pages."""

import base64
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from flask import request

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk.errors import invalid

PAGE_SIZE = 100


def shown(document: Json) -> Json:
    """Without the sandbox's own keys."""
    return {key: value for key, value in document.items() if not key.startswith("_")}


def shown_user(user: Json) -> Json:
    return shown(user) | {"url": f"{request.host_url}api/v2/users/{user['id']}.json"}


def shown_ticket(ticket: Json) -> Json:
    return shown(ticket) | {"url": f"{request.host_url}api/v2/tickets/{ticket['id']}.json"}


def shown_comment(comment: Json) -> Json:
    attachments = [shown_attachment(attachment) for attachment in comment["attachments"]]
    return shown(comment) | {"attachments": attachments}


def shown_attachment(attachment: Json) -> Json:
    base = request.host_url.rstrip("/")
    links = {key: base + attachment[key] for key in ("content_url", "mapped_content_url")}
    return attachment | links


def listed(name: str, items: Iterable[Json], show: Callable[[Json], Json] = shown) -> Json:
    """One page of the list, by cursor when `page[size]` is asked for, else by number."""
    everything = list(items)
    if "page[size]" in request.args:
        return _cursor_page(name, everything, show)
    return _numbered_page(name, everything, show)


def _cursor_page(name: str, items: list[Json], show: Callable[[Json], Json]) -> Json:
    size = min(number("page[size]", PAGE_SIZE), PAGE_SIZE)
    start = opened(request.args["page[after]"]) if "page[after]" in request.args else 0
    more = start + size < len(items)
    after = sealed(start + size) if more else None
    following = link(**{"page[after]": after}) if after else None
    return {
        name: [show(item) for item in items[start : start + size]],
        "meta": {"has_more": more, "after_cursor": after, "before_cursor": None},
        "links": {"next": following, "prev": None},
    }


def _numbered_page(name: str, items: list[Json], show: Callable[[Json], Json]) -> Json:
    size = min(number("per_page", PAGE_SIZE), PAGE_SIZE)
    page = number("page", 1)
    following = link(page=page + 1) if page * size < len(items) else None
    chosen = items[(page - 1) * size : page * size]
    return {
        name: [show(item) for item in chosen],
        "next_page": following,
        "previous_page": link(page=page - 1) if page > 1 else None,
        "count": len(items),
    }


def link(**changed: Any) -> str:
    """The address of this request with some parameters changed."""
    return f"{request.base_url}?{urlencode(request.args.to_dict() | changed)}"


def number(name: str, default: int) -> int:
    given = request.args.get(name, str(default))
    if not given.isdigit() or int(given) < 1:
        raise invalid(name, f"{name}: must be a positive number")
    return int(given)


def sealed(position: int) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(b"at:%d" % position).decode().rstrip("=")


def opened(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor + "==").removeprefix(b"at:"))
    except ValueError:
        raise invalid("cursor", "Cursor: is invalid") from None
