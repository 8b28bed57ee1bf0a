"""Everything that keeps card numbers out of the helpdesk, wired together."""

from dataclasses import dataclass

from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.extractor import Extractor
from sidebar_app.ports.helpdesk import Helpdesk
from sidebar_app.ports.notifier import Notifier
from sidebar_app.ports.store import Store
from sidebar_app.workflow.alarm import Alarm
from sidebar_app.workflow.attachments import Attachments
from sidebar_app.workflow.back_scan import BackScanner
from sidebar_app.workflow.catch_up import CatchUp
from sidebar_app.workflow.findings import Search
from sidebar_app.workflow.ledger import Ledger
from sidebar_app.workflow.old_ticket import OldTicket
from sidebar_app.workflow.redact import Redact
from sidebar_app.workflow.safety_note import NoteTerms, SafetyNote
from sidebar_app.workflow.tasks import Handler, TaskRunner


@dataclass(frozen=True)
class Cleaning:
    redact: Redact
    attachments: Attachments
    alarm: Alarm
    catch_up: CatchUp
    back_scan: BackScanner
    old_ticket: OldTicket
    safety_note: SafetyNote

    @property
    def beside(self) -> tuple[str, ...]:
        """Topics that take long and must hold up nothing else."""
        return ("file",)

    def handlers(self) -> dict[str, Handler]:
        return {
            "redact": self.redact.ticket,
            "file": self.attachments.file,
            "security": self.alarm.tell,
            "safety": self.safety_note.tell,
            "backscan": self.old_ticket.scan,
            "backscan_report": self.alarm.report,
        }


def cleaning(
    *,
    store: Store,
    helpdesk: Helpdesk,
    chat: Chat,
    notifier: Notifier,
    tasks: TaskRunner,
    clock: Clock,
    ids: Ids,
    search: Search,
    search_files: Search,
    extractor: Extractor | None,
    note_terms: NoteTerms,
) -> Cleaning:
    ledger = Ledger(store=store, tasks=tasks, clock=clock, ids=ids)
    attachments = Attachments(
        store=store, helpdesk=helpdesk, extractor=extractor, ledger=ledger, search=search_files,
        tasks=tasks, clock=clock,
    )  # fmt: skip
    redact = Redact(
        store=store, helpdesk=helpdesk, ledger=ledger, search=search, attachments=attachments,
        tasks=tasks, clock=clock,
    )  # fmt: skip
    return Cleaning(
        redact=redact,
        attachments=attachments,
        alarm=Alarm(store=store, helpdesk=helpdesk, chat=chat, clock=clock),
        catch_up=CatchUp(store=store, helpdesk=helpdesk, tasks=tasks, clock=clock),
        back_scan=BackScanner(store=store, helpdesk=helpdesk, tasks=tasks, clock=clock, ids=ids),
        old_ticket=OldTicket(
            store=store, helpdesk=helpdesk, redact=redact, search=search, ledger=ledger, clock=clock
        ),
        safety_note=SafetyNote(
            store=store, helpdesk=helpdesk, notifier=notifier, clock=clock, terms=note_terms
        ),
    )
