"""What went wrong with a call to Slack, in the words of the port.

Error codes: the method pages of docs.slack.dev. `internal_error` and `fatal_error` say of themselves that
some aspect of the operation may have succeeded.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from sidebar_app.ports.chat import ChatRefused, ChatUnavailable, ChatUncertain

_NOT_DONE = frozenset({"ratelimited", "rate_limited", "service_unavailable", "request_timeout"})
_PERHAPS_DONE = frozenset({"internal_error", "fatal_error"})
_CODE = re.compile(r"[a-z0-9_]{1,60}")
# Nothing was sent yet when one of these happens.
_BEFORE_SENDING = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_SERVER_FAULT = 500


@contextmanager
def translated(*, writes: bool) -> Iterator[None]:
    """Raises ChatUnavailable, ChatUncertain (only where something is written) or ChatRefused instead."""
    uncertain: type[Exception] = ChatUncertain if writes else ChatUnavailable
    try:
        yield
    except SlackApiError as error:
        raise _answered(error, uncertain) from error
    except (OSError, HTTPException) as error:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, _BEFORE_SENDING):
            raise ChatUnavailable(f"Slack cannot be reached: {type(cause).__name__}") from error
        raise uncertain(f"Slack did not answer: {type(cause).__name__}") from error
    except SlackClientError as error:
        raise ChatRefused(f"The Slack client cannot send this: {type(error).__name__}") from error


def code_of(error: SlackApiError) -> str:
    """Slack's error code, or "" when the answer is no answer of Slack (a proxy's page, a truncated body)."""
    data = error.response.data if hasattr(error.response, "data") else error.response
    code = data.get("error", "") if isinstance(data, dict) else ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _answered(error: SlackApiError, uncertain: type[Exception]) -> Exception:
    status = getattr(error.response, "status_code", 200)
    code = code_of(error)
    if code in _NOT_DONE:
        return ChatUnavailable(f"Slack: {code}", retry_after_seconds=_retry_after(error))
    if not code or code in _PERHAPS_DONE or status >= _SERVER_FAULT:
        return uncertain(f"Slack answered {status} {code}".rstrip())
    return ChatRefused(f"Slack: {code}")


def _retry_after(error: SlackApiError) -> float | None:
    """Seconds from the Retry-After header; None when it is missing or no number."""
    headers = {str(k).lower(): v for k, v in (getattr(error.response, "headers", None) or {}).items()}
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, TypeError, ValueError):
        return None
