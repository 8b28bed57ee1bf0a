"""Cleaning a ticket of card numbers: everything people wrote into it, as a whole."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import Comment, Helpdesk, HelpdeskUnavailable, NoSuchTicket
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store
from sidebar_app.redaction import ScanFailed
from sidebar_app.workflow.attachments import Attachments
from sidebar_app.workflow.findings import DESCRIPTION, Finding, Key, Search, place_in_chat
from sidebar_app.workflow.ledger import Entries, Ledger
from sidebar_app.workflow.removing import GOES_ON, Left, Remover
from sidebar_app.workflow.tasks import Later, TaskRunner
from sidebar_app.workflow.unread_chats import unread_chats
from sidebar_app.workflow.written import Written, read

_NOT_OURS_TO_CHANGE = "The helpdesk's copy of the first message still holds it; nobody can change that copy."
_LESS_SURE = "It was taken for a card number once and is in doubt now, so it was not removed."
_FIELDS = (Place.SUBJECT, Place.FIELD)
_HISTORY = "The old value stays in the ticket's history, from which the helpdesk lets nobody remove it."
_LOOKED_FOR = 3
# A worker that was killed holds its ticket for so long.
_HELD_FOR = timedelta(seconds=60)
_OTHER_IS_DONE = timedelta(seconds=1)
# A helpdesk that only asks to wait is given so many tries before the log calls the ticket not scanned.
_WAITED_FOR = 5
_LOOK_AGAIN = timedelta(seconds=20)
# The one task that waits for the end of a chat has such a detail. After a day only a change of the ticket tries again.
_OF_A_CHAT = "chat."
_ENDED = timedelta(minutes=1)
_ENDED_AT_MOST = timedelta(hours=1)
_WAITS_FOR_ITS_END = 30


class Redact:
    """Handler of `redact`. Subject: a ticket id. Detail: "<source>:…", or the id of the webhook that told us."""

    def __init__(
        self,
        *,
        store: Store,
        helpdesk: Helpdesk,
        ledger: Ledger,
        search: Search,
        attachments: Attachments,
        tasks: TaskRunner,
        clock: Clock,
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._search = search
        self._attachments = attachments
        self._remover = Remover(helpdesk, search)
        self._ledger = ledger
        self._tasks = tasks
        self._clock = clock

    def ticket(self, task: Task) -> None:
        """An error on the way leaves the task unfinished, so nothing unscanned is ever taken for clean; from the
        second one on, the log says so."""
        ticket_id, source = int(task.subject), source_of(task.detail)
        try:
            entries = self.clean(ticket_id, source=source)
        except Later:
            raise
        except NoSuchTicket:
            if task.attempts < _LOOKED_FOR:
                raise Later("the helpdesk does not know the ticket", after=_LOOK_AGAIN) from None
            self._ledger.not_scanned(ticket_id, why="the helpdesk has no such ticket any more", source=source)
        except Exception as error:
            if task.attempts > (_WAITED_FOR if _asks_to_wait(error) else 1):
                self._ledger.not_scanned(ticket_id, why=type(error).__name__, source=source)
            raise
        waits = task.detail.startswith(f"{source.value}:{_OF_A_CHAT}") and task.attempts < _WAITS_FOR_ITS_END
        if waits and any(map(_goes_on, entries)):
            doubled = _ENDED * 2 ** min(task.attempts - 1, 10)
            raise Later("the chat has not ended", after=min(doubled, _ENDED_AT_MOST))

    def clean(self, ticket_id: int, *, source: Source) -> list[RedactionEntry]:
        """Everything found is in the log before the helpdesk is asked to remove it. Answers the entries of what was
        found now, as they are afterwards.

        Raises HelpdeskUnavailable, HelpdeskRefused, NoSuchTicket, Later when somebody else is at this ticket, and
        whatever a scan raises.
        """
        with self._alone(ticket_id):
            try:
                return self._clean(ticket_id, source)
            except ScanFailed:
                self._clean_of_cards(ticket_id, source)
                raise

    @contextmanager
    def _alone(self, ticket_id: int) -> Iterator[None]:
        """Two who read a text before one of them redacts it would write two entries about one number."""
        now, name = self._clock.now(), f"cleaning.{ticket_id}"
        with self._store.transaction() as tx:
            tx.lock(name)
            held = tx.bookmarks.load(name)
            if held and held[1] > now:
                raise Later("somebody else cleans this ticket", after=_OTHER_IS_DONE)
            tx.bookmarks.save(name, "held until", at=now + _HELD_FOR)
        try:
            yield
        finally:
            with self._store.transaction() as tx:
                tx.bookmarks.remove(name)

    def _clean(self, ticket_id: int, source: Source) -> list[RedactionEntry]:
        read_at = self._clock.now()
        written = read(self._helpdesk, ticket_id)
        findings = self._search.ticket(written)
        noted = self._ledger.note(ticket_id, findings, source=source)
        settled = self._removed(written, findings, noted, source, self._remover)
        self._settle_gone(written, findings, noted)
        self._attachments.expect(ticket_id, written.comments, source=source)
        unread_chats(self._ledger, written, source=source)
        self._follow_merges(written.comments, source)
        self._follow_chats(settled, source)
        self._ledger.scanned(ticket_id, changed_at=written.text.changed_at, read_at=read_at)
        return settled

    def _clean_of_cards(self, ticket_id: int, source: Source) -> None:
        """Cards do not wait until the optional classes can be searched for again. The ticket stays unscanned, and
        whatever else was noted in it stays as it is."""
        cards = self._search.cards_alone
        written = read(self._helpdesk, ticket_id)
        findings = cards.ticket(written)
        here = {finding.spot.key: finding.counted for finding in findings}
        noted = {
            key: [entry for entry in entries if (entry.brand, entry.last4) in here.get(key, ())]
            for key, entries in self._ledger.note(ticket_id, findings, source=source).items()
        }
        self._removed(written, findings, noted, source, Remover(self._helpdesk, cards))

    def _settle_gone(
        self, written: Written, findings: Sequence[Finding], noted: Mapping[Key, Entries]
    ) -> None:
        """What was noted before and is gone since: we were killed, or somebody removed it by hand."""
        here = {finding.spot.key for finding in findings}
        missing = {
            key: entries
            for key, entries in noted.items()
            if key not in here and written.was_read(entries[0].place)
        }
        if not missing:
            return
        still = {f.spot.key: f.counted for f in self._search.unfiltered.ticket(written)}
        for key, entries in missing.items():
            gone = [e for e in entries if not still.get(key, Counter())[e.brand, e.last4]]
            if gone:
                self._ledger.settle(gone, Counter(), why="", stays=_stays(gone[0].place))

    def _removed(
        self,
        written: Written,
        findings: Sequence[Finding],
        noted: Mapping[Key, Entries],
        source: Source,
        remover: Remover,
    ) -> list[RedactionEntry]:
        """Tries where it is worth it, text by text, and settles what came of it."""
        worth = [f for f in findings if f.certain and _worth_trying(noted.get(f.spot.key, ()), source)]
        said = {comment.id: comment for comment in written.comments}
        chatted = {place_in_chat(message): message for message in written.chat or ()}
        settled: list[RedactionEntry] = []
        for finding in worth:
            if finding.spot.place is Place.COMMENT:
                left = remover.from_comment(said[finding.spot.comment_id])
                settled += self._settled(finding, noted, left)
        in_chat = [finding for finding in worth if finding.spot.place is Place.CHAT]
        messages = [chatted[finding.spot.place_id] for finding in in_chat]
        for finding, left in zip(in_chat, remover.from_chat(messages), strict=True):
            settled += self._settled(finding, noted, left)
        fields = [f for f in worth if f.spot.place in _FIELDS and f.spot.place_id != DESCRIPTION]
        removed = remover.from_ticket(written.text.id, {f.spot.key for f in fields}) if fields else {}
        for finding in fields:
            left = removed.get(finding.spot.key, Left(Counter(), ""))  # nothing is left
            settled += self._settled(finding, noted, left)
        for finding in worth:
            if finding.spot.place_id == DESCRIPTION:
                settled += self._settled(finding, noted, Left(finding.counted, _NOT_OURS_TO_CHANGE))
        for finding in findings:
            if not finding.certain:  # noted when the detector was surer than it is now
                settled += self._settled(finding, noted, Left(finding.counted, _LESS_SURE))
        return settled

    def _settled(self, finding: Finding, noted: Mapping[Key, Entries], left: Left) -> list[RedactionEntry]:
        key = finding.spot.key
        entries = noted.get(key)
        if not entries:  # a code without its number has no entry of its own
            return []
        return self._ledger.settle(entries, left.numbers, why=left.why, stays=_stays(finding.spot.place))

    def _follow_merges(self, comments: Sequence[Comment], source: Source) -> None:
        """A merge copies what was said in one ticket into another: the other one is scanned too, once."""
        now, rings = self._clock.now(), []
        merged = [(comment, other) for comment in comments for other in comment.merged_tickets]
        if merged:
            with self._store.transaction() as tx:
                for comment, other in merged:
                    detail = f"{source.value}:merge.{comment.id}"
                    rings.append(tx.tasks.add("redact", str(other), detail=detail, now=now))
        self._tasks.ring(rings)

    def _follow_chats(self, settled: Sequence[RedactionEntry], source: Source) -> None:
        """What a chat holds that has not ended is tried again, by one task however many messages follow."""
        waiting = sorted(entry.id for entry in settled if _goes_on(entry))
        if waiting:
            ticket, detail = str(settled[0].ticket_id), f"{source.value}:{_OF_A_CHAT}{waiting[0]}"
            with self._store.transaction() as tx:
                ring = tx.tasks.add("redact", ticket, detail=detail, now=self._clock.now())
            self._tasks.ring([ring])


def _asks_to_wait(error: Exception) -> bool:
    return isinstance(error, HelpdeskUnavailable) and error.retry_after_seconds is not None


def source_of(detail: str) -> Source:
    named = detail.partition(":")[0]
    return Source(named) if named in set(Source) else Source.WEBHOOK


def _worth_trying(entries: Entries, source: Source) -> bool:
    """What the helpdesk refused before is not asked for with every new comment, but a back-scan tries again."""
    if source is Source.BACKSCAN or not entries:
        return True
    return any(e.outcome is not Outcome.REMAINING or _goes_on(e) for e in entries)


def _goes_on(entry: RedactionEntry) -> bool:
    """It remains because a chat has not ended."""
    return entry.outcome is Outcome.REMAINING and entry.remains.startswith(GOES_ON)


def _stays(place: Place) -> str:
    """What is left of a number although it was removed from its text."""
    return _HISTORY if place in _FIELDS else ""
