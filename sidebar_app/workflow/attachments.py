"""Files in tickets: fetched, read, searched, and removed whole when they hold a card number.

A file never changes, so each is looked into once for each version of detector and reader: what was found is in the
redaction log, and a rescan of its ticket downloads nothing. As with texts, a finding is noted before the helpdesk is
asked to remove it.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.extractor import Extractor, FileTexts, NotScanned
from sidebar_app.ports.helpdesk import (
    Attachment,
    Comment,
    FileTooLarge,
    Helpdesk,
    HelpdeskLockedOut,
    HelpdeskRefused,
    NoSuchTicket,
)
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.redaction import DETECTOR_VERSION, Hit
from sidebar_app.workflow import letters
from sidebar_app.workflow.file_words import gaps_told, masked_name, searchable
from sidebar_app.workflow.findings import Finding, Search, Spot, number
from sidebar_app.workflow.ledger import Ledger
from sidebar_app.workflow.tasks import TaskRunner

log = logging.getLogger(__name__)

# Longer than one honest attempt: fetching, reading, removing.
_HELD = timedelta(minutes=5)
# A helpdesk that only asks to wait is given so many tries before the log calls the file not scanned.
_WAITED_FOR = 5
# Of a list of stolen cards the first so many are named one by one; the file goes whatever their number.
_MOST_NUMBERS = 200
_SWITCHED_OFF = "Looking into files is switched off here (SCAN_ATTACHMENTS)."
_MALICIOUS = "The helpdesk calls it malicious; nobody should open it."
_TOO_LARGE = "The file is larger than we look into."


@dataclass(frozen=True, slots=True)
class _Where:
    """Which file a task is about: its subject."""

    ticket_id: int
    comment_id: int
    file_id: int

    @classmethod
    def of(cls, subject: str) -> "_Where":
        return cls(*map(int, subject.split(".")))

    def __str__(self) -> str:
        return f"{self.ticket_id}.{self.comment_id}.{self.file_id}"


class Attachments:
    """Handler of `file`. `extractor` is None when looking into files is switched off."""

    def __init__(
        self,
        *,
        store: Store,
        helpdesk: Helpdesk,
        extractor: Extractor | None,
        ledger: Ledger,
        search: Search,
        tasks: TaskRunner,
        clock: Clock,
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._extractor = extractor
        self._ledger = ledger
        self._search = search
        self._tasks = tasks
        self._clock = clock

    @property
    def _version(self) -> str:
        return f"{DETECTOR_VERSION}+{self._extractor.version if self._extractor else 'off'}"

    def expect(self, ticket_id: int, comments: Iterable[Comment], *, source: Source) -> None:
        """A task for each file that this version has not seen; a back-scan also tries again what was refused or could
        not be read before: rights and bounds may be others now."""
        files = [file for comment in comments for file in comment.attachments if not file.removed]
        self._ledger.files_gone(ticket_id, still={str(file.id) for file in files})
        if not files:
            return
        with self._store.transaction() as tx:
            again = _not_done(tx, ticket_id) if source is Source.BACKSCAN else frozenset()
            for file in files:
                self._expect(tx, file, source, again=file.id in again)

    def file(self, task: Task) -> None:
        """An error on the way leaves the task unfinished; from the second one on, the log says "not scanned"."""
        where, source = _Where.of(task.subject), Source(task.detail.partition(":")[0])
        self._tasks.hold(task, _HELD)
        found = self._find(where)
        if found is None or found[1].removed:
            self._gone(Spot(where.ticket_id, Place.ATTACHMENT, where.comment_id, str(where.file_id)))
            return
        spot = _spot(where, *found)
        try:
            self._look_into(found[1], spot, source)
        except Exception as error:
            if task.attempts > (_WAITED_FOR if getattr(error, "retry_after_seconds", None) else 1):
                why = f"It could not be looked into yet ({type(error).__name__}). It is tried again."
                self._ledger.unread(spot, why=why, source=source)
            raise

    def _expect(self, tx: Transaction, file: Attachment, source: Source, *, again: bool) -> None:
        now = self._clock.now()
        if not tx.first_delivery("file", f"{file.id}:{self._version}", now=now) and not again:
            return
        where = _Where(file.ticket_id, file.comment_id, file.id)
        detail = f"{source.value}:{self._version}" + (f":{now:%Y%m%d}" if again else "")
        tx.tasks.add("file", str(where), detail=detail, now=now)

    def _find(self, where: _Where) -> tuple[Comment, Attachment] | None:
        try:
            comments = self._helpdesk.comments(where.ticket_id)
        except NoSuchTicket:
            return None
        for comment in comments:
            for file in comment.attachments:
                if file.id == where.file_id:
                    return comment, file
        return None

    def _gone(self, spot: Spot) -> None:
        """Noted before and gone since: removed by us before a crash, or by somebody else."""
        noted = [entry for entry in self._ledger.open_at(spot) if entry.brand]
        if any(entry.outcome is Outcome.FOUND for entry in noted):
            self._tell_ticket(replace(spot, place_name=noted[0].place_name), noted, refusal="")
        if noted:
            self._ledger.settle(noted, Counter(), why="")
        self._ledger.read(spot)

    def _look_into(self, file: Attachment, spot: Spot, source: Source) -> None:
        texts = self._read(file)
        hits = self._hits(file, texts)
        if hits:
            self._ledger.note(spot.ticket_id, [Finding(spot, hits)], source=source, at=spot)
        removed = any(hit.certain for hit in hits) and self._remove(file, spot)
        if texts.gaps and not removed:
            self._ledger.unread(spot, why=gaps_told(texts.gaps), source=source)
        else:
            self._ledger.read(spot)

    def _read(self, file: Attachment) -> FileTexts:
        if self._extractor is None:
            return _not_read(_SWITCHED_OFF)
        if file.malicious:
            return _not_read(_MALICIOUS)
        most = self._extractor.most_bytes
        if file.size > most:
            return _not_read(_TOO_LARGE)
        try:
            content = self._helpdesk.download(file, most_bytes=most)
        except FileTooLarge:
            return _not_read(_TOO_LARGE)
        return self._extractor.extract(content, name=file.name, content_type=file.content_type)

    def _hits(self, file: Attachment, texts: FileTexts) -> tuple[Hit, ...]:
        """Each number once, however often the file says it; certain when it is certain anywhere. Its name counts."""
        found: dict[tuple[str, str], Hit] = {}
        searched = [
            self._search.html(t.text) if t.markup else self._search.plain(t.text) for t in texts.texts
        ]
        for hits in (*searched, self._search.plain(searchable(file.name))):
            for hit in Finding(_NOWHERE, hits).numbers:
                known = found.get(number(hit))
                if known is None or (hit.certain and not known.certain):
                    found[number(hit)] = hit
        return tuple(sorted(found.values(), key=lambda hit: not hit.certain)[:_MOST_NUMBERS])

    def _remove(self, file: Attachment, spot: Spot) -> bool:
        """The whole file, with all that was ever noted about it. The note comes before the log is settled: until then
        a crash repeats both, and the note is added once."""
        entries, refusal = [entry for entry in self._ledger.open_at(spot) if entry.brand], ""
        try:
            self._helpdesk.remove_file(file)
        except HelpdeskLockedOut:
            raise
        except (HelpdeskRefused, NoSuchTicket) as refused:
            refusal = str(refused)
        self._tell_ticket(spot, entries, refusal=refusal)
        if entries:
            left = Counter((entry.brand, entry.last4) for entry in entries) if refusal else Counter()
            self._ledger.settle(entries, left, why=refusal)
        return not refusal

    def _tell_ticket(self, spot: Spot, entries: Sequence[RedactionEntry], *, refusal: str) -> None:
        """A note that the helpdesk refuses (a closed ticket takes none) keeps nothing else from happening."""
        text = letters.file_note(spot.place_name, entries, refusal=refusal)
        marker = f"[file {spot.place_id}:{'kept' if refusal else 'removed'}]"
        try:
            self._helpdesk.add_note(spot.ticket_id, text=text, marker=marker)
        except HelpdeskLockedOut:
            raise
        except (HelpdeskRefused, NoSuchTicket):
            log.warning("ticket %s takes no note about its file %s", spot.ticket_id, spot.place_id)


_NOWHERE = Spot(0, Place.ATTACHMENT)


def _spot(where: _Where, comment: Comment, file: Attachment) -> Spot:
    return Spot(
        where.ticket_id,
        Place.ATTACHMENT,
        comment_id=comment.id,
        place_id=str(file.id),
        place_name=masked_name(file.name),
        channel=comment.channel,
        written_at=comment.created_at,
        author_id=comment.author_id,
    )


def _not_done(tx: Transaction, ticket_id: int) -> frozenset[int]:
    """Files that hold a number and were not removed, or that could not be read."""
    entries = [
        e for e in tx.redactions.open_of(ticket_id) if e.place is Place.ATTACHMENT and not e.is_in_chat
    ]
    return frozenset(
        int(e.place_id) for e in entries if e.outcome in (Outcome.REMAINING, Outcome.NOT_SCANNED)
    )


def _not_read(reason: str) -> FileTexts:
    return FileTexts(gaps=(NotScanned(reason),))
