"""The console's part of the OpenAPI description."""

from typing import Any

from marshmallow import Schema, fields

from sidebar_app.web.console import log_query
from sidebar_app.web.describing import operation, text_in

_CONSOLE: list[dict[str, list[str]]] = [{"console": []}]


class PartSchema(Schema):
    """`view` depends on the part."""

    name = fields.String()
    title = fields.String()
    view = fields.Dict()


class PartHtmlSchema(Schema):
    html = fields.String()
    badge = fields.String()


def paths() -> dict[str, dict[str, Any]]:
    """Every route under /api/v1/console."""
    part = text_in("path", "part")
    filters = [text_in("query", name) for name in (*log_query.FIELDS, "page")]
    return {
        "/api/v1/console/parts/{part}": {
            "get": in_console(
                operation("What a part of the console shows", {"200": PartSchema}, [part, *filters])
            )
        },
        "/api/v1/console/parts/{part}/html": {
            "get": in_console(
                operation("A part of the console as HTML", {"200": PartHtmlSchema}, [part, *filters])
            )
        },
    }


def in_console(described: dict[str, Any]) -> dict[str, Any]:
    """The operation asks for the console's token."""
    return {**described, "security": _CONSOLE}
