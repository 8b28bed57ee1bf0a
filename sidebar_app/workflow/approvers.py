"""Who can decide a step right now: the one answer for whoever asks, offers, checks or reports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sidebar_app.domain.delegation import Delegation, may_stand_in
from sidebar_app.domain.people import APPROVING_ROLES, Person, Role
from sidebar_app.domain.request import ActionRequest, Approval, Requester
from sidebar_app.permissions import Policy
from sidebar_app.permissions.staffing import too_few
from sidebar_app.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who can decide; `on_behalf_of` when the right is another person's, lent while they are away."""

    person: Person
    on_behalf_of: Person | None = None

    @property
    def counted(self) -> frozenset[str]:
        """Everybody who has decided once this one has: nobody decides twice, in whatever capacity."""
        return marks(p for p in (self.person, self.on_behalf_of) if p)


def marks(people: Iterable[Person]) -> frozenset[str]:
    """Ids and e-mail addresses: two accounts that share one of them are one person."""
    return frozenset(mark for p in people for mark in (p.id, p.email.casefold()) if mark)


@dataclass(frozen=True, slots=True)
class Roster:
    """Our people and who stands in for whom at one moment."""

    people: Mapping[str, Person]
    running: tuple[Delegation, ...]

    @classmethod
    def at(cls, tx: Transaction, now: datetime) -> "Roster":
        return cls({p.id: p for p in tx.people.all()}, tuple(tx.delegations.running(now)))

    def is_away(self, person: Person) -> bool:
        return any(d.delegator_id == person.id for d in self.running)

    def stands_in_for(self, person: Person) -> tuple[Person, ...]:
        """A delegation ends at once with the suspension of either side."""
        lent = (self.people.get(d.delegator_id) for d in self.running if d.delegate_id == person.id)
        return tuple(p for p in lent if p and p.active) if person.active else ()

    def rights_of(self, person: Person, role: Role) -> tuple[Approver, ...]:
        """In which capacities this person may decide a step of this role, their own right first.

        Only own rights are lent, so a delegate's delegate gets nothing of it.
        """
        if not person.active or person.slack is None:
            return ()
        own = (Approver(person),) if role in person.roles else ()
        lent = self.stands_in_for(person) if may_stand_in(person, role) else ()
        return own + tuple(Approver(person, on_behalf_of=p) for p in lent if role in p.roles)

    def able(self, role: Role, *, requester: Requester | None) -> tuple[Approver, ...]:
        """Active, linked people who can decide a step of this role, each once, in order of their ids.

        Who is away is not counted, but who stands in for them is. Never the requester, nor another account with
        the requester's e-mail address, nor who stands in for the requester; None asks in general.
        """
        here = [p for p in self.people.values() if not self.is_away(p)]
        if requester:
            here = [p for p in here if not self.asked(p, requester)]
        return tuple(rights[0] for p in here if (rights := self.rights_of(p, role)))

    def asked(self, person: Person, requester: Requester) -> Person | None:
        """Who of this person and those they stand in for is the requester: none of them may decide then."""
        return next((p for p in (person, *self.stands_in_for(person)) if _is(p, requester)), None)


def decided_already(tx: Transaction, request: ActionRequest) -> frozenset[str]:
    """The marks of everybody who decided on this version of the request, or was stood in for."""
    given = [a for a in tx.approvals.of(request.id) if a.version == request.version]
    ids = frozenset(a.person_id for a in given) | {a.for_id for a in given if a.for_id}
    return ids | marks(p for p in map(tx.people.get, ids) if p)


def still_entitled(tx: Transaction, approval: Approval) -> Person | None:
    """Who gave this approval, if the right they used still is theirs; None if not.

    A lent right must have been lent when it was used, and both must be active and hold what they held. That
    the delegation is over since then takes nothing away.
    """
    person = tx.people.get(approval.person_id)
    if person is None or not person.active or person.slack is None:
        return None
    if not approval.for_id:
        return person if approval.role in person.roles else None
    owner = tx.people.get(approval.for_id)
    if owner is None or not owner.active or approval.role not in owner.roles:
        return None
    lent = any(d.covers(approval.at) for d in tx.delegations.between(owner.id, person.id))
    return person if lent and may_stand_in(person, approval.role) else None


def missing(tx: Transaction, policy: Policy, *, now: datetime) -> list[str]:
    """A sentence for each role in which the policy needs more people than could decide now."""
    roster = Roster.at(tx, now)
    return too_few(policy, {role: len(roster.able(role, requester=None)) for role in APPROVING_ROLES})


def first_empty_seat(
    seats: Sequence[Sequence[Approver]], taken: frozenset[str] = frozenset(), seat: int = 0
) -> int | None:
    """None when every seat can be filled by different people; else the furthest seat that could not.

    Seats are few and so are approvers: trying every assignment is cheap and exact.
    """
    if seat == len(seats):
        return None
    furthest = seat
    for approver in seats[seat]:
        if approver.counted & taken:
            continue
        empty = first_empty_seat(seats, taken | approver.counted, seat + 1)
        if empty is None:
            return None
        furthest = max(furthest, empty)
    return furthest


def _is(person: Person, requester: Requester) -> bool:
    return person.is_same_person(id=requester.id, email=requester.email)
