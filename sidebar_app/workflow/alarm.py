"""Telling the security channel what was found: brand, last four, ticket and channel, never more."""

from datetime import timedelta

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import Helpdesk
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store
from sidebar_app.workflow import letters
from sidebar_app.workflow.back_scan import files_of
from sidebar_app.workflow.ledger import require_settled
from sidebar_app.workflow.tasks import Later

_MOMENT = timedelta(seconds=2)
_A_WHILE = timedelta(seconds=15)
_NO_NEWS = (Outcome.FOUND, Outcome.SCANNED)


class Alarm:
    """Handlers of `security` (subject: a ticket id; all that is untold of it goes into one message) and of
    `backscan_report` (subject: a run; its findings are told as numbers only, they may be thousands)."""

    def __init__(self, *, store: Store, helpdesk: Helpdesk, chat: Chat, clock: Clock) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._chat = chat
        self._clock = clock

    def tell(self, task: Task) -> None:
        """A crash between message and note tells it twice, never not at all."""
        ticket_id = int(task.subject)
        with self._store.reading() as tx:
            untold = tx.redactions.untold_of(ticket_id)
        require_settled(untold, now=self._clock.now(), again=_MOMENT)
        news = [entry for entry in untold if _is_news(entry)]
        if news:
            self._chat.warn_security(letters.found_cards(news, url=self._helpdesk.ticket_url(ticket_id)))
            with self._store.transaction() as tx:
                tx.redactions.mark_told(news)

    def report(self, task: Task) -> None:
        with self._store.reading() as tx:
            run = tx.backscans.get(task.subject)
            if run is None:
                return
            progress, files = tx.backscans.progress(task.subject), files_of(tx, run)
        if files.waiting:
            raise Later("files are still being looked into", after=_A_WHILE)
        self._chat.warn_security(letters.backscan_report(run, progress, files))


def _is_news(entry: RedactionEntry) -> bool:
    """Files that could not be read are many, logos in signatures among them: the log counts them, no alarm does.
    What a back-scan finds is told as numbers when it ends."""
    unread_file = entry.outcome is Outcome.NOT_SCANNED and entry.place is Place.ATTACHMENT
    of_the_past = entry.source is Source.BACKSCAN
    return entry.outcome not in _NO_NEWS and not unread_file and not of_the_past
