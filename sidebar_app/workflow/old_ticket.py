"""One ticket of the past, as a worker is handed it."""

from datetime import timedelta

from sidebar_app.domain.backscan import BackScan, RunState, Scanned, SeenNumber
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry, Source
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import Helpdesk, HelpdeskLockedOut, HelpdeskUnavailable, NoSuchTicket
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store, StoreUnavailable
from sidebar_app.workflow.back_scan import pause
from sidebar_app.workflow.findings import Search, number
from sidebar_app.workflow.ledger import Ledger
from sidebar_app.workflow.redact import Redact
from sidebar_app.workflow.tasks import Later
from sidebar_app.workflow.written import read

_TRIES = 5
# This part of the account's requests is left to the people who work with it.
_LEFT_TO_OTHERS = 0.25
_ROOM_AGAIN = timedelta(seconds=5)


class OldTicket:
    """Handler of `backscan`. Subject: a ticket id. Detail: "<run>.<round>"."""

    def __init__(
        self,
        *,
        store: Store,
        helpdesk: Helpdesk,
        redact: Redact,
        search: Search,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._redact = redact
        self._search = search
        self._ledger = ledger
        self._clock = clock

    def scan(self, task: Task) -> None:
        """Tried a few times, then given up and reported: the run comes to its end, and `--resume` tries again."""
        ticket_id, run_id = int(task.subject), task.detail.rpartition(".")[0]
        with self._store.reading() as tx:
            run = tx.backscans.get(run_id)
        if run is None or run.state is not RunState.RUNNING:
            return
        self._wait_for_room(run)
        try:
            result = self._looked_at(ticket_id) if run.dry_run else self._cleaned(ticket_id, run)
        except NoSuchTicket:
            self._give_up(run, ticket_id, why="the helpdesk has no such ticket any more")
        except (HelpdeskLockedOut, Later, StoreUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 -- counted, and raised again or reported
            self._failed(run, ticket_id, error)
        else:
            with self._store.transaction() as tx:
                tx.backscans.finish(run_id, ticket_id, result)

    def _wait_for_room(self, run: BackScan) -> None:
        now = self._clock.now()
        if run.paused_until and now < run.paused_until:
            raise Later("the back-scan pauses", after=run.paused_until - now)
        left = self._helpdesk.requests_left()
        if left is not None and left < _LEFT_TO_OTHERS:
            raise Later("the helpdesk's requests are left to live work", after=_ROOM_AGAIN)

    def _looked_at(self, ticket_id: int) -> Scanned:
        seen = tuple(
            SeenNumber(finding.spot.place, *number(hit), hit.certain)
            for finding in self._search.ticket(read(self._helpdesk, ticket_id))
            for hit in finding.numbers
        )
        return Scanned(found=len(seen), review=sum(not n.certain for n in seen), seen=seen)

    def _cleaned(self, ticket_id: int, run: BackScan) -> Scanned:
        """Counted from the log, so that a worker that was killed in between does not make it forget."""
        settled = self._redact.clean(ticket_id, source=Source.BACKSCAN)
        with self._store.reading() as tx:
            logged = tx.redactions.open_of(ticket_id) + tx.redactions.found_by(
                ticket_id, source=Source.BACKSCAN, since=run.started_at
            )
        entries = {e.id: e for e in (*settled, *logged) if e.outcome in _COUNTED}
        return Scanned(
            found=len(entries),
            redacted=_count(entries, Outcome.REDACTED),
            remaining=_count(entries, Outcome.REMAINING),
            review=_count(entries, Outcome.REVIEW),
        )

    def _failed(self, run: BackScan, ticket_id: int, error: Exception) -> None:
        """A helpdesk that asks to wait makes the whole run wait, and is not held against the ticket."""
        if isinstance(error, HelpdeskUnavailable) and error.retry_after_seconds is not None:
            until = self._clock.now() + timedelta(seconds=error.retry_after_seconds)
            pause(self._store, run.id, until=until)
            raise error
        with self._store.transaction() as tx:
            tries = tx.backscans.failed(run.id, ticket_id)
        if tries < _TRIES:
            raise error
        self._give_up(run, ticket_id, why=type(error).__name__)

    def _give_up(self, run: BackScan, ticket_id: int, *, why: str) -> None:
        if not run.dry_run:
            self._ledger.not_scanned(ticket_id, why=why, source=Source.BACKSCAN)
        with self._store.transaction() as tx:
            tx.backscans.finish(run.id, ticket_id, None)


_COUNTED = (Outcome.REDACTED, Outcome.REMAINING, Outcome.REVIEW)


def _count(entries: dict[str, RedactionEntry], outcome: Outcome) -> int:
    return sum(entry.outcome is outcome for entry in entries.values())
