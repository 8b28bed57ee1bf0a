"""Masking card numbers in tickets."""

from sidebar_app.domain.audit import AuditRecord
from sidebar_app.domain.brands import brand_name
from sidebar_app.domain.redaction_log import Outcome, RedactionEntry
from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.helpdesk import Comment, Helpdesk
from sidebar_app.ports.store import Store, Task, Transaction
from sidebar_app.redaction import DETECTOR_VERSION, Hit, redact_marks, scan
from sidebar_app.workflow import journal, letters
from sidebar_app.workflow.tasks import TaskRunner


class Redact:
    """Handlers of `redact` (subject: a ticket id) and `security` (subject: an entry of the redaction log)."""

    def __init__(
        self, *, store: Store, helpdesk: Helpdesk, chat: Chat, tasks: TaskRunner, clock: Clock, ids: Ids
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._chat = chat
        self._tasks = tasks
        self._clock = clock
        self._ids = ids

    def ticket(self, task: Task) -> None:
        """Scans every comment of the ticket: a comment that was missed before is found now.

        An error on the way leaves the task unfinished, so nothing unscanned is ever taken for clean.
        """
        for comment in self._helpdesk.comments(int(task.subject)):
            self._comment(comment)

    def warn(self, task: Task) -> None:
        with self._store.reading() as tx:
            entry = tx.redactions.get(task.subject)
        if entry is None:
            return
        words = (
            letters.masked_card_warning
            if entry.outcome is Outcome.REDACTED
            else letters.remaining_card_warning
        )
        url = self._helpdesk.ticket_url(entry.ticket_id)
        self._chat.warn_security(
            words(brand=entry.brand, last4=entry.last4, ticket_id=entry.ticket_id, url=url)
        )

    def _comment(self, comment: Comment) -> None:
        hits = _certain(comment)
        if not hits:
            return
        marked = redact_marks(comment.html, hits)
        after = self._helpdesk.redact_comment(comment, marked_html=marked)
        remaining = {(hit.brand, hit.last4) for hit in _certain(after) if hit.kind == "pan"}
        self._log(comment, [hit for hit in hits if hit.kind == "pan"], remaining)

    def _log(self, comment: Comment, hits: list[Hit], remaining: set[tuple[str, str]]) -> None:
        now = self._clock.now()
        rings = []
        with self._store.transaction() as tx:
            for hit in hits:
                entry = RedactionEntry(
                    id=self._ids.new("red"),
                    ticket_id=comment.ticket_id,
                    comment_id=comment.id,
                    brand=brand_name(hit.brand),
                    last4=hit.last4,
                    detector_version=DETECTOR_VERSION,
                    outcome=Outcome.REMAINING if (hit.brand, hit.last4) in remaining else Outcome.REDACTED,
                    at=now,
                    written_at=comment.created_at,
                    rule=hit.rule,
                )
                tx.redactions.add(entry)
                _record(tx, entry)
                rings.append(tx.tasks.add("security", entry.id, now=now))
        self._tasks.ring(rings)


def _certain(comment: Comment) -> list[Hit]:
    return [hit for hit in scan(comment.html, markup=True) if hit.confidence == "redact"]


def _record(tx: Transaction, entry: RedactionEntry) -> None:
    tx.audit.append(
        AuditRecord(
            at=entry.at,
            actor=journal.SYSTEM[0],
            actor_name=journal.SYSTEM[1],
            event=f"card_number.{entry.outcome.value}",
            subject=entry.id,
            ticket_id=entry.ticket_id,
            details={
                "comment": entry.comment_id,
                "brand": entry.brand,
                "last4": entry.last4,
                "detector": entry.detector_version,
            },
        )
    )
