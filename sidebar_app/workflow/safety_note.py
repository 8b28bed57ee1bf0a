"""Telling customers not to send card numbers: once per ticket and day, and never with the number."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from string import Template

from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import (
    AgentProfile,
    Helpdesk,
    HelpdeskLockedOut,
    HelpdeskRefused,
    NoSuchTicket,
)
from sidebar_app.ports.notifier import Mail, Notifier
from sidebar_app.ports.outbox import Task
from sidebar_app.ports.store import Store
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow import journal
from sidebar_app.workflow.ledger import require_settled

log = logging.getLogger(__name__)

_CUSTOMER = "end-user"
_MOMENT = timedelta(seconds=5)
_SAFE_PAGE = "To pay, or to give us another card, use this page: {url}"
_NO_PAGE = "If you still need our help, just reply without card data."


class By(StrEnum):
    """How the customer hears it."""

    REPLY = "reply"
    MAIL = "mail"
    NOT_AT_ALL = "off"


@dataclass(frozen=True, slots=True)
class NoteTerms:
    """`template`: first line the subject of a mail, then the text; it may hold $name, $ticket and $way, the sentence
    about how to pay instead. `secure_url`: where a card may be typed in, "" when there is no such page."""

    by: By = By.NOT_AT_ALL
    template: str = ""
    secure_url: str = ""


class SafetyNote:
    """Handler of `safety`. Subject: a ticket id. Detail: "<day>.<author of the message>"."""

    def __init__(
        self, *, store: Store, helpdesk: Helpdesk, notifier: Notifier, clock: Clock, terms: NoteTerms
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._notifier = notifier
        self._clock = clock
        self._terms = terms

    def tell(self, task: Task) -> None:
        """After the ticket was cleaned, so that nobody who answers the note quotes the number."""
        ticket_id, (day, author_id) = int(task.subject), task.detail.split(".")
        if self._terms.by is By.NOT_AT_ALL:
            return
        self._wait_until_clean(ticket_id)
        try:
            author = self._helpdesk.agent(int(author_id))
        except NoSuchTicket:
            return
        if author.role == _CUSTOMER:
            since = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
            self._told(ticket_id, self._sent(ticket_id, author, since))

    def _sent(self, ticket_id: int, author: AgentProfile, day: datetime) -> str:
        """By which way, "" when it was not possible."""
        subject, text = self._words(ticket_id, author)
        if self._terms.by is By.MAIL:
            if not author.email:
                return ""
            key = f"safety.{ticket_id}.{day:%Y%m%d}"
            self._notifier.send(Mail(key=key, to=author.email, subject=subject, text=text))
            return "mail"
        try:
            self._helpdesk.add_reply(ticket_id, text=text, since=day)
        except HelpdeskLockedOut:
            raise
        except (HelpdeskRefused, NoSuchTicket) as refused:
            log.warning("no safety note in ticket %s: %s", ticket_id, refused)
            return ""
        return "reply"

    def _words(self, ticket_id: int, author: AgentProfile) -> tuple[str, str]:
        way = _SAFE_PAGE.format(url=self._terms.secure_url) if self._terms.secure_url else _NO_PAGE
        filled = Template(self._terms.template).substitute(
            name=mask_free_text(author.name), ticket=ticket_id, way=way
        )
        subject, _, text = filled.strip().partition("\n")
        return subject.strip(), text.strip()

    def _wait_until_clean(self, ticket_id: int) -> None:
        with self._store.reading() as tx:
            entries = tx.redactions.open_of(ticket_id)
        require_settled(entries, now=self._clock.now(), again=_MOMENT)

    def _told(self, ticket_id: int, way: str) -> None:
        event, now = "safety_note.sent" if way else "safety_note.not_sent", self._clock.now()
        with self._store.transaction() as tx:
            journal.write(tx, event, str(ticket_id), at=now, ticket_id=ticket_id, details={"by": way})
