"""The words in which the API is described."""

from typing import Any

from sidebar_app.web import schemas


def operation(
    summary: str, answers: dict[str, Any], parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """An OpenAPI operation; `answers` are schemas by status, None for an object that is not described further."""
    responses: dict[str, Any] = {
        status: {"description": summary, "content": json_of(schema)} for status, schema in answers.items()
    }
    responses["default"] = {
        "description": "A problem document (RFC 9457)",
        "content": {"application/problem+json": {"schema": schemas.ProblemSchema}},
    }
    return {"summary": summary, "parameters": parameters or [], "responses": responses}


def json_of(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema or {"type": "object"}}}


def text_in(place: str, name: str) -> dict[str, Any]:
    """A parameter of the path (required) or the query (optional)."""
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
