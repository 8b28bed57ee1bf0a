"""How many people a policy needs in each approving role."""

from collections.abc import Mapping

from sidebar_app.domain.people import APPROVING_ROLES, ROLE_NAMES, Role
from sidebar_app.permissions.policy import Policy
from sidebar_app.permissions.vocabulary import several


def people_needed(policy: Policy) -> dict[Role, int]:
    """The fewest people per approving role with whom no request waits for somebody who does not exist.

    Where the role itself may ask, one more than the quorum: nobody approves their own request. Somebody who
    holds two roles counts once per request, so two roles need two people all the same.
    """
    needed = dict.fromkeys(APPROVING_ROLES, 0)
    for plan in policy.index.values():
        for step in (step for cell in plan.cells for decision in cell.values() for step in decision.steps):
            needed[step.role] = max(needed[step.role], step.quorum + (plan.role is step.role))
    for cap in policy.book.caps:
        for step in cap.steps:
            needed[step.role] = max(needed[step.role], step.quorum + (step.role in cap.roles))
    return {role: count for role, count in needed.items() if count}


def needed(policy: Policy) -> list[str]:
    """ "2 managers", "1 VP", "1 of legal"."""
    counts = people_needed(policy).items()
    return [
        f"{count} of legal" if role is Role.LEGAL else several(count, ROLE_NAMES[role])
        for role, count in counts
    ]


def too_few(policy: Policy, holders: Mapping[Role, int]) -> list[str]:
    """A sentence per role that has fewer active people than the policy needs."""
    return [
        f"The policy needs {count} {'person' if count == 1 else 'people'} in the role {role}; there "
        f"{'is' if holders.get(role, 0) == 1 else 'are'} {holders.get(role, 0)}."
        for role, count in people_needed(policy).items()
        if holders.get(role, 0) < count
    ]
