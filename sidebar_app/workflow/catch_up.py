"""Finding tickets whose webhook never came: what the helpdesk says has changed, and what we have scanned."""

import logging
from datetime import datetime, timedelta

from sidebar_app.domain.redaction_log import Source
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import (
    ChangedTicket,
    Changes,
    Helpdesk,
    HelpdeskRefused,
    HelpdeskUnavailable,
)
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow.tasks import TaskRunner

log = logging.getLogger(__name__)

# Bookmarks: how far the sweep came, and which user of the helpdesk we are.
SWEPT, OURSELVES = "helpdesk.swept", "helpdesk.me"
# Exports are limited to ten requests a minute; a back-scan wants some of them.
_PAGES = 3
_FIRST_LOOK_BACK = timedelta(hours=1)
_OVERLAP = timedelta(minutes=5)
_ASK_AGAIN = timedelta(hours=1)
_KNOWN_FOR = timedelta(days=1)
# The helpdesk tells times in whole seconds: a change may have followed a reading within the same one.
_A_SECOND_AND_SOME = timedelta(seconds=2)


class CatchUp:
    """Called by the clock every minute."""

    def __init__(self, *, store: Store, helpdesk: Helpdesk, tasks: TaskRunner, clock: Clock) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._tasks = tasks
        self._clock = clock
        self._not_before: datetime | None = None
        self._complained = False

    def run(self) -> None:
        """Asks for everything that changed since the last time. Never raises for what the helpdesk answers: a refusal
        is logged once and asked about again every hour."""
        now = self._clock.now()
        if self._not_before and now < self._not_before:
            return
        try:
            self._learn_who_we_are(now)
            self._follow(now)
        except HelpdeskUnavailable as error:
            self._not_before = now + timedelta(seconds=error.retry_after_seconds or 0)
        except HelpdeskRefused as refused:
            self._not_before = now + _ASK_AGAIN
            if not self._complained:
                log.error(
                    "missed webhooks cannot be found, the helpdesk lets us read no exports: %s", refused
                )
            self._complained = True
        else:
            self._complained = False

    def _learn_who_we_are(self, now: datetime) -> None:
        with self._store.reading() as tx:
            known = tx.bookmarks.load(OURSELVES)
        if known and now - known[1] < _KNOWN_FOR:
            return
        me = self._helpdesk.me()
        with self._store.transaction() as tx:
            tx.bookmarks.save(OURSELVES, str(me.id), at=now)

    def _follow(self, now: datetime) -> None:
        for _ in range(_PAGES):
            changes = self._changes(now)
            with self._store.transaction() as tx:
                rings = [self._look(tx, t, now) for t in changes.tickets if _was_missed(tx, t)]
                if changes.bookmark:
                    tx.bookmarks.save(SWEPT, changes.bookmark, at=now)
            self._tasks.ring(rings)
            if changes.complete:
                return

    def _changes(self, now: datetime) -> Changes:
        """After the bookmark; when that is not taken (any more), since the time it was made."""
        with self._store.reading() as tx:
            mark = tx.bookmarks.load(SWEPT)
        if mark is None:
            return self._helpdesk.changes(since=now - _FIRST_LOOK_BACK)
        try:
            return self._helpdesk.changes(bookmark=mark[0])
        except HelpdeskRefused:
            return self._helpdesk.changes(since=mark[1] - _OVERLAP)

    def _look(self, tx: Transaction, ticket: ChangedTicket, now: datetime) -> str:
        detail = f"{Source.SWEEP.value}:{ticket.changed_at:%Y%m%dT%H%M%S}"
        return tx.tasks.add("redact", str(ticket.id), detail=detail, now=now)


def _was_missed(tx: Transaction, ticket: ChangedTicket) -> bool:
    if ticket.deleted:
        return False
    scanned = tx.scans.of(ticket.id)
    if scanned is None or scanned[0] < ticket.changed_at:
        return True
    return scanned[0] == ticket.changed_at and scanned[1] - ticket.changed_at < _A_SECOND_AND_SOME
