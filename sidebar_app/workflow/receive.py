"""Verified webhooks: noted once, answered at once, worked on later."""

from sidebar_app.ports.billing import BillingEvent
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import HelpdeskEvent
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow.catch_up import OURSELVES
from sidebar_app.workflow.tasks import TaskRunner

_SCANNED = ("comment_added", "ticket_created", "ticket_changed")
# Somebody will open this ticket soon: its customer's facts are read before that.
_TOPICS = ("redact", "warm")
# We write notes and mask fields; we never open a ticket.
_OUR_DOING = ("comment_added", "ticket_changed")


class Receive:
    def __init__(self, *, store: Store, tasks: TaskRunner, clock: Clock) -> None:
        self._store = store
        self._tasks = tasks
        self._clock = clock

    def from_helpdesk(self, event: HelpdeskEvent) -> None:
        """A new text in a ticket is scanned; the event's own text was never read. What we did ourselves is no news."""
        if event.type not in _SCANNED or event.ticket_id is None:
            return
        now = self._clock.now()
        with self._store.transaction() as tx:
            if _is_ours(tx, event) or not tx.first_delivery("zendesk", event.id, now=now):
                return
            subject, detail = str(event.ticket_id), event.id[:128]
            rings = [tx.tasks.add(topic, subject, detail=detail, now=now) for topic in _TOPICS]
        self._tasks.ring(rings)

    def from_billing(self, event: BillingEvent) -> None:
        """An event says "read again", never what is so: events come twice and out of order."""
        if event.customer_id is None:
            return
        now = self._clock.now()
        with self._store.transaction() as tx:
            if tx.first_delivery("billing", event.id, now=now):
                tx.mirror.mark_stale(event.customer_id, event.sections, now=now)


def _is_ours(tx: Transaction, event: HelpdeskEvent) -> bool:
    """Who we are was asked by the clock process: nobody waits for an answer here."""
    if event.type not in _OUR_DOING or event.actor_id is None:
        return False
    known = tx.bookmarks.load(OURSELVES)
    return known is not None and known[0] == str(event.actor_id)
