"""Standing in for a colleague who is away."""

from dataclasses import dataclass
from datetime import datetime

from sidebar_app.domain.decision import STEP_ORDER
from sidebar_app.domain.people import Person, Role


@dataclass(frozen=True, slots=True)
class Delegation:
    """From `starts_at` until just before `ends_at` the delegate may decide what the delegator may decide.

    `ended_at`: somebody ended it before its time, or before it began.
    """

    id: str
    delegator_id: str
    delegate_id: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @property
    def over_at(self) -> datetime:
        """The first moment at which it no longer holds."""
        return self.ends_at if self.ended_at is None else min(self.ends_at, self.ended_at)

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.over_at

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at < ends_at and starts_at < self.over_at


def may_stand_in(delegate: Person, role: Role) -> bool:
    """Whether they hold an approving role that is equal to this one or higher, in the order of the steps."""
    ranks = [STEP_ORDER.index(held) for held in delegate.roles if held in STEP_ORDER]
    return role in STEP_ORDER and max(ranks, default=-1) >= STEP_ORDER.index(role)
