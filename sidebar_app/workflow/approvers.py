"""Who can decide a step right now: the one answer for whoever asks, offers, checks or reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sidebar_app.domain.people import APPROVING_ROLES, Person, Role
from sidebar_app.domain.request import Requester
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
        """The ids of everybody who has decided once this one has: nobody decides twice, in whatever capacity."""
        return frozenset(p.id for p in (self.person, self.on_behalf_of) if p)


def able(
    tx: Transaction,
    role: Role,
    *,
    requester: Requester | None,
    now: datetime,  # noqa: ARG001 -- who stands in for whom changes with time
) -> tuple[Approver, ...]:
    """Active, linked people who can decide a step of this role at `now`, each once, in order of their ids.

    Never the requester, nor another account with the requester's e-mail address; None asks in general.
    """
    return tuple(Approver(p) for p in tx.people.holding(role) if not _asked_by(p, requester))


def missing(tx: Transaction, policy: Policy, *, now: datetime) -> list[str]:
    """A sentence for each role in which the policy needs more people than could decide now."""
    return too_few(policy, {role: len(able(tx, role, requester=None, now=now)) for role in APPROVING_ROLES})


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


def _asked_by(person: Person, requester: Requester | None) -> bool:
    return requester is not None and person.is_same_person(id=requester.id, email=requester.email)
