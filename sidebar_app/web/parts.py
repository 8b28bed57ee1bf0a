"""What the web needs of the service; the composition root fills it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Request, Response

from sidebar_app.ports.billing import BillingEvent
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import HelpdeskEvent, SignedVisits
from sidebar_app.ports.store import Store
from sidebar_app.web.tokens import Tokens
from sidebar_app.workflow.allow import Allowing
from sidebar_app.workflow.delegate import Delegate
from sidebar_app.workflow.identify import Directory
from sidebar_app.workflow.link import Link
from sidebar_app.workflow.log_export import LogExport
from sidebar_app.workflow.look_up import LookUp
from sidebar_app.workflow.receive import Receive
from sidebar_app.workflow.sign_off import SignOffs
from sidebar_app.workflow.submit import Submit
from sidebar_app.workflow.withdraw import Withdraw


@dataclass(frozen=True)
class Preview:
    """Addresses of the sandboxes' pages, shown side by side at `/`; only in the preview workspace."""

    helpdesk: str
    chat: str
    mail: str
    billing: str


@dataclass(frozen=True)
class Parts:
    """`frame_ancestors` are the origins that may show our pages; `sdk_url` is the helpdesk's SDK.

    `helpdesk_event` and `billing_event` verify a webhook from (headers, raw body) and raise InvalidDelivery.
    `ticket_url` is where a ticket is shown in the helpdesk.
    `checks` are the readiness checks by name; each raises when its system is not there.
    """

    clock: Clock
    store: Store
    tokens: Tokens
    visits: SignedVisits
    directory: Directory
    look_up: LookUp
    submit: Submit
    withdraw: Withdraw
    receive: Receive
    sign_offs: SignOffs
    log_export: LogExport
    allowing: Allowing
    delegate: Delegate
    link: Link
    helpdesk_event: Callable[[Mapping[str, str], bytes], HelpdeskEvent]
    billing_event: Callable[[Mapping[str, str], bytes], BillingEvent]
    chat_inbound: Callable[[Request], Response]
    ticket_url: Callable[[int], str]
    checks: Mapping[str, Callable[[], object]]
    frame_ancestors: tuple[str, ...]
    sdk_url: str
    widgets: Path
    preview: Preview | None = None
    started_with: Mapping[str, str] = field(default_factory=dict)
