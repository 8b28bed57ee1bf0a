"""Requests that wait for people."""

from datetime import datetime

from sidebar_app.domain.people import ROLE_NAMES, Role
from sidebar_app.domain.request import ActionRequest
from sidebar_app.web.console.shapes import Asked, Cell, Part, TableView
from sidebar_app.web.view import dates

_READERS = frozenset(
    {Role.MANAGER, Role.BILLING_SPECIALIST, Role.VP, Role.LEGAL, Role.SUPPORT_LEAD, Role.ADMIN}
)
_COLUMNS = ("Since (UTC)", "Ticket", "Customer", "What", "Asked by", "Waits for", "Due (UTC)")


def _view(asked: Asked) -> TableView:
    waiting = tuple(_row(asked, request) for request in asked.tx.requests.needing_people())
    return TableView(_COLUMNS, waiting, "Nothing waits for a decision.", badge=str(len(waiting) or ""))


def _row(asked: Asked, request: ActionRequest) -> tuple[Cell, ...]:
    step = request.open_step
    return (
        Cell(dates.moment(request.created_at)),
        asked.ticket(request.ticket_id),
        Cell(request.customer_name),
        Cell(request.summary),
        Cell(request.requester.name),
        Cell(ROLE_NAMES[step.role]) if step else Cell("a person to find out the outcome", tone="warn"),
        _due(request.expires_at, asked.now),
    )


def _due(at: datetime | None, now: datetime) -> Cell:
    return Cell(dates.moment(at), tone="warn" if at <= now else "") if at else Cell("")


PART = Part("queue", "Approvals", _READERS, _view)
