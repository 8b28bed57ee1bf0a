"""Out of office: lending one's right to decide to a colleague for a while."""

from dataclasses import dataclass
from datetime import datetime

from sidebar_app.domain.delegation import Delegation, may_stand_in
from sidebar_app.domain.people import APPROVING_ROLES, ROLE_NAMES, Person
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow import journal


class CannotDelegate(Exception):
    """Why this person cannot stand in, in a sentence."""


class NoSuchPerson(Exception):
    """Nobody of that id; the text says so."""


class NoSuchDelegation(Exception):
    """No delegation of that id, or it is over."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A delegation with both people."""

    delegation: Delegation
    delegator: Person
    delegate: Person


class Delegate:
    """`by` is (id, name) of whoever does it; everything stands in the audit log."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    def begin(
        self, person_id: str, *, to: str, starts_at: datetime, ends_at: datetime, by: tuple[str, str]
    ) -> Delegation:
        """Lends from `starts_at`, or from now if that is past. Raises NoSuchPerson, CannotDelegate."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.lock("delegations")  # overlaps are counted one after the other
            delegator, delegate = known(tx, person_id), known(tx, to)
            made = Delegation(self._ids.new("del"), delegator.id, delegate.id, max(starts_at, now), ends_at)
            _require_period(made, now)
            if misfit := _misfit(delegator, delegate):
                raise CannotDelegate(misfit)
            _require_free(made, delegator, delegate, tx.delegations.coming(now))
            tx.delegations.add(made)
            journal.about(tx, delegator, "people.delegated", at=now, by=by, **_told(made, delegate))
        return made

    def end(self, delegation_id: str, *, by: tuple[str, str], only_of: str = "") -> Delegation:
        """At once. `only_of` names the person whose own it must be. Raises NoSuchDelegation."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            found = tx.delegations.get(delegation_id)
            if found is None or (only_of and found.delegator_id != only_of):
                raise NoSuchDelegation
            if not end(tx, found, at=now, by=by):
                raise NoSuchDelegation
        return found

    def absences(self) -> list[Absence]:
        """Those of now and to come, soonest first."""
        with self._store.reading() as tx:
            return absences(tx, now=self._clock.now())


def absences(tx: Transaction, *, now: datetime) -> list[Absence]:
    """Those of now and to come, soonest first."""
    people = {p.id: p for p in tx.people.all()}
    coming = tx.delegations.coming(now)
    return [Absence(d, people[d.delegator_id], people[d.delegate_id]) for d in coming]


def eligible(tx: Transaction, person_id: str) -> list[Person]:
    """Who could stand in for this person, peers first; nobody for somebody who approves nothing."""
    delegator = tx.people.get(person_id)
    if delegator is None:
        return []
    able = [p for p in tx.people.all() if not _misfit(delegator, p)]
    return sorted(able, key=lambda p: not p.roles >= delegator.roles)


def known(tx: Transaction, person_id: str) -> Person:
    """Raises NoSuchPerson."""
    person = tx.people.get(person_id)
    if person is None:
        raise NoSuchPerson(f"Nobody here is called {person_id!r}.")
    return person


def end(tx: Transaction, delegation: Delegation, *, at: datetime, by: tuple[str, str]) -> bool:
    """False when it is over already."""
    if not tx.delegations.end(delegation.id, at=at):
        return False
    delegator = known(tx, delegation.delegator_id)
    told = _told(delegation, known(tx, delegation.delegate_id))
    journal.about(tx, delegator, "people.delegation_ended", at=at, by=by, **told)
    return True


def end_all(tx: Transaction, person: Person, *, at: datetime, by: tuple[str, str]) -> None:
    """Those of now and to come in which this person is on either side."""
    for delegation in tx.delegations.coming(at):
        if person.id in (delegation.delegator_id, delegation.delegate_id):
            end(tx, delegation, at=at, by=by)


def _require_period(asked: Delegation, now: datetime) -> None:
    if asked.ends_at <= now:
        raise CannotDelegate("This period is over already.")
    if asked.ends_at <= asked.starts_at:
        raise CannotDelegate("The period ends before it begins.")


def _misfit(delegator: Person, delegate: Person) -> str:
    """The first reason why the one cannot stand in for the other; empty when they can."""
    lent = [role for role in APPROVING_ROLES if role in delegator.roles]
    above = [ROLE_NAMES[role] for role in lent if not may_stand_in(delegate, role)]
    if delegator.is_same_person(id=delegate.id, email=delegate.email):
        return "Nobody stands in for themselves."
    if not delegator.active:
        return f"{delegator.name} is suspended and has no right to lend."
    if not lent:
        return f"{delegator.name} approves nothing, so there is nothing to stand in for."
    if not delegate.active:
        return f"{delegate.name} is suspended."
    if delegate.slack is None:
        return f"{delegate.name} is not linked to Slack and could not decide anything there."
    if above:
        return f"{delegate.name} holds no role that is equal to or higher than {', '.join(above)}."
    return ""


def _require_free(asked: Delegation, delegator: Person, delegate: Person, others: list[Delegation]) -> None:
    for other in others:
        if not other.overlaps(asked.starts_at, asked.ends_at):
            continue
        if other.delegator_id == delegator.id:
            raise CannotDelegate(f"{delegator.name} is away in that time already; end {other.id} first.")
        if other.delegator_id == delegate.id:
            raise CannotDelegate(f"{delegate.name} is away in that time too.")


def _told(delegation: Delegation, delegate: Person) -> dict[str, str]:
    return {
        "delegation": delegation.id,
        "delegate": delegate.id,
        "delegate_name": delegate.name,
        "from": delegation.starts_at.isoformat(),
        "until": delegation.ends_at.isoformat(),
    }
