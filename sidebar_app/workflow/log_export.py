"""The redaction log as a file: for auditors and spreadsheets. Who took one, and of what, stands in the audit log."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.redaction_log import Logged, RedactionEntry
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.store import Store
from sidebar_app.workflow import journal

COLUMNS = (
    "entry", "came_in", "found", "ticket", "place", "place_id", "place_name", "comment", "channel", "brand", "last4",
    "outcome", "remains", "detector", "rule", "source", "signed_off_by", "signed_off_at", "sign_off_comment",
    "no_card_says", "no_card_because",
)  # fmt: skip
_PIECE = 500
# A spreadsheet runs a cell that begins like this.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Row = Mapping[str, str | int]


class LogExport:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take(self, wanted: LogFilter, *, form: str, by: tuple[str, str]) -> Iterator[Row]:
        """The rows of everything that is found until now; recorded before the first one is given out.

        Read piece by piece: a slow reader holds no transaction open.
        """
        now = self._clock.now()
        frozen = replace(wanted, found_until=now)
        with self._store.transaction() as tx:
            total = tx.redaction_log.summary(frozen).total
            told = {"filter": wanted.words, "entries": total, "format": form}
            journal.write(tx, "redaction_log.exported", "redaction_log", at=now, by=by, details=told)
        return self._rows(frozen)

    def _rows(self, frozen: LogFilter) -> Iterator[Row]:
        last: RedactionEntry | None = None
        while piece := self._piece(frozen, last):
            yield from map(row, piece)
            last = piece[-1].entry

    def _piece(self, frozen: LogFilter, last: RedactionEntry | None) -> list[Logged]:
        with self._store.reading() as tx:
            return tx.redaction_log.following(frozen, last, limit=_PIECE)


def row(logged: Logged) -> Row:
    """An entry by the names of COLUMNS; times are ISO 8601 in UTC."""
    entry, signed, allowed = logged.entry, logged.signed, logged.allowed
    return {
        "entry": entry.id,
        "came_in": entry.came_in.isoformat(),
        "found": entry.at.isoformat(),
        "ticket": entry.ticket_id,
        "place": entry.place.value,
        "place_id": entry.place_id,
        "place_name": entry.place_name,
        "comment": entry.comment_id or "",
        "channel": entry.channel,
        "brand": entry.brand,
        "last4": entry.last4,
        "outcome": entry.outcome.value,
        "remains": entry.remains,
        "detector": entry.detector_version,
        "rule": entry.rule,
        "source": entry.source.value,
        "signed_off_by": signed.person_name if signed else "",
        "signed_off_at": signed.at.isoformat() if signed else "",
        "sign_off_comment": signed.comment if signed else "",
        "no_card_says": allowed.added_by_name if allowed else "",
        "no_card_because": allowed.comment if allowed else "",
    }


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """RFC 4180 with a header; what a spreadsheet would run gets an apostrophe."""
    yield _csv(COLUMNS)
    for each in rows:
        yield _csv(_harmless(each[name]) for name in COLUMNS)


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    for each in rows:
        yield json.dumps(dict(each), ensure_ascii=False) + "\n"


FORMS: Mapping[str, Callable[[Iterable[Row]], Iterator[str]]] = {"csv": csv_lines, "jsonl": json_lines}


def _csv(cells: Iterable[str | int]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(cell: str | int) -> str | int:
    dangerous = isinstance(cell, str) and (cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA))
    return f"'{cell}" if dangerous else cell
