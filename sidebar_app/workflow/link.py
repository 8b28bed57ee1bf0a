"""Linking Slack accounts to our people: proposed by e-mail address, confirmed by an administrator."""

from dataclasses import dataclass

from sidebar_app.domain.people import APPROVING_ROLES, ChatLink, Person, SlackIdentity
from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow import journal
from sidebar_app.workflow.delegate import known

_CHANGED = "The proposal changed in the meantime; look at it again."


class CannotLink(Exception):
    """Why this account does not become this person's, in a sentence."""


@dataclass(frozen=True, slots=True)
class Proposal:
    link: ChatLink
    person: Person


class Link:
    """`by` is (id, name) of whoever does it; everything stands in the audit log. Raises the chat's errors."""

    def __init__(self, *, store: Store, chat: Chat, clock: Clock) -> None:
        self._store = store
        self._chat = chat
        self._clock = clock

    def propose_for(self, account: SlackIdentity) -> Person | None:
        """For somebody unknown who clicked: whom an administrator may confirm them to be, None when nobody."""
        email = self._chat.email_of(account)
        try:
            return self._propose(email, account, by=(f"slack:{account.user_id}", "unknown"), source="a click")
        except CannotLink:
            return None

    def propose_all(self, *, by: tuple[str, str]) -> list[str]:
        """Asks the chat for everybody who approves and is not linked; what came of it, a sentence each."""
        with self._store.reading() as tx:
            people = [
                p for p in tx.people.all() if p.active and not p.slack and p.roles & set(APPROVING_ROLES)
            ]
        return [self._look_for(person, by) for person in people]

    def _look_for(self, person: Person, by: tuple[str, str]) -> str:
        account = self._chat.member_of(person.email)
        if account is None:
            return f"{person.id}: No full member of the Slack workspace has their e-mail address."
        try:
            self._propose(person.email, account, by=by, source=by[1])
        except CannotLink as reason:
            return f"{person.id}: {reason}"
        return f"{person.id}: {account.user_id} is proposed."

    def _propose(self, email: str, account: SlackIdentity, *, by: tuple[str, str], source: str) -> Person:
        """Raises CannotLink; proposing the same once more changes nothing."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.lock("people")
            person = _only_one_of(tx, email)
            _require_free(tx, person, account)
            if tx.links.propose(ChatLink(person.id, account, now, source)):
                journal.about(tx, person, "people.link_proposed", at=now, by=by, **_told(account))
        return person

    def links(self) -> list[ChatLink]:
        with self._store.reading() as tx:
            return tx.links.all()

    def confirm(
        self, person_id: str, *, by: tuple[str, str], account: SlackIdentity | None = None
    ) -> ChatLink:
        """From now on the proposed account is theirs. `account` is what the administrator saw, if they saw one.

        Raises NoSuchPerson, CannotLink.
        """
        link = self._proposed(person_id, account)
        if not self._chat.is_active_member(link.slack):
            raise CannotLink("This Slack account is no full member of our workspace.")
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.lock("people")
            person = known(tx, person_id)
            if by[0] == person.id:
                raise CannotLink("Nobody links themselves: another administrator has to confirm it.")
            _require_free(tx, person, link.slack)
            if not tx.links.confirm(link, at=now, by=by[1]):
                raise CannotLink(_CHANGED)
            journal.about(tx, person, "people.link_confirmed", at=now, by=by, **_told(link.slack))
        return link

    def remove(
        self, person_id: str, *, by: tuple[str, str], account: SlackIdentity | None = None
    ) -> ChatLink:
        """Refuses a proposal, or takes back a confirmed link; `account` as in `confirm`.

        Raises NoSuchPerson, CannotLink.
        """
        with self._store.transaction() as tx:
            person = known(tx, person_id)
            link = tx.links.remove(person.id)
            if link is None:
                in_file = " Their Slack account stands in the people file." if person.slack else ""
                raise CannotLink(f"{person.name} has no link and none is proposed.{in_file}")
            if account not in (None, link.slack):
                raise CannotLink(_CHANGED)
            was = "confirmed" if link.confirmed_at else "proposed"
            told = {**_told(link.slack), "was": was}
            journal.about(tx, person, "people.link_removed", at=self._clock.now(), by=by, **told)
        return link

    def _proposed(self, person_id: str, account: SlackIdentity | None) -> ChatLink:
        with self._store.reading() as tx:
            person, link = known(tx, person_id), tx.links.of(person_id)
        if link is None:
            raise CannotLink(f"No Slack account is proposed for {person.name}.")
        if link.confirmed_at:
            raise CannotLink(f"{person.name} is linked already.")
        if account not in (None, link.slack):
            raise CannotLink(_CHANGED)
        return link


def proposals(tx: Transaction) -> list[Proposal]:
    """What waits for an administrator, oldest first."""
    people = {p.id: p for p in tx.people.all()}
    waiting = (link for link in tx.links.all() if link.confirmed_at is None)
    found = [Proposal(link, people[link.person_id]) for link in waiting if link.person_id in people]
    return sorted(found, key=lambda proposal: proposal.link.proposed_at)


def _only_one_of(tx: Transaction, email: str) -> Person:
    found = [p for p in tx.people.all() if p.active and email and p.email.casefold() == email.casefold()]
    if not found:
        raise CannotLink("Nobody here has this e-mail address.")
    if len(found) > 1:
        raise CannotLink("Several people here have this e-mail address.")
    return found[0]


def _require_free(tx: Transaction, person: Person, account: SlackIdentity) -> None:
    holder = tx.people.by_slack(account)
    if holder and holder.id != person.id:
        raise CannotLink(f"This Slack account is linked to {holder.name} already.")
    if not person.active:
        raise CannotLink(f"{person.name} is suspended.")
    if person.slack:
        raise CannotLink(f"{person.name} is linked already.")


def _told(account: SlackIdentity) -> dict[str, str]:
    return {"slack_team": account.team_id, "slack_user": account.user_id}
