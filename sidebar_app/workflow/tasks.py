"""Working on the outbox: at least once, one holder at a time, nothing forgotten."""

import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from sidebar_app.ports.billing import BillingMisconfigured, BillingUnavailable
from sidebar_app.ports.chat import ChatRefused, ChatUnavailable, ChatUncertain
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import HelpdeskRefused, HelpdeskUnavailable, NoSuchTicket
from sidebar_app.ports.notifier import NotifierUnavailable
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.queue import Bell
from sidebar_app.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

# Longer than one honest attempt with all its timeouts, short enough that a killed worker is hardly noticed.
LEASE_SECONDS = 25.0
# In sum about seven hours: inside the 24 hours for which a backend remembers our idempotency key.
PAUSES_SECONDS = (5, 30, 120, 600, 3600, 21600)
_DEAD_END_PAUSE = timedelta(hours=1)


def pause_seconds(attempts: int, pauses: Sequence[int] = PAUSES_SECONDS) -> int:
    """The pause after the n-th attempt (counted from one); the last pause goes on for ever."""
    return pauses[min(attempts, len(pauses)) - 1]


class Later(Exception):
    """The handler did what it could for now and wants to be called again."""

    def __init__(self, why: str, *, after: timedelta) -> None:
        super().__init__(why)
        self.after = after


def _asked_for(error: Exception) -> timedelta | None:
    """The pause a vendor named, and a little more: not everybody comes back in the same second."""
    seconds: float | None = getattr(error, "retry_after_seconds", None)
    if seconds is None:
        return None
    return timedelta(seconds=seconds * random.uniform(1, 1.2) + 0.1)  # noqa: S311 -- not a secret


Handler = Callable[[Task], None]
_MAY_BE_REPEATED = (
    BillingUnavailable,
    ChatUnavailable,
    ChatUncertain,
    HelpdeskUnavailable,
    NotifierUnavailable,
    StoreUnavailable,
)
_NEEDS_AN_OPERATOR = (BillingMisconfigured, ChatRefused, HelpdeskRefused, NoSuchTicket)


class TaskRunner:
    """Handlers by topic. A handler that returns has finished its task; one that raises is called again later."""

    def __init__(
        self,
        *,
        store: Store,
        bell: Bell,
        clock: Clock,
        lease_seconds: float = LEASE_SECONDS,
        pauses_seconds: tuple[int, ...] = PAUSES_SECONDS,
    ) -> None:
        self._store = store
        self._bell = bell
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._pauses_seconds = pauses_seconds
        self._handlers: Mapping[str, Handler] = {}
        self._beside: frozenset[str] = frozenset()

    def serve(self, handlers: Mapping[str, Handler], *, beside: Iterable[str] = ()) -> None:
        """Names the handlers; called once by the composition root. Topics in `beside` take their time, so nobody
        rings for them: a thread of each worker works on them beside the others (`work_beside`)."""
        self._handlers = dict(handlers)
        self._beside = frozenset(beside)

    def ring(self, task_ids: Iterable[str]) -> None:
        """After the commit: a lost ring only waits for the sweeper."""
        for task_id in task_ids:
            self._bell.ring(task_id)

    def sweep(self) -> int:
        """Rings for everything that is due; how many."""
        with self._store.reading() as tx:
            due = tx.tasks.due(self._clock.now(), without=self._beside)
        self.ring(due)
        return len(due)

    def work_beside(self) -> None:
        """Works on what takes its time, one after the other, until nothing of it is due."""
        while self._beside:
            with self._store.reading() as tx:
                due = tx.tasks.due(self._clock.now(), limit=1, only=self._beside)
            if not due:
                return
            self.run(due[0])

    def run(self, task_id: str) -> None:
        """Works on one task if it is due and nobody else does."""
        with self._store.transaction() as tx:
            task = tx.tasks.claim(task_id, now=self._clock.now(), lease_seconds=self._lease_seconds)
        if task is None:
            return
        try:
            self._handlers[task.topic](task)
        except Later as later:
            self._postpone(task, later.after, str(later))
        except _MAY_BE_REPEATED as error:
            self._postpone(task, _asked_for(error) or self._pause(task), type(error).__name__)
        except _NEEDS_AN_OPERATOR as error:
            log.error("task %s (%s) needs an operator: %s", task.id, task.topic, type(error).__name__)
            self._postpone(task, _DEAD_END_PAUSE, type(error).__name__)
        except Exception as error:
            log.exception("task %s (%s) failed", task.id, task.topic)
            self._postpone(task, self._pause(task), type(error).__name__)
        else:
            with self._store.transaction() as tx:
                tx.tasks.finish(task.id, now=self._clock.now())

    def hold(self, task: Task, time: timedelta) -> None:
        """For a handler that knows it takes longer than a lease: nobody else takes the task up meanwhile."""
        with self._store.transaction() as tx:
            tx.tasks.postpone(task.id, until=self._clock.now() + time, problem="")

    def run_due(self) -> int:
        """Works on everything that is due in this process: for tests, and where no worker runs."""
        with self._store.reading() as tx:
            due = tx.tasks.due(self._clock.now())
        for task_id in due:
            self.run(task_id)
        return len(due)

    def _pause(self, task: Task) -> timedelta:
        """Longer each time, with full jitter so that a recovered backend is not stormed."""
        longest = pause_seconds(task.attempts, self._pauses_seconds)
        return timedelta(seconds=random.uniform(0.2, 1) * longest)  # noqa: S311 -- not a secret

    def _postpone(self, task: Task, pause: timedelta, problem: str) -> None:
        with self._store.transaction() as tx:
            tx.tasks.postpone(task.id, until=self._clock.now() + pause, problem=problem)
