"""Numbers of the company's own that look like cards and are left alone in tickets."""

from dataclasses import dataclass

from sidebar_app.domain.people import COMPLIANCE_ROLES
from sidebar_app.domain.redaction_log import Allowance, AllowedAs
from sidebar_app.web.console.shapes import Asked, Part
from sidebar_app.web.view import dates

_KINDS = {
    AllowedAs.SHAPE: "Numbers like",
    AllowedAs.LABEL: "Numbers after",
    AllowedAs.DIGEST: "One number",
}


@dataclass(frozen=True, slots=True)
class AllowanceRow:
    """`removed` says by whom and when; empty while it counts."""

    id: str
    kind: str
    value: str
    why: str
    added: str
    entry: str
    removed: str


@dataclass(frozen=True, slots=True)
class AllowlistView:
    rows: tuple[AllowanceRow, ...]
    badge: str = ""


def _view(asked: Asked) -> AllowlistView:
    return AllowlistView(tuple(_row(allowance) for allowance in asked.tx.allowances.all()))


def _row(it: Allowance) -> AllowanceRow:
    return AllowanceRow(
        id=it.id,
        kind=_KINDS[it.kind],
        value="(known by a keyed digest)" if it.kind is AllowedAs.DIGEST else it.value,
        why=it.comment,
        added=f"{it.added_by_name}, {dates.moment(it.added_at)}",
        entry=it.entry_id,
        removed=f"{it.removed_by_name}, {dates.moment(it.removed_at)}" if it.removed_at else "",
    )


PART = Part("allowlist", "Allowed numbers", COMPLIANCE_ROLES, _view)
