"""The console in the helpdesk's navigation bar: each part for the roles that it is for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request

from sidebar_app.domain.audit import Entry
from sidebar_app.domain.people import ROLE_NAMES, Role
from sidebar_app.domain.redaction_log import RedactionEntry
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.store import Transaction
from sidebar_app.web.access import parts
from sidebar_app.workflow.identify import Colleague, NotAColleague

blueprint = Blueprint("console", __name__)

_QUEUE = frozenset(
    {Role.MANAGER, Role.BILLING_SPECIALIST, Role.VP, Role.LEGAL, Role.SUPPORT_LEAD, Role.ADMIN}
)
_LOGS = frozenset({Role.COMPLIANCE, Role.ADMIN})


@dataclass(frozen=True)
class Table:
    """One part of the console. `empty` is said when there are no rows."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    empty: str


@blueprint.post("/zendesk/console")
def console() -> str:
    visit = parts().visits.verify(
        request.form.get("token", ""), query=request.args, location="nav_bar", now=parts().clock.now()
    )
    colleague = parts().directory.looking(visit.agent_id)
    with parts().store.reading() as tx:
        tables = [make(tx) for roles, make in _PARTS if roles & colleague.roles]
    if not tables:
        raise NotAColleague("The console is for approvers, support leads and compliance.")
    return render_template(
        "console/page.html", tables=tables, viewer=_viewer(colleague), sdk_url=parts().sdk_url
    )


def _viewer(colleague: Colleague) -> str:
    return f"{colleague.name} ({', '.join(sorted(ROLE_NAMES[r] for r in colleague.roles))})"


def _queue(tx: Transaction) -> Table:
    waiting = [_waiting(r) for r in tx.requests.needing_people()]
    columns = ("Since", "Ticket", "Customer", "What", "Asked by", "Waits for", "Due")
    return Table("Approvals", columns, waiting, "Nothing waits for a decision.")


def _waiting(request: ActionRequest) -> tuple[str, ...]:
    step = request.open_step
    return (
        _time(request.created_at),
        f"#{request.ticket_id}",
        request.customer_name,
        request.summary,
        request.requester.name,
        ROLE_NAMES[step.role] if step else "a person to find out the outcome",
        _time(request.expires_at) if request.expires_at else "",
    )


def _redactions(tx: Transaction) -> Table:
    columns = ("When", "Ticket", "Comment", "Card", "Outcome", "Detector")
    rows = [_redaction(entry) for entry in tx.redactions.latest()]
    return Table("Card numbers found in tickets", columns, rows, "No card number was found so far.")


def _redaction(entry: RedactionEntry) -> tuple[str, ...]:
    card = f"{entry.brand} ···· {entry.last4}"
    return (
        _time(entry.at),
        f"#{entry.ticket_id}",
        str(entry.comment_id),
        card,
        entry.outcome,
        entry.detector_version,
    )


def _audit(tx: Transaction) -> Table:
    columns = ("No.", "When", "Who", "What", "Subject", "Hash")
    rows = [_entry(entry) for entry in tx.audit.latest(limit=100)]
    return Table("Audit log, newest first", columns, rows, "Nothing happened yet.")


def _entry(entry: Entry) -> tuple[str, ...]:
    told: dict[str, Any] = json.loads(entry.canonical)
    return (
        str(entry.seq),
        str(told["at"]),
        str(told["actor_name"]),
        str(told["event"]),
        str(told["subject"]),
        entry.hash[:12],
    )


def _time(at: datetime) -> str:
    return f"{at:%d %b %Y %H:%M}"


_PARTS: tuple[tuple[frozenset[Role], Callable[[Transaction], Table]], ...] = (
    (_QUEUE, _queue),
    (_LOGS, _redactions),
    (_LOGS, _audit),
)
