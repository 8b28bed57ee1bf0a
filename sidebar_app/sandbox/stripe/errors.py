"""Stripe's error answers: https://docs.stripe.com/api/errors."""

from typing import Any


class ApiError(Exception):
    """A refusal. `executed` is False when the parameters alone were at fault: v1 keeps no idempotent result then."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        executed: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self._error = {"type": kind, "message": message, "code": code, "param": param}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {k: v for k, v in self._error.items() if v is not None}}


def missing(param: str) -> ApiError:
    return ApiError(
        400, f"Missing required param: {param}.", code="parameter_missing", param=param, executed=False
    )


def invalid(param: str, message: str, code: str = "parameter_invalid") -> ApiError:
    return ApiError(400, message, code=code, param=param, executed=False)


def unknown_parameter(param: str) -> ApiError:
    return ApiError(
        400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param, executed=False
    )


def no_such(kind: str, id: str, *, param: str = "id", status: int = 404) -> ApiError:
    """404 for an id of the path, 400 for one that came as a parameter."""
    noun = kind.replace("customer_balance_transaction", "transaction")
    return ApiError(status, f"No such {noun}: '{id}'", code="resource_missing", param=param)
