"""Card numbers that were found in tickets."""

from sidebar_app.domain.people import Role
from sidebar_app.domain.redaction_log import RedactionEntry
from sidebar_app.web.console.shapes import Asked, Cell, Part, TableView
from sidebar_app.web.view import dates

READERS = frozenset({Role.COMPLIANCE, Role.ADMIN})
_COLUMNS = ("When", "Ticket", "Comment", "Card", "Outcome", "Detector")


def _view(asked: Asked) -> TableView:
    rows = tuple(_row(asked, entry) for entry in asked.tx.redactions.latest())
    return TableView(_COLUMNS, rows, "No card number was found so far.")


def _row(asked: Asked, entry: RedactionEntry) -> tuple[Cell, ...]:
    return (
        Cell(dates.moment(entry.at)),
        asked.ticket(entry.ticket_id),
        Cell(str(entry.comment_id)),
        Cell(f"{entry.brand} ···· {entry.last4}"),
        Cell(entry.outcome.value),
        Cell(entry.detector_version),
    )


PART = Part("redactions", "Card numbers", READERS, _view)
