"""Telling people what happened: the card in chat, the note in the ticket, the mail to the customer."""

from collections.abc import Callable

from sidebar_app.domain.billing import Section
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.request import ActionRequest, Approval
from sidebar_app.ports.chat import ApprovalCard, Chat
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import Helpdesk
from sidebar_app.ports.notifier import Notifier
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store
from sidebar_app.redaction import masked
from sidebar_app.workflow import journal, letters
from sidebar_app.workflow.facts import Mirror


class Tell:
    """Handlers of the telling topics. Each may run more than once and tells once, or tells the newest."""

    def __init__(
        self,
        *,
        store: Store,
        chat: Chat,
        helpdesk: Helpdesk,
        notifier: Notifier,
        mirror: Mirror,
        clock: Clock,
        backend: str,
    ) -> None:
        self._store = store
        self._chat = chat
        self._helpdesk = helpdesk
        self._notifier = notifier
        self._mirror = mirror
        self._clock = clock
        self._backend = backend

    def card(self, task: Task) -> None:
        """Posts the card the first time there is something to decide, afterwards redraws it as things are now."""
        request, approvals = self._request(task)
        with self._store.reading() as tx:
            ref = tx.card_of(request.id)
        card = ApprovalCard(request, approvals, self._helpdesk.ticket_url(request.ticket_id))
        if ref:
            self._chat.update_card(ref, card)
        elif request.state is State.PENDING_APPROVAL:
            posted = self._chat.post_card(card)
            with self._store.transaction() as tx:
                tx.save_card(request.id, posted)
                journal.record(
                    tx, request, "card.posted", at=self._clock.now(), channel=posted.channel, ts=posted.ts
                )

    def note(self, task: Task) -> None:
        request, approvals = self._request(task)
        text = letters.note(request, approvals, what=task.detail, backend=self._backend)
        marker = f"[{request.id}:{task.detail}]"
        self._helpdesk.add_note(request.ticket_id, text=text, marker=marker)
        self._told(request, "ticket.noted", task.detail)

    def mail(self, task: Task) -> None:
        """To the address the ticket came from."""
        request, _ = self._request(task)
        ticket = masked(self._helpdesk.ticket(request.ticket_id))
        if not ticket.requester_email:
            self._told(request, "customer.not_mailed", "no address")
            return
        self._notifier.send(letters.mail(request, to=ticket.requester_email, name=ticket.requester_name))
        self._told(request, "customer.mailed", task.detail)

    def refresh(self, task: Task) -> None:
        """The mirror learns of our own effect without waiting for the backend's webhook."""
        request, _ = self._request(task)
        with self._store.transaction() as tx:
            tx.mirror.mark_stale(request.customer_id, _TOUCHED, now=self._clock.now())
        self._mirror.refresh(request.customer_id, _TOUCHED)

    def handlers(self) -> dict[str, Callable[[Task], None]]:
        return {"card": self.card, "note": self.note, "mail": self.mail, "refresh": self.refresh}

    def _request(self, task: Task) -> tuple[ActionRequest, tuple[Approval, ...]]:
        with self._store.reading() as tx:
            request = tx.requests.get(task.subject)
            return request, tuple(a for a in tx.approvals.of(request.id) if a.version == request.version)

    def _told(self, request: ActionRequest, event: str, what: str) -> None:
        with self._store.transaction() as tx:
            journal.record(tx, request, event, at=self._clock.now(), about=what)


_TOUCHED = (Section.ACCOUNT, Section.PAYMENTS, Section.INVOICES, Section.CREDITS, Section.UPCOMING)
