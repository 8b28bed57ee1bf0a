"""Everything the service does, wired together from ports: the heart of the composition."""

from dataclasses import dataclass

from sidebar_app.ports.billing import BillingGateway
from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.extractor import Extractor
from sidebar_app.ports.helpdesk import Helpdesk
from sidebar_app.ports.notifier import Notifier
from sidebar_app.ports.queue import Bell
from sidebar_app.ports.store import Store
from sidebar_app.redaction import Scan, scan
from sidebar_app.workflow.allow import Allowing
from sidebar_app.workflow.back_scan import BackScanner
from sidebar_app.workflow.catch_up import CatchUp
from sidebar_app.workflow.cleaning import Cleaning, cleaning
from sidebar_app.workflow.decide import Decide
from sidebar_app.workflow.delegate import Delegate
from sidebar_app.workflow.execute import Execute
from sidebar_app.workflow.facts import Mirror
from sidebar_app.workflow.findings import Search
from sidebar_app.workflow.identify import Directory, RoleMap
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.link import Link
from sidebar_app.workflow.log_export import LogExport
from sidebar_app.workflow.look_up import LookUp
from sidebar_app.workflow.personnel import Personnel
from sidebar_app.workflow.receive import Receive
from sidebar_app.workflow.record import Recorder
from sidebar_app.workflow.safety_note import NoteTerms
from sidebar_app.workflow.sign_off import SignOffs
from sidebar_app.workflow.submit import Submit
from sidebar_app.workflow.tasks import TaskRunner
from sidebar_app.workflow.tell import Tell
from sidebar_app.workflow.tickets import Tickets
from sidebar_app.workflow.withdraw import Expire, Withdraw


@dataclass(frozen=True)
class Outside:
    """The adapters, and what texts are searched with. `extractor` is None where nobody looks into files.
    A file can only be removed whole, so it is searched for cards alone, whatever else is redacted in texts."""

    store: Store
    billing: BillingGateway
    helpdesk: Helpdesk
    chat: Chat
    notifier: Notifier
    bell: Bell
    clock: Clock
    ids: Ids
    scan: Scan = scan
    extractor: Extractor | None = None
    scan_file: Scan = scan


@dataclass(frozen=True)
class Services:
    outside: Outside
    in_force: InForce
    mirror: Mirror
    directory: Directory
    tickets: Tickets
    look_up: LookUp
    submit: Submit
    withdraw: Withdraw
    expire: Expire
    decide: Decide
    delegate: Delegate
    link: Link
    personnel: Personnel
    receive: Receive
    sign_offs: SignOffs
    log_export: LogExport
    allowing: Allowing
    cleaning: Cleaning
    tasks: TaskRunner

    @property
    def catch_up(self) -> CatchUp:
        return self.cleaning.catch_up

    @property
    def back_scan(self) -> BackScanner:
        return self.cleaning.back_scan

    def close(self) -> None:
        for part in (self.mirror, self.tickets, self.directory):
            part.close()


def assemble(
    outside: Outside,
    *,
    in_force: InForce,
    roles: RoleMap,
    allowlist_key: bytes = b"",
    note_terms: NoteTerms | None = None,
    training_url: str = "",
) -> Services:
    """The services of one process. `allowlist_key` makes digests of single allowed numbers; there are none without."""
    o = outside
    tasks = TaskRunner(store=o.store, bell=o.bell, clock=o.clock)
    mirror = Mirror(billing=o.billing, store=o.store, clock=o.clock)
    directory = Directory(helpdesk=o.helpdesk, store=o.store, roles=roles, clock=o.clock)
    tickets = Tickets(helpdesk=o.helpdesk, mirror=mirror, store=o.store, clock=o.clock)
    look_up = LookUp(
        directory=directory, tickets=tickets, mirror=mirror, billing=o.billing, store=o.store,
        in_force=in_force, clock=o.clock, training_url=training_url,
    )  # fmt: skip
    link = Link(store=o.store, chat=o.chat, clock=o.clock)
    recorder = Recorder(store=o.store, in_force=in_force, clock=o.clock, ids=o.ids)
    allowing = Allowing(store=o.store, helpdesk=o.helpdesk, clock=o.clock, ids=o.ids, key=allowlist_key)
    cleans = cleaning(
        store=o.store, helpdesk=o.helpdesk, chat=o.chat, tasks=tasks, clock=o.clock, ids=o.ids,
        search=Search(o.scan, allowed=allowing.now),
        search_files=Search(o.scan_file, allowed=allowing.now), extractor=o.extractor,
        notifier=o.notifier, note_terms=note_terms or NoteTerms(),
    )  # fmt: skip
    _serve(tasks, outside, mirror, look_up, in_force, cleans)
    return Services(
        outside=outside,
        in_force=in_force,
        mirror=mirror,
        directory=directory,
        tickets=tickets,
        look_up=look_up,
        submit=Submit(
            directory=directory, tickets=tickets, mirror=mirror, billing=o.billing, store=o.store,
            recorder=recorder, tasks=tasks, clock=o.clock,
        ),
        withdraw=Withdraw(directory=directory, store=o.store, tasks=tasks, clock=o.clock),
        expire=Expire(store=o.store, tasks=tasks, clock=o.clock),
        decide=Decide(store=o.store, chat=o.chat, link=link, tasks=tasks, clock=o.clock),
        delegate=Delegate(store=o.store, clock=o.clock, ids=o.ids),
        link=link,
        personnel=Personnel(store=o.store, clock=o.clock),
        receive=Receive(store=o.store, tasks=tasks, clock=o.clock),
        sign_offs=SignOffs(store=o.store, clock=o.clock, ids=o.ids),
        log_export=LogExport(store=o.store, clock=o.clock),
        allowing=allowing,
        cleaning=cleans,
        tasks=tasks,
    )  # fmt: skip


def _serve(
    tasks: TaskRunner, o: Outside, mirror: Mirror, look_up: LookUp, in_force: InForce, cleans: Cleaning
) -> None:
    """Which handler works on which topic."""
    execute = Execute(
        store=o.store, billing=o.billing, chat=o.chat, tasks=tasks, clock=o.clock,
        in_force=in_force,
    )  # fmt: skip
    tell = Tell(
        store=o.store, chat=o.chat, helpdesk=o.helpdesk, notifier=o.notifier, mirror=mirror, clock=o.clock,
        backend=o.billing.name,
    )  # fmt: skip
    tasks.serve(
        {"execute": execute, "warm": look_up.warm, **tell.handlers(), **cleans.handlers()},
        beside=cleans.beside,
    )
