"""The console's part of the OpenAPI description."""

from typing import Any

from marshmallow import Schema, fields, validate

from sidebar_app.web.console import log_query
from sidebar_app.web.describing import json_of, operation, text_in
from sidebar_app.web.schemas import Strict

_CONSOLE: list[dict[str, list[str]]] = [{"console": []}]


class PartSchema(Schema):
    """`view` depends on the part."""

    name = fields.String()
    title = fields.String()
    view = fields.Dict()


class PartHtmlSchema(Schema):
    html = fields.String()
    badge = fields.String()


class SignOffSchema(Strict):
    """`seen`: how many entries of each outcome the person looked at, `found_until` when. `filter` as in the address of
    the log; `entry` is one entry's id."""

    filter = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    entry = fields.String(load_default=None, validate=validate.Length(max=64))
    found_until = fields.AwareDateTime(required=True, format="iso")
    seen = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True), required=True)
    comment = fields.String(required=True)


class AllowSchema(Strict):
    """`value` is the shape or label; a number is read from its `entry`. `sure`: although real cards look like this."""

    kind = fields.String(required=True, validate=validate.OneOf(["shape", "label", "number"]))
    value = fields.String(load_default="")
    entry = fields.String(load_default="", validate=validate.Length(max=64))
    sure = fields.String(load_default="")
    comment = fields.String(required=True)


class AbsenceSchema(Strict):
    """Days in UTC, both included. `to` is the id of who stands in."""

    to = fields.String(required=True, validate=validate.Length(min=1, max=64))
    starts_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(required=True, data_key="until")


class AccountSchema(Strict):
    """The person, and the Slack account that the administrator saw."""

    person = fields.String(required=True, validate=validate.Length(min=1, max=64))
    team = fields.String(required=True, validate=validate.Length(min=1, max=32))
    user = fields.String(required=True, validate=validate.Length(min=1, max=32))


class DoneSchema(Schema):
    """`said` is the sentence for the person."""

    said = fields.String()
    id = fields.String()
    signed = fields.Integer()


def paths() -> dict[str, dict[str, Any]]:
    """Every route under /api/v1/console."""
    part = text_in("path", "part")
    filters = [text_in("query", name) for name in (*log_query.FIELDS, "page")]
    return {
        **_acts(),
        "/api/v1/console/redactions/export": {"get": in_console(_export())},
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


def _export() -> dict[str, Any]:
    parameters = [text_in("query", name) for name in ("format", *log_query.FIELDS)]
    described = operation("The redaction log as a file", {}, parameters)
    files = {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/jsonl")}
    described["responses"]["200"] = {"description": "CSV with a header, or JSON lines", "content": files}
    return described


def _acts() -> dict[str, dict[str, Any]]:
    return {
        "/api/v1/console/redactions/sign-off": _post("Sign entries of the redaction log off", SignOffSchema),
        "/api/v1/console/allowlist": _post("Leave numbers alone that are no cards", AllowSchema),
        "/api/v1/console/allowlist/{allowance}/remove": _post("Mask such numbers again", None, "allowance"),
        "/api/v1/console/absence": _post("Let a colleague stand in while oneself is away", AbsenceSchema),
        "/api/v1/console/absence/{delegation}/end": _post("Be back", None, "delegation"),
        "/api/v1/console/people/confirm": _post("Link a Slack account to a person", AccountSchema),
        "/api/v1/console/people/unlink": _post("Refuse a Slack account", AccountSchema),
        "/api/v1/console/delegations/{delegation}/end": _post("End a delegation", None, "delegation"),
    }


def _post(summary: str, body: type[Schema] | None, *names: str) -> dict[str, Any]:
    parameters = [text_in("path", name) for name in names]
    described = in_console(operation(summary, {"200": DoneSchema}, parameters))
    return {
        "post": {**described, "requestBody": {"required": True, "content": json_of(body)}}
        if body
        else described
    }


def in_console(described: dict[str, Any]) -> dict[str, Any]:
    """The operation asks for the console's token."""
    return {**described, "security": _CONSOLE}
