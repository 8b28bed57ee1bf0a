"""The redaction log for compliance: which card data came in through tickets, and is it gone?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from sidebar_app.domain import log_filter
from sidebar_app.domain.log_summary import LogSummary, Tally
from sidebar_app.domain.people import COMPLIANCE_ROLES
from sidebar_app.domain.redaction_log import Logged, Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.redaction_log import Choices
from sidebar_app.web.console import log_query
from sidebar_app.web.console.shapes import Asked, Cell, Part
from sidebar_app.web.view import dates
from sidebar_app.workflow import allow

ROWS_OF_A_PAGE = 50
OUTCOMES = {
    Outcome.FOUND: Cell("being removed", tone="warn"),
    Outcome.REDACTED: Cell("gone", tone="good"),
    Outcome.REMAINING: Cell("remains", tone="bad"),
    Outcome.REVIEW: Cell("waits for review", tone="warn"),
    Outcome.NOT_SCANNED: Cell("not scanned", tone="warn"),
    Outcome.SCANNED: Cell("scanned later", tone="good"),
}
_PERIODS = {
    log_filter.THIS_MONTH: "This month",
    log_filter.LAST_MONTH: "Last month",
    log_filter.LAST_30_DAYS: "Last 30 days",
    log_filter.ALL: "All of it",
    log_filter.CUSTOM: "From … to …",
}
_PLACES = {
    Place.COMMENT: "Comment",
    Place.SUBJECT: "Subject",
    Place.FIELD: "Field",
    Place.ATTACHMENT: "Attachment",
    Place.CHAT: "Chat",
}
_SOURCES = {Source.WEBHOOK: "as it came in", Source.SWEEP: "by the sweep", Source.BACKSCAN: "by a back-scan"}
_TICKET = re.compile(r"(#[0-9]+)")


@dataclass(frozen=True, slots=True)
class Field:
    """`options` are (value, text) pairs of a select; without them `kind` is date or text."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class EntryRow:
    id: str
    what: str
    ticket: Cell
    place: str
    channel: str
    came_in: str
    found: str
    detector: str
    outcome: Cell
    remains: str
    signed: str
    signed_comment: str
    allowed: str
    frozen: dict[str, Any]
    can_keep_number: bool


@dataclass(frozen=True, slots=True)
class RedactionsView:
    """`query` is the filter as an address; `previous` and `next` are those of other pages, or empty.

    `frozen` names exactly what is shown, for signing it off; `counts` says it in words.
    """

    fields: tuple[Field, ...]
    query: str
    sentences: tuple[tuple[Cell, ...], ...]
    channels: tuple[Tally, ...]
    brands: tuple[Tally, ...]
    rows: tuple[EntryRow, ...]
    total: int
    showing: str
    previous: str
    next: str
    counts: str
    unsigned: int
    frozen: dict[str, Any] = field(default_factory=dict)
    badge: str = ""


def _view(asked: Asked) -> RedactionsView:
    wanted = replace(log_query.read(asked.query, today=asked.now.date()), found_until=asked.now)
    log = asked.tx.redaction_log
    summary, waiting = log.summary(wanted), log.waiting()
    page = min(log_query.page_number(asked.query), max(-(-summary.total // ROWS_OF_A_PAGE), 1))
    first = (page - 1) * ROWS_OF_A_PAGE
    shown = log.page(wanted, offset=first, limit=ROWS_OF_A_PAGE)
    last = first + len(shown)
    return RedactionsView(
        fields=_fields(asked.query, log.choices()),
        query=_address(asked.query),
        sentences=_sentences(asked, summary, wanted.words),
        channels=summary.by_channel(),
        brands=summary.by_brand(),
        rows=tuple(_row(asked, logged) for logged in shown),
        total=summary.total,
        showing=f"{first + 1:,} to {last:,} of {summary.total:,}" if shown else "",
        previous=_address(asked.query, page=page - 1) if page > 1 else "",
        next=_address(asked.query, page=page + 1) if last < summary.total else "",
        counts=", ".join(f"{n:,} {OUTCOMES[outcome].text}" for outcome, n in _seen(summary).items()),
        unsigned=summary.count(lambda group: not group.signed),
        frozen={**_frozen(asked, _seen(summary)), "filter": log_query.write(wanted)},
        badge=str(waiting or ""),
    )


def _seen(summary: LogSummary) -> dict[Outcome, int]:
    return {outcome: n for outcome, n in summary.by_outcome().items() if n}


def _frozen(asked: Asked, seen: Mapping[Outcome, int]) -> dict[str, Any]:
    return {"found_until": asked.now.isoformat(), "seen": {outcome.value: n for outcome, n in seen.items()}}


def _sentences(asked: Asked, summary: LogSummary, words: str) -> tuple[tuple[Cell, ...], ...]:
    """Tickets are links."""
    return tuple(
        tuple(
            asked.ticket(int(piece[1:])) if _TICKET.fullmatch(piece) else Cell(piece)
            for piece in _TICKET.split(sentence)
            if piece
        )
        for sentence in summary.sentences(words)
    )


def _fields(query: Mapping[str, str], choices: Choices) -> tuple[Field, ...]:
    told = log_query.typed(query)
    told["period"] = told["period"] or log_query.DEFAULT_PERIOD
    any_of = ("", "Any")
    channels = tuple((c or log_query.UNKNOWN_CHANNEL,) * 2 for c in choices.channels)
    days = (
        Field("from", "First day", told["from"], kind="date"),
        Field("to", "Last day", told["to"], kind="date"),
    )
    return (
        Field("period", "Came in (UTC)", told["period"], tuple(_PERIODS.items())),
        *(days if told["period"] == log_filter.CUSTOM else ()),
        Field("outcome", "Outcome", told["outcome"], (any_of, *((o.value, c.text) for o, c in OUTCOMES.items()))),
        Field("brand", "Brand", told["brand"], (any_of, *((brand, brand) for brand in choices.brands))),
        Field("channel", "Channel", told["channel"], (any_of, *channels)),
        Field("place", "Place", told["place"], (any_of, *((p.value, text) for p, text in _PLACES.items()))),
        Field("signed", "Signed off", told["signed"], (any_of, ("yes", "Yes"), ("no", "No"))),
        Field("ticket", "Ticket", told["ticket"]),
    )  # fmt: skip


def _address(query: Mapping[str, str], *, page: int = 0) -> str:
    told: dict[str, Any] = {name: value for name, value in log_query.typed(query).items() if value}
    return urlencode({**told, "page": page} if page else told)


def _row(asked: Asked, logged: Logged) -> EntryRow:
    entry, signed, allowed = logged.entry, logged.signed, logged.allowed
    return EntryRow(
        id=entry.id,
        what=entry.shown or "could not be read",
        ticket=asked.ticket(entry.ticket_id),
        place=place_of(entry),
        channel=entry.channel or log_query.UNKNOWN_CHANNEL,
        came_in=dates.moment(entry.came_in),
        found=f"{dates.moment(entry.at)} {_SOURCES[entry.source]}",
        detector=entry.detector_version,
        outcome=OUTCOMES[entry.outcome],
        remains=entry.remains,
        signed=f"{signed.person_name}, {dates.moment(signed.at)}" if signed else "",
        signed_comment=signed.comment if signed else "",
        allowed=f"No card, says {allowed.added_by_name}: {allowed.comment}" if allowed else "",
        frozen={**_frozen(asked, {entry.outcome: 1}), "entry": entry.id},
        can_keep_number=asked.keeps_digests and allow.is_readable(entry),
    )


def place_of(entry: RedactionEntry) -> str:
    """ "Comment 11", "Attachment “scan.tiff”"."""
    if entry.place_name:
        return f"{_PLACES[entry.place]} “{entry.place_name}”"
    return f"{_PLACES[entry.place]} {entry.comment_id or entry.place_id}".rstrip()


PART = Part("redactions", "Card numbers", COMPLIANCE_ROLES, _view)
