"""The OpenAPI description, made from the schemas that read and write."""

from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from sidebar_app.web import schemas

_TICKET = {"name": "ticket", "in": "path", "required": True, "schema": {"type": "integer"}}
_CUSTOMER = {"name": "customer", "in": "query", "required": False, "schema": {"type": "string"}}
_REQUEST = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "maxLength": 255},
}


@cache
def description() -> dict[str, Any]:
    """OpenAPI 3.1 for everything under /api/v1."""
    spec = APISpec(
        title="Billing sidebar",
        version="1",
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        security=[{"panel": []}],
    )
    spec.components.security_scheme("panel", {"type": "http", "scheme": "bearer"})
    for path, operations in _paths().items():
        spec.path(path=path, operations=operations)
    described: dict[str, Any] = spec.to_dict()
    return described


def _paths() -> dict[str, dict[str, Any]]:
    body = {"required": True, "content": _json(schemas.SubmissionSchema)}
    return {
        "/api/v1/tickets/{ticket}/billing": {
            "get": _operation("The billing context of a ticket", {"200": None}, [_TICKET, _CUSTOMER])
        },
        "/api/v1/tickets/{ticket}/panel": {
            "get": _operation("The panel as HTML", {"200": schemas.FragmentSchema}, [_TICKET, _CUSTOMER])
        },
        "/api/v1/tickets/{ticket}/pulse": {
            "get": _operation("Whether anything changed", {"200": schemas.PulseSchema}, [_TICKET])
        },
        "/api/v1/requests/preview": {
            "post": {
                **_operation("What would happen; changes nothing", {"200": schemas.PreviewSchema}),
                "requestBody": body,
            }
        },
        "/api/v1/requests": {
            "post": {
                **_operation(
                    "Ask for an action",
                    {"201": schemas.RequestSchema, "202": schemas.RequestSchema},
                    [_KEY],
                ),
                "requestBody": body,
            }
        },
        "/api/v1/requests/{id}": {
            "get": _operation("State, steps, who is waited for", {"200": schemas.RequestSchema}, [_REQUEST])
        },
        "/api/v1/requests/{id}/withdraw": {
            "post": _operation("Take a waiting request back", {"200": schemas.RequestSchema}, [_REQUEST])
        },
        "/api/v1/openapi.json": {"get": {**_operation("This description", {"200": None}), "security": []}},
    }


def _operation(
    summary: str, answers: dict[str, Any], parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        status: {"description": summary, "content": _json(schema)} for status, schema in answers.items()
    }
    responses["default"] = {
        "description": "A problem document (RFC 9457)",
        "content": {"application/problem+json": {"schema": schemas.ProblemSchema}},
    }
    return {"summary": summary, "parameters": parameters or [], "responses": responses}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema or {"type": "object"}}}
