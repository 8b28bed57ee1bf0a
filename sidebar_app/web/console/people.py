"""People: Slack accounts that wait for an administrator, who stands in for whom, and everybody as they are now."""

from dataclasses import dataclass

from sidebar_app.domain.people import ROLE_NAMES, Role
from sidebar_app.web.console.shapes import Asked, Cell, Part, TableView
from sidebar_app.web.view import dates
from sidebar_app.workflow.delegate import Absence, absences
from sidebar_app.workflow.link import Proposal, proposals
from sidebar_app.workflow.personnel import Standing, standings

_COLUMNS = ("Colleague", "Roles", "Slack", "Now")


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """`team` and `user` are the Slack account: sent back with the answer, so that what is confirmed was seen."""

    person: str
    name: str
    roles: str
    team: str
    user: str
    proposed: str


@dataclass(frozen=True, slots=True)
class DelegationRow:
    id: str
    away: str
    stands_in: str
    begins: str
    ends: str
    now: bool


@dataclass(frozen=True, slots=True)
class PeopleView:
    proposals: tuple[ProposalRow, ...]
    delegations: tuple[DelegationRow, ...]
    colleagues: TableView
    badge: str = ""


def _view(asked: Asked) -> PeopleView:
    waiting = tuple(_proposal(p) for p in proposals(asked.tx))
    lent = tuple(_delegation(a, asked) for a in absences(asked.tx, now=asked.now))
    everybody = tuple(_colleague(standing) for standing in standings(asked.tx, now=asked.now))
    colleagues = TableView(_COLUMNS, everybody, "The people file names nobody.")
    return PeopleView(waiting, lent, colleagues, badge=str(len(waiting) or ""))


def _colleague(standing: Standing) -> tuple[Cell, ...]:
    person = standing.person
    return (
        Cell(person.name),
        Cell(_roles(person.roles)),
        Cell(standing.slack_words, tone="" if person.slack else "muted"),
        Cell(standing.now_words, tone="" if standing.now_words == "active" else "warn"),
    )


def _roles(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(ROLE_NAMES[role] for role in roles)) or "by Zendesk alone"


def _proposal(proposal: Proposal) -> ProposalRow:
    link, person = proposal.link, proposal.person
    return ProposalRow(
        person=person.id,
        name=person.name,
        roles=_roles(person.roles),
        team=link.slack.team_id,
        user=link.slack.user_id,
        proposed=f"{dates.moment(link.proposed_at)}, by {link.proposed_by}",
    )


def _delegation(absence: Absence, asked: Asked) -> DelegationRow:
    delegation = absence.delegation
    return DelegationRow(
        id=delegation.id,
        away=absence.delegator.name,
        stands_in=absence.delegate.name,
        begins=dates.moment(delegation.starts_at),
        ends=dates.moment(delegation.ends_at),
        now=delegation.covers(asked.now),
    )


PART = Part("people", "People", frozenset({Role.ADMIN}), _view)
