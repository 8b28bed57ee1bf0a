"""Going through the tickets of the past: listed from the helpdesk, handed to the workers a few at a time.

Whoever started it feeds it, turn by turn. Everything that counts is in the database, so it may be killed at any moment
and taken up again; the workers finish what they were handed. Live work is never kept waiting by more than these few.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sidebar_app.domain.backscan import BackScan, FilesOfThePast, Progress, RunState, SeenNumber
from sidebar_app.domain.redaction_log import Outcome, Source
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.helpdesk import (
    Changes,
    Helpdesk,
    HelpdeskLockedOut,
    HelpdeskRefused,
    HelpdeskUnavailable,
)
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow.tasks import TaskRunner

# Of ten exports a minute the sweep may want three.
_BETWEEN_LISTS = timedelta(seconds=10)
_WHEN_AWAY_SECONDS = 30.0
_OF_THE_PAST = f"{Source.BACKSCAN.value}:"
# A file that failed so often is in the log as not scanned, and nobody waits for it any more.
_TRIES = 3


class BackScanner:
    def __init__(
        self,
        *,
        store: Store,
        helpdesk: Helpdesk,
        tasks: TaskRunner,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._tasks = tasks
        self._clock = clock
        self._ids = ids
        self._list_at: datetime | None = None

    def start(self, *, since: datetime, until: datetime | None, dry_run: bool, at_once: int) -> BackScan:
        """A new run; one that was not done is abandoned."""
        run = BackScan(self._ids.new("scan"), since, until, dry_run, at_once, self._clock.now())
        with self._store.transaction() as tx:
            tx.backscans.start(run)
        return run

    def resume(self, *, at_once: int) -> BackScan | None:
        """The latest run goes on, with what could not be scanned before; None when nothing of it is left to do."""
        with self._store.transaction() as tx:
            run = tx.backscans.latest()
            if run is None or run.state is RunState.ABANDONED:
                return None
            again = tx.backscans.try_again(run.id)
            if run.state is RunState.DONE and not again:
                return None
            going = replace(
                run,
                state=RunState.RUNNING,
                round=run.round + 1,
                at_once=at_once,
                paused_until=None,
                ended_at=None,
            )
            tx.backscans.save(going)
        return going

    def turn(self, run_id: str) -> tuple[BackScan, Progress]:
        """Lists some more tickets, hands some out, and ends the run when nothing is left.

        Raises HelpdeskRefused when we may not read the list.
        """
        run, progress = self._now(run_id)
        now = self._clock.now()
        if run.state is not RunState.RUNNING or (run.paused_until and now < run.paused_until):
            return run, progress
        if not run.listed_all and (self._list_at is None or now >= self._list_at):
            self._list_at = now + _BETWEEN_LISTS
            self._list(run)
            run, progress = self._now(run_id)
        if progress.waiting and progress.handed_out < run.at_once:
            self._hand_out(run_id)
        elif run.listed_all and not progress.waiting and not progress.handed_out:
            self._end(run_id)
        return self._now(run_id)

    def seen(self, run_id: str) -> list[tuple[int, SeenNumber]]:
        """What a dry run found, by ticket."""
        with self._store.reading() as tx:
            return list(tx.backscans.seen(run_id))

    def files(self, run: BackScan) -> FilesOfThePast:
        """Of a run that changes something: a dry run looks into no file."""
        with self._store.reading() as tx:
            return files_of(tx, run)

    def not_scanned(self, run_id: str) -> list[int]:
        """Some of the tickets that could not be scanned."""
        with self._store.reading() as tx:
            return tx.backscans.not_scanned(run_id)

    def _now(self, run_id: str) -> tuple[BackScan, Progress]:
        with self._store.reading() as tx:
            return _known(tx, run_id), tx.backscans.progress(run_id)

    def _list(self, run: BackScan) -> None:
        try:
            changes = self._changes(run)
        except HelpdeskUnavailable as error:
            seconds = error.retry_after_seconds or _WHEN_AWAY_SECONDS
            pause(self._store, run.id, until=self._clock.now() + timedelta(seconds=seconds))
            return
        tickets = [
            t.id for t in changes.tickets if not t.deleted and not (run.until and t.created_at >= run.until)
        ]
        # What changed after the start is seen to as it changes; our own redactions are such changes.
        only_new = bool(changes.tickets) and all(t.changed_at > run.started_at for t in changes.tickets)
        with changing(self._store, run.id) as (tx, current):
            tx.backscans.listed(run, tickets)
            listed_all = changes.complete or only_new
            tx.backscans.save(replace(current, bookmark=changes.bookmark, listed_all=listed_all))

    def _changes(self, run: BackScan) -> Changes:
        """From the bookmark; when it is not taken any more, from the beginning: who is listed already stays."""
        if not run.bookmark:
            return self._helpdesk.changes(since=run.since)
        try:
            return self._helpdesk.changes(bookmark=run.bookmark)
        except HelpdeskLockedOut:
            raise
        except HelpdeskRefused:
            return self._helpdesk.changes(since=run.since)

    def _hand_out(self, run_id: str) -> None:
        now = self._clock.now()
        with changing(self._store, run_id) as (tx, run):
            tickets = tx.backscans.hand_out(run_id, most=run.at_once)
            detail = f"{run_id}.{run.round}"
            rings = [tx.tasks.add("backscan", str(ticket), detail=detail, now=now) for ticket in tickets]
        self._tasks.ring(rings)

    def _end(self, run_id: str) -> None:
        now, rings = self._clock.now(), list[str]()
        with changing(self._store, run_id) as (tx, run):
            tx.backscans.save(replace(run, state=RunState.DONE, ended_at=now))
            if not run.dry_run:
                rings.append(tx.tasks.add("backscan_report", run.id, detail=str(run.round), now=now))
        self._tasks.ring(rings)


@contextmanager
def changing(store: Store, run_id: str) -> Iterator[tuple[Transaction, BackScan]]:
    """A transaction that has this run to itself, and the run as it is now."""
    with store.transaction() as tx:
        tx.lock(f"backscan:{run_id}")
        yield tx, _known(tx, run_id)


def _known(tx: Transaction, run_id: str) -> BackScan:
    run = tx.backscans.get(run_id)
    if run is None:
        raise LookupError(f"There is no back-scan {run_id}.")
    return run


def pause(store: Store, run_id: str, *, until: datetime) -> None:
    """Nothing is listed or begun before then."""
    with changing(store, run_id) as (tx, run):
        tx.backscans.save(replace(run, paused_until=until))


def files_of(tx: Transaction, run: BackScan) -> FilesOfThePast:
    found = tx.redactions.files(source=Source.BACKSCAN, since=run.started_at)
    return FilesOfThePast(
        waiting=tx.tasks.waiting("file", detail_begins=_OF_THE_PAST, tried_less_than=_TRIES),
        removed=found.get(Outcome.REDACTED, 0),
        remaining=found.get(Outcome.REMAINING, 0),
        review=found.get(Outcome.REVIEW, 0),
        not_scanned=found.get(Outcome.NOT_SCANNED, 0),
    )
