"""Keeping the redaction log: noted first, settled afterwards, so that no crash between the two loses a finding.

An entry is one number in one text. Finding it again while its entry is open finds that entry, so a ticket may be
scanned as often as one likes; an entry that was settled as redacted is closed, and the same number in the same field
later is another finding.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.redaction import DETECTOR_VERSION, Hit
from sidebar_app.workflow import journal
from sidebar_app.workflow.findings import Finding, Key, Number, Spot, key_of, number
from sidebar_app.workflow.tasks import Later, TaskRunner

Entries = Sequence[RedactionEntry]
_TO_SETTLE = (Outcome.FOUND, Outcome.REMAINING)
_TEXTS = (Place.COMMENT, Place.SUBJECT, Place.FIELD, Place.CHAT)
# What is found and not settled for longer than this does not hold back the rest.
_PATIENCE = timedelta(minutes=2)
_UNREAD = "Nobody knows what is in it ({why}). It is tried again."


class Ledger:
    def __init__(self, *, store: Store, tasks: TaskRunner, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._tasks = tasks
        self._clock = clock
        self._ids = ids

    def note(
        self, ticket_id: int, findings: Iterable[Finding], *, source: Source, at: Spot | None = None
    ) -> Mapping[Key, Entries]:
        """Writes down what is not yet in the log. Answers what is to be settled, by text: also what was noted
        before and does not stand in its text any more. `at`: only this file was looked into, else all texts."""
        noted: dict[Key, list[RedactionEntry]] = defaultdict(list)
        with self._of(ticket_id) as (tx, rings):
            known = [e for e in tx.redactions.open_of(ticket_id) if e.brand and _looked_at(e, at)]
            for finding in findings:
                for hit in finding.numbers:
                    entry = _taken(known, finding.spot, hit)
                    if entry is None:
                        entry = self._entry(finding.spot, hit, source)
                        tx.redactions.add(entry)
                        self._announce(tx, entry, rings)
                        self._teach(tx, entry, finding.spot, rings)
                    if hit.certain or entry.outcome in _TO_SETTLE:
                        noted[finding.spot.key].append(entry)
            for entry in filter(_can_be_gone, known):
                noted[key_of(entry)].append(entry)
        return noted

    def settle(
        self, entries: Entries, left: Counter[Number], *, why: str, stays: str = ""
    ) -> list[RedactionEntry]:
        """`left`: the numbers that still stand in the text, `why` a sentence about them; `stays` is one about what
        is left of those that were removed. Answers the entries as they are now."""
        left = Counter(left)
        settled: list[RedactionEntry] = []
        with self._of(entries[0].ticket_id) as (tx, rings):
            for entry in entries:
                here = left[entry.brand, entry.last4] > 0
                left[entry.brand, entry.last4] -= 1
                outcome, remains = (Outcome.REMAINING, why) if here else (Outcome.REDACTED, stays)
                settled.append(self._settled(tx, entry, outcome, remains, rings))
        return settled

    def scanned(self, ticket_id: int, *, changed_at: datetime, read_at: datetime) -> None:
        """The ticket was read as a whole; if it was called not scanned before, it is so no longer."""
        with self._of(ticket_id) as (tx, rings):
            tx.scans.save(ticket_id, changed_at=changed_at, read_at=read_at)
            for entry in _unread(tx, ticket_id):
                self._settled(tx, entry, Outcome.SCANNED, "", rings)

    def not_scanned(self, ticket_id: int, *, why: str, source: Source) -> None:
        """Logged once, until the ticket is read."""
        with self._of(ticket_id) as (tx, rings):
            if not _unread(tx, ticket_id):
                blank = self._entry(Spot(ticket_id, Place.COMMENT), None, source)
                entry = replace(blank, outcome=Outcome.NOT_SCANNED, remains=_UNREAD.format(why=why))
                tx.redactions.add(entry)
                self._announce(tx, entry, rings)

    def open_at(self, spot: Spot) -> list[RedactionEntry]:
        with self._store.reading() as tx:
            return _at(tx, spot)

    def unread(self, spot: Spot, *, why: str, source: Source) -> None:
        """One file could not be read: logged once, with the latest reason."""
        with self._of(spot.ticket_id) as (tx, rings):
            known = [entry for entry in _at(tx, spot) if entry.outcome is Outcome.NOT_SCANNED]
            for entry in known:
                self._settled(tx, entry, Outcome.NOT_SCANNED, why, rings)
            if not known:
                blank = self._entry(spot, None, source)
                entry = replace(blank, outcome=Outcome.NOT_SCANNED, remains=why)
                tx.redactions.add(entry)
                self._announce(tx, entry, rings)

    def read(self, spot: Spot) -> None:
        """One file was read; if it was called not scanned before, it is so no longer."""
        with self._of(spot.ticket_id) as (tx, rings):
            for entry in _at(tx, spot):
                if entry.outcome is Outcome.NOT_SCANNED:
                    self._settled(tx, entry, Outcome.SCANNED, "", rings)

    def files_gone(self, ticket_id: int, *, still: Collection[str], in_chat: bool = False) -> None:
        """Files of comments (or chats) that are not among these any more were removed, by hand perhaps: nothing of
        them is open. What is found and not settled yet is somebody's work under way."""
        with self._store.reading() as tx:
            if all(entry.place is not Place.ATTACHMENT for entry in tx.redactions.open_of(ticket_id)):
                return
        with self._of(ticket_id) as (tx, rings):
            for entry in tx.redactions.open_of(ticket_id):
                file = entry.place is Place.ATTACHMENT and entry.is_in_chat is in_chat
                if file and entry.place_id not in still and entry.outcome is not Outcome.FOUND:
                    outcome = Outcome.REDACTED if entry.brand else Outcome.SCANNED
                    self._settled(tx, entry, outcome, "The file was removed.", rings)

    @contextmanager
    def _of(self, ticket_id: int) -> Iterator[tuple[Transaction, list[str]]]:
        """A transaction that has this ticket's entries to itself; whatever it puts into the list is rung for."""
        rings: list[str] = []
        with self._store.transaction() as tx:
            tx.lock(f"redactions:{ticket_id}")
            yield tx, rings
        self._tasks.ring(rings)

    def _entry(self, spot: Spot, hit: Hit | None, source: Source) -> RedactionEntry:
        brand, last4 = number(hit) if hit else ("", "")
        return RedactionEntry(
            id=self._ids.new("red"),
            ticket_id=spot.ticket_id,
            comment_id=spot.comment_id,
            brand=brand,
            last4=last4,
            detector_version=DETECTOR_VERSION,
            outcome=Outcome.FOUND if hit and hit.certain else Outcome.REVIEW,
            at=self._clock.now(),
            place=spot.place,
            place_id=spot.place_id,
            place_name=spot.place_name,
            channel=spot.channel,
            written_at=spot.written_at,
            source=source,
            rule=hit.rule if hit else "",
        )

    def _settled(
        self, tx: Transaction, entry: RedactionEntry, outcome: Outcome, remains: str, rings: list[str]
    ) -> RedactionEntry:
        after = replace(entry, outcome=outcome, remains=remains)
        if after != entry and tx.redactions.settle(entry, outcome, remains=remains):
            self._announce(tx, after, rings)
        return after

    def _teach(self, tx: Transaction, entry: RedactionEntry, spot: Spot, rings: list[str]) -> None:
        """Whoever wrote it hears that it is not safe, once a day; nobody hears of the past."""
        if spot.author_id and entry.outcome is Outcome.FOUND and entry.source is not Source.BACKSCAN:
            now = self._clock.now()
            detail = f"{now:%Y%m%d}.{spot.author_id}"
            rings.append(tx.tasks.add("safety", str(entry.ticket_id), detail=detail, now=now))

    def _announce(self, tx: Transaction, entry: RedactionEntry, rings: list[str]) -> None:
        """Into the audit log and to the security channel. What is found and not settled yet is no news."""
        if entry.outcome is Outcome.FOUND:
            return
        now = self._clock.now()
        _record(tx, entry, at=now)
        if entry.source is Source.BACKSCAN:  # told as numbers when the run ends
            return
        # The detail makes another outcome another task; the handler tells all that is untold of the ticket.
        detail = f"{entry.id}.{entry.outcome.value}"
        rings.append(tx.tasks.add("security", str(entry.ticket_id), detail=detail, now=now))


def require_settled(entries: Iterable[RedactionEntry], *, now: datetime, again: timedelta) -> None:
    """Raises Later while something of the ticket is found and not settled; after a while it holds nothing back."""
    if any(entry.outcome is Outcome.FOUND and entry.at > now - _PATIENCE for entry in entries):
        raise Later("the ticket is still being cleaned", after=again)


def _taken(known: list[RedactionEntry], spot: Spot, hit: Hit) -> RedactionEntry | None:
    """The open entry of this number in this text, which is then out of the list: the next one is another."""
    for entry in known:
        if (key_of(entry), (entry.brand, entry.last4)) == (spot.key, number(hit)):
            known.remove(entry)
            return entry
    return None


def _can_be_gone(entry: RedactionEntry) -> bool:
    """A number that another detector found may still stand there although ours does not see it."""
    if entry.outcome is Outcome.REMAINING:
        return entry.detector_version == DETECTOR_VERSION
    return entry.outcome is Outcome.FOUND


def _looked_at(entry: RedactionEntry, at: Spot | None) -> bool:
    return key_of(entry) == at.key if at else entry.place in _TEXTS


def _at(tx: Transaction, spot: Spot) -> list[RedactionEntry]:
    return [entry for entry in tx.redactions.open_of(spot.ticket_id) if key_of(entry) == spot.key]


def _unread(tx: Transaction, ticket_id: int) -> list[RedactionEntry]:
    """The entry that says of the ticket as a whole that it was not scanned."""
    return [
        entry
        for entry in tx.redactions.open_of(ticket_id)
        if entry.outcome is Outcome.NOT_SCANNED and entry.place is Place.COMMENT and not entry.comment_id
    ]


def _record(tx: Transaction, entry: RedactionEntry, *, at: datetime) -> None:
    told = {
        "place": entry.place.value,
        "place_id": entry.place_id,
        "comment": entry.comment_id,
        "brand": entry.brand,
        "last4": entry.last4,
        "channel": entry.channel,
        "source": entry.source.value,
        "rule": entry.rule,
        "detector": entry.detector_version,
        "remains": entry.remains,
    }
    event = f"card_number.{entry.outcome.value}"
    journal.write(tx, event, entry.id, at=at, ticket_id=entry.ticket_id, details=told)
