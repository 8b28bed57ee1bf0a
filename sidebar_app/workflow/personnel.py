"""Our people as a whole: taking over the people file, suspending, and who stands where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sidebar_app.domain.people import ROLE_NAMES, ChatLink, Person
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow import delegate, journal
from sidebar_app.workflow.approvers import Roster
from sidebar_app.workflow.delegate import known


class NothingToChange(Exception):
    """It is so already; the text says how."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person as they are now. `suspended_here`: by an administrator, apart from the people file.

    `slack_words` and `now_words` say it for a list.
    """

    person: Person
    suspended_here: bool
    away_until: datetime | None
    link: ChatLink | None

    @property
    def slack_words(self) -> str:
        link = self.link
        if self.person.slack:
            by = f" (confirmed by {link.confirmed_by})" if link and link.confirmed_at else ""
            return f"{self.person.slack.user_id}{by}"
        return f"{link.slack.user_id} proposed" if link else "not linked"

    @property
    def now_words(self) -> str:
        if self.suspended_here:
            return "suspended"
        if not self.person.active:
            return "not active"
        return f"away until {self.away_until:%Y-%m-%d %H:%M} UTC" if self.away_until else "active"


class Personnel:
    """`by` is (id, name) of whoever does it; every change stands in the audit log."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take_over(self, people: list[Person], *, by: tuple[str, str]) -> list[str]:
        """The file is the truth about the people it names; who is no longer named is suspended, not forgotten.

        Suspensions and confirmed links that were made here stay. The answer says what changed, a sentence each.
        """
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.lock("people")
            before = {p.id: p for p in tx.people.declared()}
            changes = list(_changes(before, people))
            _save(tx, before, changes)
            named = {person.id for person in people}
            told = [_note(tx, before.get(p.id), p, now, by, left=p.id not in named) for p in changes]
            told += _tidy_links(tx, people, now, by)
            for person in (p for p in changes if not p.active):
                delegate.end_all(tx, person, at=now, by=by)
        return told

    def suspend(self, person_id: str, *, by: tuple[str, str]) -> Person:
        """Counts at the next decision, and stays when the file is taken over. Raises NoSuchPerson, NothingToChange."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            person = known(tx, person_id)
            if not tx.people.suspend(person.id, at=now, by=by[1]):
                raise NothingToChange(f"{person.name} is suspended already.")
            journal.about(tx, person, "people.suspended", at=now, by=by)
            delegate.end_all(tx, person, at=now, by=by)
        return person

    def reinstate(self, person_id: str, *, by: tuple[str, str]) -> Person:
        """Raises NoSuchPerson, NothingToChange."""
        with self._store.transaction() as tx:
            person = known(tx, person_id)
            if not tx.people.reinstate(person.id):
                raise NothingToChange(
                    f"{person.name} was not suspended here."
                    + ("" if person.active else " The people file says that they are not active.")
                )
            journal.about(tx, person, "people.reinstated", at=self._clock.now(), by=by)
            return known(tx, person_id)

    def standings(self) -> list[Standing]:
        with self._store.reading() as tx:
            return standings(tx, now=self._clock.now())


def standings(tx: Transaction, *, now: datetime) -> list[Standing]:
    """Everybody, in order of their ids."""
    roster, links = Roster.at(tx, now), {link.person_id: link for link in tx.links.all()}
    declared = {p.id: p.active for p in tx.people.declared()}
    until = {d.delegator_id: d.over_at for d in roster.running}
    return [
        Standing(p, declared[p.id] and not p.active, until.get(p.id), links.get(p.id))
        for p in roster.people.values()
    ]


def _changes(before: dict[str, Person], people: list[Person]) -> Iterator[Person]:
    """Everybody who is new, other than before, or gone."""
    named = {person.id for person in people}
    yield from (person for person in people if before.get(person.id) != person)
    gone = (_gone(person, people) for person in before.values() if person.id not in named)
    yield from (person for person in gone if before[person.id] != person)


def _gone(person: Person, people: list[Person]) -> Person:
    """Nobody with any right. Their accounts stay theirs, so that a helpdesk group gives them nothing either, unless
    the file gives an account to somebody else, or names the same human being by another id."""
    again = any(person.email == other.email for other in people)
    keeps = replace(person, roles=frozenset(), active=False)
    if again or any(person.zendesk_id == other.zendesk_id for other in people):
        keeps = replace(keeps, zendesk_id=None)
    if again or any(person.slack == other.slack for other in people):
        keeps = replace(keeps, slack=None)
    return keeps


def _save(tx: Transaction, before: dict[str, Person], changes: Iterable[Person]) -> None:
    """Accounts may change hands, so all are given up before any is taken."""
    changes = list(changes)
    for person in changes:
        if old := before.get(person.id):
            tx.people.save(replace(old, zendesk_id=None, slack=None))
    for person in changes:
        tx.people.save(person)


def _note(
    tx: Transaction, before: Person | None, person: Person, at: datetime, by: tuple[str, str], *, left: bool
) -> str:
    """One entry in the log, and the sentence for whoever took the file over."""
    event, sentence = _told(before, person, left=left)
    roles = sorted(role.value for role in person.roles)
    was = sorted(role.value for role in before.roles) if before else []
    journal.about(
        tx, person, event, at=at, by=by, roles=roles, roles_before=was, changed=_fields(before, person),
        active=person.active,
    )  # fmt: skip
    return sentence


def _told(before: Person | None, person: Person, *, left: bool) -> tuple[str, str]:
    """The event and the sentence."""
    if left:
        return "people.left", f"{person.id}: suspended, no longer in the file"
    roles = ", ".join(sorted(ROLE_NAMES[role] for role in person.roles)) or "no role"
    state = "" if person.active else ", not active"
    if before is None:
        return "people.added", f"{person.id}: new, {roles}{state}"
    return "people.changed", f"{person.id}: {', '.join(_fields(before, person))} changed, {roles}{state}"


def _fields(before: Person | None, person: Person) -> list[str]:
    """What is another than before; an address or account itself stays out of the log."""
    names = ("name", "email", "roles", "zendesk_id", "slack", "active")
    return [name for name in names if before is None or getattr(before, name) != getattr(person, name)]


def _tidy_links(tx: Transaction, people: list[Person], at: datetime, by: tuple[str, str]) -> list[str]:
    """A Slack account in the file goes before a link, and who left has none."""
    taken = {person.slack for person in people if person.slack}
    unlinked = {person.id for person in people if person.slack is None}
    told = []
    for link in tx.links.all():
        if link.person_id in unlinked and link.slack not in taken:
            continue
        person = known(tx, link.person_id)
        tx.links.remove(person.id)
        journal.about(tx, person, "people.link_removed", at=at, by=by, slack_user=link.slack.user_id)
        told.append(f"{person.id}: link to Slack removed, the file says otherwise")
    return told
