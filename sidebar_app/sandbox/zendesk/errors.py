"""Refusals in Zendesk's own words."""

from sidebar_app.sandbox.kit import Json


class ApiError(Exception):
    """Answered with `status` and `body`."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body.get("error"))
        self.status = status
        self.body = body


def not_found() -> ApiError:
    return ApiError(404, {"error": "RecordNotFound", "description": "Not found"})


def invalid(field: str, sentence: str) -> ApiError:
    """A record that does not validate. The exact texts of the redaction endpoints are not published."""
    details = {field: [{"description": sentence, "error": "InvalidValue"}]}
    return ApiError(
        422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    )


def closed() -> ApiError:
    return invalid("status", "Status: closed prevents ticket update")


def update_conflict() -> ApiError:
    """ "Protecting against ticket update collisions": the ticket is not as it was when it was read."""
    return ApiError(409, {"error": "UpdateConflict", "description": "Safe Update prevented the update."})


def unauthorized() -> ApiError:
    sentence = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return ApiError(401, {"error": "invalid_token", "error_description": sentence})


def oauth_refusal(error: str, sentence: str) -> ApiError:
    """RFC 6749 §5.2."""
    return ApiError(400, {"error": error, "error_description": sentence})
