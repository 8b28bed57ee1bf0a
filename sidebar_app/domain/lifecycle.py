"""The states of a request and the events that move it, as data (DESIGN §4.4)."""

from enum import StrEnum


class State(StrEnum):
    DENIED = "denied"
    SUBMITTED = "submitted"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    EXECUTING = "executing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Event(StrEnum):
    APPROVAL_ASKED = "approval_asked"
    STEP_APPROVED = "step_approved"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    APPROVAL_LAPSED = "approval_lapsed"
    EXECUTION_STARTED = "execution_started"
    EXECUTION_SUCCEEDED = "execution_succeeded"
    EXECUTION_FAILED = "execution_failed"
    EXECUTION_UNKNOWN = "execution_unknown"
    FACTS_CHANGED = "facts_changed"


S, E = State, Event

TRANSITIONS: dict[tuple[State, Event], State] = {
    (S.SUBMITTED, E.APPROVAL_ASKED): S.PENDING_APPROVAL,
    (S.SUBMITTED, E.EXECUTION_STARTED): S.EXECUTING,
    (S.SUBMITTED, E.FACTS_CHANGED): S.FAILED,
    (S.PENDING_APPROVAL, E.STEP_APPROVED): S.PENDING_APPROVAL,
    (S.PENDING_APPROVAL, E.APPROVED): S.APPROVED,
    (S.PENDING_APPROVAL, E.REJECTED): S.REJECTED,
    (S.PENDING_APPROVAL, E.EXPIRED): S.EXPIRED,
    (S.PENDING_APPROVAL, E.WITHDRAWN): S.WITHDRAWN,
    (S.APPROVED, E.APPROVAL_LAPSED): S.PENDING_APPROVAL,
    (S.APPROVED, E.EXECUTION_STARTED): S.EXECUTING,
    (S.APPROVED, E.FACTS_CHANGED): S.FAILED,
    (S.EXECUTING, E.EXECUTION_SUCCEEDED): S.SUCCEEDED,
    (S.EXECUTING, E.EXECUTION_FAILED): S.FAILED,
    (S.EXECUTING, E.EXECUTION_UNKNOWN): S.UNKNOWN,
    (S.UNKNOWN, E.EXECUTION_SUCCEEDED): S.SUCCEEDED,
    (S.UNKNOWN, E.EXECUTION_FAILED): S.FAILED,
}

FINAL = frozenset({S.DENIED, S.REJECTED, S.EXPIRED, S.WITHDRAWN, S.SUCCEEDED, S.FAILED})


class ImpossibleTransition(ValueError):
    """The event does not exist in this state: a programming error, never a person's."""


def after(state: State, event: Event) -> State:
    """The state an event leads to; raises ImpossibleTransition."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ImpossibleTransition(f"{event} cannot happen to a request that is {state}") from None
