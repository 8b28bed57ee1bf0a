"""zenpy's and requests' exceptions as the port's own. Theirs quote bodies and hold the request with its token."""

from collections.abc import Callable
from typing import TypeVar

import requests

from sidebar_app.adapters.helpdesk.zendesk import vendor
from sidebar_app.ports.helpdesk import HelpdeskLockedOut, HelpdeskRefused, HelpdeskUnavailable, NoSuchTicket

Answer = TypeVar("Answer")
OurError = HelpdeskRefused | HelpdeskUnavailable | NoSuchTicket

_FAILURES = (
    vendor.APIException,
    vendor.ZenpyException,
    requests.RequestException,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def asked(call: Callable[[], Answer]) -> Answer:
    """What the call answers; raises HelpdeskUnavailable, HelpdeskRefused or NoSuchTicket."""
    try:
        return call()
    except _FAILURES as error:
        ours = _ours(error)
    raise ours  # outside the except block: the vendor's exception is not even its context


def _ours(error: Exception) -> OurError:
    if isinstance(error, vendor.RatelimitBudgetExceeded):
        return HelpdeskUnavailable("Zendesk asks us to wait.", retry_after_seconds=60)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int):
        return of_status(status)
    if isinstance(error, requests.RequestException):
        return HelpdeskUnavailable(f"Zendesk does not answer ({type(error).__name__}).")
    return HelpdeskUnavailable(f"Zendesk gave an answer that cannot be read ({type(error).__name__}).")


def of_status(status: int) -> OurError:
    """By the HTTP status alone: the texts of Zendesk's errors may quote what somebody wrote."""
    if status == 404:
        return NoSuchTicket("Zendesk has no such ticket, comment or user.")
    if status == 401:
        return HelpdeskLockedOut("Zendesk does not accept our access token (401).")
    if status == 403:
        return HelpdeskRefused("Our Zendesk user lacks the rights for this (403).")
    if status in (408, 409, 425, 429) or status >= 500:
        return HelpdeskUnavailable(f"Zendesk cannot do this at the moment ({status}).")
    return HelpdeskRefused(f"Zendesk did not accept this ({status}).")
