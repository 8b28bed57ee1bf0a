"""Why a request would be answered as it would, and who could approve it right now."""

from collections.abc import Iterator
from dataclasses import dataclass

from sidebar_app.domain.decision import Decision, Step
from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.domain.request import Requester
from sidebar_app.permissions.explain import Explanation
from sidebar_app.permissions.vocabulary import several
from sidebar_app.workflow.approvers import Approver, Roster
from sidebar_app.workflow.policing import NobodyCanApprove, require_approvers

_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """One approval step, and everybody who could decide it now."""

    step: Step
    approvers: tuple[Approver, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """As people call them, the first few: "Deputy, standing in for Manager"."""
        told = [_name(approver) for approver in self.approvers]
        more = len(told) - _MOST_NAMES
        return (*told[:_MOST_NAMES], f"{more} more") if more > 0 else tuple(told)


@dataclass(frozen=True, slots=True)
class Why:
    """`obstacle` says that asking would be refused at this moment, because nobody could approve."""

    explanation: Explanation
    asked: tuple[Asked, ...]
    obstacle: NobodyCanApprove | None


def who_could(roster: Roster, decision: Decision, *, requester: Requester | None) -> tuple[Asked, ...]:
    """For each step; `requester` is None where nobody in particular asks."""
    return tuple(Asked(step, roster.able(step.role, requester=requester)) for step in decision.steps)


def obstacle(roster: Roster, decision: Decision, *, requester: Requester) -> NobodyCanApprove | None:
    try:
        require_approvers(roster, decision, requester)
    except NobodyCanApprove as nobody:
        return nobody
    return None


def sentences(asked: tuple[Asked, ...]) -> Iterator[str]:
    """ "manager: Manager, Manager 2", "2 VPs: nobody"."""
    for each in asked:
        name = ROLE_NAMES[each.step.role]
        role = name if each.step.quorum == 1 else several(each.step.quorum, name)
        yield f"{role}: {', '.join(each.names) or 'nobody'}"


def _name(approver: Approver) -> str:
    away = approver.on_behalf_of
    return f"{approver.person.name}, standing in for {away.name}" if away else approver.person.name
