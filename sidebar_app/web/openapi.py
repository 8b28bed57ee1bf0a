"""The OpenAPI description, made from the schemas that read and write."""

from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from sidebar_app.web import schemas
from sidebar_app.web.console import paths as console
from sidebar_app.web.describing import json_of, operation

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
    for place in ("panel", "console"):
        spec.components.security_scheme(place, {"type": "http", "scheme": "bearer"})
    for path, operations in {**_paths(), **console.paths()}.items():
        spec.path(path=path, operations=operations)
    described: dict[str, Any] = spec.to_dict()
    return described


def _paths() -> dict[str, dict[str, Any]]:
    body = {"required": True, "content": json_of(schemas.SubmissionSchema)}
    return {
        "/api/v1/tickets/{ticket}/billing": {
            "get": operation("The billing context of a ticket", {"200": None}, [_TICKET, _CUSTOMER])
        },
        "/api/v1/tickets/{ticket}/panel": {
            "get": operation("The panel as HTML", {"200": schemas.FragmentSchema}, [_TICKET, _CUSTOMER])
        },
        "/api/v1/tickets/{ticket}/pulse": {
            "get": operation("Whether anything changed", {"200": schemas.PulseSchema}, [_TICKET])
        },
        "/api/v1/requests/preview": {
            "post": {
                **operation("What would happen; changes nothing", {"200": schemas.PreviewSchema}),
                "requestBody": body,
            }
        },
        "/api/v1/requests": {
            "post": {
                **operation(
                    "Ask for an action",
                    {"201": schemas.RequestSchema, "202": schemas.RequestSchema},
                    [_KEY],
                ),
                "requestBody": body,
            }
        },
        "/api/v1/requests/{id}": {
            "get": operation("State, steps, who is waited for", {"200": schemas.RequestSchema}, [_REQUEST])
        },
        "/api/v1/requests/{id}/withdraw": {
            "post": operation("Take a waiting request back", {"200": schemas.RequestSchema}, [_REQUEST])
        },
        "/api/v1/openapi.json": {"get": {**operation("This description", {"200": None}), "security": []}},
    }
