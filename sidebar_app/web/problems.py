"""Errors as problem documents (RFC 9457): one table from error class to status, slug and title."""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from sidebar_app.actions import InvalidParams, NotEligible, PanelOutOfDate, UnknownAction
from sidebar_app.domain.decision import Decision
from sidebar_app.domain.money import UnknownCurrency
from sidebar_app.ports.billing import BillingMisconfigured, BillingUnavailable, InvalidDelivery, NoSuchObject
from sidebar_app.ports.chat import ChatRefused, ChatUnavailable, ChatUncertain
from sidebar_app.ports.helpdesk import HelpdeskRefused, HelpdeskUnavailable, InvalidVisit, NoSuchTicket
from sidebar_app.ports.requests import NoSuchRequest
from sidebar_app.ports.store import StoreUnavailable
from sidebar_app.redaction import scrub_event
from sidebar_app.web.tokens import InvalidToken, SessionEnded
from sidebar_app.workflow.allow import NoSuchAllowance, NoSuchEntry, NotReadable
from sidebar_app.workflow.delegate import CannotDelegate, NoSuchDelegation, NoSuchPerson
from sidebar_app.workflow.identify import NotAColleague
from sidebar_app.workflow.link import CannotLink
from sidebar_app.workflow.policing import NobodyCanApprove, NotPermitted
from sidebar_app.workflow.record import KeyReused
from sidebar_app.workflow.sign_off import LogChanged
from sidebar_app.workflow.tickets import CustomerNotOfTicket
from sidebar_app.workflow.withdraw import NotYours, TooLate

log = logging.getLogger(__name__)


class BadRequest(Exception):
    """A request that cannot be read; `slug` names how, `errors` the fields."""

    def __init__(self, slug: str, sentence: str, errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.slug = slug
        self.errors = errors or {}


class OtherTicket(Exception):
    """The token is for another ticket than the one asked about."""


class OtherPlace(Exception):
    """The token was given out in another place of the helpdesk."""


class NotYourPart(Exception):
    """This part of the console is for other roles; the text says so."""


class NoSuchPart(Exception):
    """The console has no part of this name."""


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    slug: str
    title: str
    sentence: str = ""  # said instead of the error's own text
    next_step: str = ""


_CHAT_AWAY = Kind(
    503,
    "chat-unavailable",
    "Slack does not answer",
    "Slack does not answer at the moment. Nothing was done.",
    "Try again in a minute.",
)
KINDS: dict[type[Exception], Kind] = {
    SessionEnded: Kind(401, "session-ended", "The session has ended", next_step="Reload the page."),
    InvalidToken: Kind(
        401, "not-signed-in", "Not signed in", next_step="Open the panel from a Zendesk ticket."
    ),
    InvalidVisit: Kind(
        401,
        "visit-not-verified",
        "This visit could not be verified",
        next_step="Reload the ticket in Zendesk.",
    ),
    NotAColleague: Kind(403, "no-billing-role", "No role in billing"),
    NotPermitted: Kind(403, "not-permitted", "Not permitted"),
    OtherTicket: Kind(
        403,
        "other-ticket",
        "Another ticket",
        "This panel belongs to another ticket.",
        "Open the panel in the ticket you want to act on.",
    ),
    OtherPlace: Kind(
        403,
        "other-place",
        "Another place",
        "A token of the panel opens nothing in the console, nor the other way round.",
        "Open the page you want to use from the helpdesk.",
    ),
    NotYourPart: Kind(403, "not-your-part", "Not for your role"),
    CustomerNotOfTicket: Kind(
        403,
        "customer-not-of-ticket",
        "Not this ticket's customer",
        "Billing knows no such customer for the person who wrote this ticket.",
        "Check the requester's e-mail address in the ticket.",
    ),
    NotYours: Kind(403, "not-yours", "Not your request", "Only the person who asked can withdraw a request."),
    NoSuchRequest: Kind(
        404, "no-such-request", "No such request", "There is no such request on this ticket."
    ),
    NoSuchPart: Kind(404, "no-such-part", "No such part", "The console has no part of this name."),
    NoSuchEntry: Kind(404, "no-such-entry", "No such entry", "The redaction log has no such entry."),
    NoSuchAllowance: Kind(404, "no-such-allowance", "Not allowed", "This is not allowed any more."),
    NoSuchPerson: Kind(404, "no-such-person", "No such person"),
    NoSuchDelegation: Kind(
        404, "no-such-delegation", "Nobody stands in", "This is over already, or it is not yours."
    ),
    NoSuchTicket: Kind(404, "no-such-ticket", "No such ticket", "Zendesk knows no such ticket."),
    NoSuchObject: Kind(404, "no-such-object", "Not found in billing", "Billing knows no such object."),
    UnknownAction: Kind(422, "unknown-action", "Unknown action", "There is no action of this name."),
    InvalidParams: Kind(422, "invalid-request", "Something is missing or wrong", "Please check the fields."),
    UnknownCurrency: Kind(422, "unknown-currency", "Unknown currency"),
    NotEligible: Kind(409, "not-eligible", "Not possible"),
    NobodyCanApprove: Kind(
        409,
        "nobody-can-approve",
        "Nobody could approve this",
        next_step="Ask an administrator to link an approver, or hand the ticket to a billing specialist.",
    ),
    KeyReused: Kind(
        409,
        "key-reused",
        "This key was used before",
        "The Idempotency-Key belongs to another request.",
        "Send the request with a new key.",
    ),
    NotReadable: Kind(
        409,
        "not-readable",
        "The number cannot be read",
        next_step="Allow such numbers by their shape or label.",
    ),
    CannotDelegate: Kind(409, "cannot-delegate", "They cannot stand in"),
    CannotLink: Kind(409, "cannot-link", "Not linked"),
    TooLate: Kind(409, "too-late", "Too late"),
    PanelOutOfDate: Kind(
        412, "panel-out-of-date", "The facts changed", next_step="Look at the new figures and decide again."
    ),
    LogChanged: Kind(412, "log-changed", "The log changed", next_step="Look at it again and decide then."),
    InvalidDelivery: Kind(401, "delivery-not-verified", "This delivery could not be verified"),
    BillingUnavailable: Kind(
        503,
        "billing-unavailable",
        "Billing does not answer",
        "The billing system does not answer at the moment. Nothing was done.",
        "Try again in a minute.",
    ),
    BillingMisconfigured: Kind(
        503,
        "billing-misconfigured",
        "Billing refuses our access",
        "The billing system refuses our access. Nothing was done.",
        "Tell your administrator: `sidebar-app selftest` names what is missing.",
    ),
    HelpdeskUnavailable: Kind(
        503,
        "helpdesk-unavailable",
        "Zendesk does not answer",
        "Zendesk does not answer at the moment. Nothing was done.",
        "Try again in a minute.",
    ),
    HelpdeskRefused: Kind(
        503, "helpdesk-refused", "Zendesk refuses our access", "Zendesk refuses our access. Nothing was done."
    ),
    ChatUnavailable: _CHAT_AWAY,
    ChatUncertain: _CHAT_AWAY,
    ChatRefused: Kind(
        503, "chat-refused", "Slack refuses our access", "Slack refuses our access. Nothing was done."
    ),
    StoreUnavailable: Kind(
        503,
        "database-unavailable",
        "The database does not answer",
        "Our database does not answer at the moment. Nothing was done.",
        "Try again in a minute.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    body: Mapping[str, Any]

    @property
    def detail(self) -> str:
        return str(self.body["detail"])

    def response(self) -> Response:
        return Response(json.dumps(self.body), self.status, content_type="application/problem+json")


def problem_of(error: Exception) -> Problem:
    """The problem document of any error; an unknown one shows only a reference that the log has too."""
    if isinstance(error, BadRequest):
        more = {"errors": error.errors} if error.errors else {}
        return _problem(Kind(400, error.slug, "The request cannot be read"), str(error), more)
    if isinstance(error, HTTPException):
        slug = error.name.lower().replace(" ", "-")
        return _problem(Kind(error.code or 500, slug, error.name), error.description or error.name, {})
    kind = next((KINDS[c] for c in type(error).__mro__ if c in KINDS), None)
    if kind is None:
        return _unexpected(error)
    return _problem(kind, kind.sentence or str(error), _extras(error))


def _problem(kind: Kind, detail: str, more: Mapping[str, Any]) -> Problem:
    body = {"type": f"/problems/{kind.slug}", "title": kind.title, "status": kind.status, "detail": detail}
    if kind.next_step:
        body["next_step"] = kind.next_step
    return Problem(kind.status, scrub_event({**body, **more}))  # a sentence may repeat what was sent


def _unexpected(error: Exception) -> Problem:
    reference = secrets.token_hex(4)
    log.error("unexpected error, reference %s", reference, exc_info=error)
    kind = Kind(500, "unexpected", "Something went wrong")
    detail = f"Something went wrong on our side. If it stays, name this reference: {reference}."
    return _problem(kind, detail, {"reference": reference})


def _extras(error: Exception) -> dict[str, Any]:
    match error:
        case NotPermitted(decision=decision):
            return _decided(decision)
        case InvalidParams(errors=errors):
            return {"errors": errors}
        case NotEligible(code=code, next_step=next_step):
            return {"reasons": [code], **({"next_step": next_step} if next_step else {})}
        case PanelOutOfDate(facts=facts):
            return {"facts": dict(facts)}
        case InvalidVisit(reason=reason):
            return {"reasons": [reason]}
    return {}


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "reasons": list(decision.rules),
        "next_step": decision.next_step,
        "policy_version": decision.policy_version,
    }
