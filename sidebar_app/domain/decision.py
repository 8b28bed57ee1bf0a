"""A question to the policy and its answer."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sidebar_app.domain.money import Money
from sidebar_app.domain.people import ROLE_NAMES, Role


class Verdict(StrEnum):
    """Ordered from open to strict: the strictest of all matching rules wins."""

    ALLOW = "allow"
    NEEDS_APPROVAL = "needs_approval"
    DENY = "deny"


class CustomerMatch(StrEnum):
    """How sure we are that the ticket's requester is this billing customer."""

    VERIFIED = "verified"
    EMAIL = "email"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Step:
    """`quorum` people holding `role` must approve before the next step opens."""

    role: Role
    quorum: int = 1


# The order in which united steps are asked (DESIGN §4.3).
STEP_ORDER = (Role.MANAGER, Role.BILLING_SPECIALIST, Role.LEGAL, Role.VP)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around the question; the defaults are DESIGN §4.3's.

    `recent_credit_total`: credits of the last 30 days without this one, in the question's currency.
    `recent_refund_count`: refunds of the last 30 days without this one.
    """

    customer_requested: bool = False
    multi_year_contract: bool = False
    recent_credit_total: Money | None = None
    recent_refund_count: int = 0
    customer_match: CustomerMatch = CustomerMatch.EMAIL


@dataclass(frozen=True, slots=True)
class Question:
    """May somebody in `role` do `action` of this measure? At most one measure is given."""

    role: str
    action: str
    amount: Money | None = None
    percent: Decimal | None = None
    days: int | None = None
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy's answer. `rules` are the ids of the rules that made it so, most telling first.

    `reason` and `next_step` are sentences for the person who asked; `steps` is empty unless the
    verdict is NEEDS_APPROVAL.
    """

    verdict: Verdict
    rules: tuple[str, ...]
    reason: str
    next_step: str
    policy_version: str
    steps: tuple[Step, ...] = ()

    @property
    def approvers(self) -> str:
        """Who decides, in words: "a manager", "a billing specialist, then a VP"."""
        return in_turn(self.steps)


def in_turn(steps: tuple[Step, ...]) -> str:
    """Who is asked, one after the other: "2 managers, then a VP"."""
    return ", then ".join(_someone(step) for step in steps)


def _someone(step: Step) -> str:
    name = ROLE_NAMES[step.role]
    if step.role is Role.LEGAL:
        return name
    return f"a {name}" if step.quorum == 1 else f"{step.quorum} {name}s"
