"""The newest entries of the audit log."""

import json
from typing import Any

from sidebar_app.domain.audit import Entry
from sidebar_app.domain.people import COMPLIANCE_ROLES
from sidebar_app.web.console.shapes import Asked, Cell, Part, TableView

_COLUMNS = ("No.", "When (UTC)", "Who", "What", "Subject", "Hash")
_NEWEST = 100


def _view(asked: Asked) -> TableView:
    rows = tuple(_row(entry) for entry in asked.tx.audit.latest(limit=_NEWEST))
    return TableView(_COLUMNS, rows, "Nothing happened yet.")


def _row(entry: Entry) -> tuple[Cell, ...]:
    told: dict[str, Any] = json.loads(entry.canonical)
    return (
        Cell(str(entry.seq)),
        Cell(str(told["at"])[:19].replace("T", " ")),
        Cell(str(told["actor_name"])),
        Cell(str(told["event"])),
        Cell(str(told["subject"])),
        Cell(entry.hash[:12], tone="muted"),
    )


PART = Part("audit", "Audit log", COMPLIANCE_ROLES, _view)
