"""People, and the roles that say what they may ask for, decide or read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """Requesting roles first, then approver-only roles, then readers."""

    L1_AGENT = "l1_agent"
    L2_AGENT = "l2_agent"
    MANAGER = "manager"
    BILLING_SPECIALIST = "billing_specialist"
    LEGAL = "legal"
    VP = "vp"
    COMPLIANCE = "compliance"
    SUPPORT_LEAD = "support_lead"
    ADMIN = "admin"


REQUESTING_ROLES = (Role.L1_AGENT, Role.L2_AGENT, Role.MANAGER, Role.BILLING_SPECIALIST)
# Who reads the logs and answers for them.
COMPLIANCE_ROLES = frozenset({Role.COMPLIANCE, Role.ADMIN})
APPROVING_ROLES = (Role.MANAGER, Role.BILLING_SPECIALIST, Role.LEGAL, Role.VP)

ROLE_NAMES = {
    Role.L1_AGENT: "L1 agent",
    Role.L2_AGENT: "L2 agent",
    Role.MANAGER: "manager",
    Role.BILLING_SPECIALIST: "billing specialist",
    Role.LEGAL: "legal",
    Role.VP: "VP",
    Role.COMPLIANCE: "compliance",
    Role.SUPPORT_LEAD: "support lead",
    Role.ADMIN: "admin",
}


@dataclass(frozen=True, slots=True)
class SlackIdentity:
    """Who somebody is in chat: a user id means nothing without its workspace."""

    team_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody we know, with the roles our own table gives them; `active` people only may act."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    zendesk_id: int | None = None
    slack: SlackIdentity | None = None
    active: bool = True

    def is_same_person(self, *, id: str, email: str) -> bool:
        """Two accounts with one e-mail address count as one person: nobody approves themselves twice removed."""
        return self.id == id or (bool(email) and self.email.casefold() == email.casefold())


@dataclass(frozen=True, slots=True)
class ChatLink:
    """A chat account that is proposed to be a person's; theirs once an administrator has confirmed it.

    `proposed_by` says where the proposal came from, `confirmed_by` is the administrator's name.
    """

    person_id: str
    slack: SlackIdentity
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
