"""The billing context of one ticket: everything the panel shows, before it becomes words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sidebar_app.domain.billing import CustomerRef, Facts, Section
from sidebar_app.domain.decision import CustomerMatch, Decision
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest, Approval


@dataclass(frozen=True, slots=True)
class Reading:
    """One section as last read. `facts` is None when it could never be read; `problem` says why it is old."""

    facts: Facts | None
    read_at: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action this person may ask for here. `decision` is the policy's answer to the smallest amount;
    `at_once_up_to` is the largest amount that runs at once when bigger ones need approval."""

    action: str
    decision: Decision
    at_once_up_to: Money | None = None


@dataclass(frozen=True, slots=True)
class MaskedCard:
    """A card number that was found in this ticket and masked, or removed with the file of this name."""

    brand: str
    last4: str
    at: datetime
    file: str = ""
    in_chat: bool = False


@dataclass(frozen=True, slots=True)
class CardLeft:
    """A card number that stands in this ticket still; `in_doubt` when it may be none and a person looks."""

    brand: str
    last4: str
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """A request of this ticket with the decisions given on it."""

    request: ActionRequest
    approvals: tuple[Approval, ...] = ()


@dataclass(frozen=True, slots=True)
class BillingContext:
    """`customer` is None when billing does not know the requester; `candidates` are all customers with the
    requester's e-mail address; `match` is AMBIGUOUS when there are several, whichever is shown. `viewer` is the
    person id of the agent who looks ("" = nobody's in particular); `training_url` is where they learn
    about card data."""

    ticket_id: int
    requester_name: str
    requester_email: str
    backend: str
    now: datetime
    customer: CustomerRef | None = None
    candidates: tuple[CustomerRef, ...] = ()
    match: CustomerMatch = CustomerMatch.EMAIL
    readings: Mapping[Section, Reading] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    history: tuple[RequestHistory, ...] = ()
    masked_cards: tuple[MaskedCard, ...] = ()
    cards_left: tuple[CardLeft, ...] = ()
    training_url: str = ""
    problem: str = ""
    viewer: str = ""
