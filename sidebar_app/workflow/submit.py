"""Asking for an action: previewed without trace, or recorded with its decision in one transaction."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sidebar_app.actions import Plan
from sidebar_app.actions.action import check_seen
from sidebar_app.domain.decision import Decision
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.billing import BillingGateway
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.store import Store
from sidebar_app.redaction import masked
from sidebar_app.workflow.case import Asked, Submission, read, study
from sidebar_app.workflow.facts import Mirror
from sidebar_app.workflow.identify import Directory
from sidebar_app.workflow.policing import NotPermitted
from sidebar_app.workflow.record import Recorder
from sidebar_app.workflow.tasks import TaskRunner
from sidebar_app.workflow.tickets import Tickets
from sidebar_app.workflow.why import Why


@dataclass(frozen=True, slots=True)
class Preview:
    plan: Plan
    why: Why
    due_at: datetime | None

    @property
    def decision(self) -> Decision:
        return self.why.explanation.decision


class Submit:
    """Raises NotAColleague, UnknownAction, InvalidParams, CustomerNotOfTicket, NotEligible, PanelOutOfDate,
    NotPermitted, NobodyCanApprove, KeyReused, and the ports' own errors; nothing is recorded then, except a
    denied attempt."""

    def __init__(
        self,
        *,
        directory: Directory,
        tickets: Tickets,
        mirror: Mirror,
        billing: BillingGateway,
        store: Store,
        recorder: Recorder,
        tasks: TaskRunner,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._tickets = tickets
        self._mirror = mirror
        self._billing = billing
        self._store = store
        self._recorder = recorder
        self._tasks = tasks
        self._clock = clock

    def preview(self, submission: Submission) -> Preview:
        """What would happen, from mirrored facts; changes nothing."""
        requester = self._directory.looking(submission.agent_id).as_requester()
        asked = read(submission, customers_of=self._tickets.customers, billing=self._billing)
        case = study(asked, requester, self._mirror.mirrored(asked.customer.id))
        now = self._clock.now()
        with self._store.reading() as tx:
            why = self._recorder.why(tx, case, now=now)
        return Preview(case.plan, why, self._recorder.deadline(why.explanation.decision, now=now))

    def submit(self, submission: Submission, *, key: str) -> ActionRequest:
        """The recorded request: running, or waiting for approval. The same key gives the same request."""
        requester = self._directory.acting(submission.agent_id).as_requester()
        asked = read(submission, customers_of=self._tickets.customers_now, billing=self._billing)
        body_hash = _hash(submission, asked)
        if known := self._recorder.known(requester, key=key, body_hash=body_hash):
            return _permitted(known)
        case = study(asked, requester, self._mirror.live(asked.customer.id))
        check_seen(case.plan, submission.seen)
        request, rings = self._recorder.record(case, key=key, body_hash=body_hash)
        self._tasks.ring(rings)
        return _permitted(request)


def _hash(submission: Submission, asked: Asked) -> str:
    """Of masked values, so that no hash of a card number is kept."""
    body = [submission.ticket_id, submission.action, dict(asked.params), masked(dict(submission.seen))]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _permitted(request: ActionRequest) -> ActionRequest:
    """A denied attempt stands in the records and is a refusal, each time it is asked with the same key."""
    if request.state is State.DENIED:
        raise NotPermitted(request.decision)
    return request
