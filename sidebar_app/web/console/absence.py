"""Out of office: who stands in for oneself, and for whom one stands in."""

from dataclasses import dataclass

from sidebar_app.domain.people import APPROVING_ROLES, ROLE_NAMES
from sidebar_app.web.console.shapes import Asked, Part
from sidebar_app.web.view import dates
from sidebar_app.workflow.delegate import Absence, absences, eligible

_NOTHING = "You approve nothing in Slack here, so there is nothing that a colleague could do in your place."
_NOBODY = (
    "Nobody could stand in for you: it takes a colleague of an equal or higher role who is linked to Slack."
)


@dataclass(frozen=True, slots=True)
class AwayRow:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """`choices` are (id, name with roles). `why_not` is said where there is none. `today` is the earliest day."""

    away: tuple[AwayRow, ...]
    stands_in: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    why_not: str
    today: str
    badge: str = ""


def _view(asked: Asked) -> AbsenceView:
    me, now = asked.viewer.person_id, asked.now
    found = absences(asked.tx, now=now)
    mine = [a for a in found if a.delegator.id == me]
    choices = tuple((p.id, f"{p.name} ({_roles(p.roles)})") for p in eligible(asked.tx, me))
    return AbsenceView(
        away=tuple(
            AwayRow(a.delegation.id, f"{a.delegate.name} decides in your place {_period(a)}.") for a in mine
        ),
        stands_in=tuple(
            f"You decide in the place of {a.delegator.name} {_period(a)}."
            for a in found
            if a.delegate.id == me
        ),
        choices=choices,
        why_not="" if choices else _why_not(asked, me),
        today=now.date().isoformat(),
        badge="away" if any(a.delegation.covers(now) for a in mine) else "",
    )


def _why_not(asked: Asked, me: str) -> str:
    person = asked.tx.people.get(me)
    return _NOBODY if person and person.roles & set(APPROVING_ROLES) else _NOTHING


def _roles(roles: frozenset[str]) -> str:
    return ", ".join(ROLE_NAMES[role] for role in APPROVING_ROLES if role in roles)


def _period(absence: Absence) -> str:
    delegation = absence.delegation
    return f"from {dates.moment(delegation.starts_at)} to {dates.moment(delegation.ends_at)} UTC"


PART = Part("absence", "Out of office", frozenset(APPROVING_ROLES), _view)
