"""Writing what happened into the audit log, always with the same words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sidebar_app.domain.audit import AuditRecord
from sidebar_app.domain.decision import Decision
from sidebar_app.domain.people import Person
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.store import Transaction

SYSTEM = ("system", "Billing sidebar")


def write(
    tx: Transaction,
    event: str,
    subject: str,
    *,
    at: datetime,
    by: tuple[str, str] = SYSTEM,
    ticket_id: int | None = None,
    details: Mapping[str, Any],
) -> None:
    """`by` is (person id, name) of who did it."""
    tx.audit.append(AuditRecord(at, *by, event, subject, ticket_id, details))


def record(
    tx: Transaction,
    request: ActionRequest,
    event: str,
    *,
    at: datetime,
    by: tuple[str, str] = SYSTEM,
    **details: Any,
) -> None:
    """`by` is (person id, name). The request's state and version after the event are always recorded."""
    told = {"state": request.state.value, "version": request.version, **details}
    write(tx, event, request.id, at=at, by=by, ticket_id=request.ticket_id, details=told)


def submission(request: ActionRequest) -> dict[str, Any]:
    """What the first entry of a request tells: the whole act and the whole decision."""
    return {
        "action": request.action,
        "customer": request.customer_id,
        "params": {k: v for k, v in request.params.items() if k != "note"},
        "note": request.note,
        "amount_minor": request.amount.minor if request.amount else None,
        "currency": request.amount.currency if request.amount else None,
        "role": request.requester.role.value,
        **decision_details(request.decision),
    }


def decision_details(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict.value,
        "rules": list(decision.rules),
        "steps": [{"role": s.role.value, "quorum": s.quorum} for s in decision.steps],
        "policy_version": decision.policy_version,
    }


def about(
    tx: Transaction, person: Person, event: str, *, at: datetime, by: tuple[str, str], **details: Any
) -> None:
    """What happened to one of our own people."""
    write(tx, event, person.id, at=at, by=by, details={"name": person.name, **details})
