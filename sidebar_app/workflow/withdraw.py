"""The person who asked takes it back; and what nobody decided in time ends."""

from sidebar_app.domain.lifecycle import Event, State
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow import journal
from sidebar_app.workflow.identify import Directory
from sidebar_app.workflow.tasks import TaskRunner


class NotYours(Exception):
    """Only the person who asked may take a request back."""


class TooLate(Exception):
    """The request no longer waits for approval; the text says what it is."""


class Withdraw:
    """Raises NoSuchRequest, NotAColleague, NotYours, TooLate."""

    def __init__(self, *, directory: Directory, store: Store, tasks: TaskRunner, clock: Clock) -> None:
        self._directory = directory
        self._store = store
        self._tasks = tasks
        self._clock = clock

    def withdraw(self, request_id: str, *, agent_id: int, ticket_id: int) -> ActionRequest:
        requester = self._directory.acting(agent_id).as_requester()
        now = self._clock.now()
        with self._store.transaction() as tx:
            request = tx.requests.get(request_id)
            if request.requester.id != requester.id or request.ticket_id != ticket_id:
                raise NotYours
            if request.state is not State.PENDING_APPROVAL:
                raise TooLate(f"This request is already {request.state.value.replace('_', ' ')}.")
            moved = tx.requests.move(request, Event.WITHDRAWN, now=now)
            if moved is None:
                raise TooLate("Somebody decided at this very moment.")
            journal.record(tx, moved, "request.withdrawn", at=now, by=(requester.id, requester.name))
            rings = [tx.tasks.add("card", moved.id, detail="withdrawn", now=now)]
        self._tasks.ring(rings)
        return moved


class Expire:
    """The clock's part."""

    def __init__(self, *, store: Store, tasks: TaskRunner, clock: Clock) -> None:
        self._store = store
        self._tasks = tasks
        self._clock = clock

    def expire_overdue(self) -> int:
        """Ends every pending request whose deadline has passed; how many."""
        with self._store.reading() as tx:
            overdue = tx.requests.overdue(self._clock.now())
        for request in overdue:
            with self._store.transaction() as tx:
                rings = self._expire(tx, request)
            self._tasks.ring(rings)
        return len(overdue)

    def _expire(self, tx: Transaction, request: ActionRequest) -> list[str]:
        now = self._clock.now()
        moved = tx.requests.move(request, Event.EXPIRED, now=now)
        if moved is None:
            return []
        journal.record(tx, moved, "request.expired", at=now)
        return [tx.tasks.add(topic, moved.id, detail="expired", now=now) for topic in ("card", "note")]
