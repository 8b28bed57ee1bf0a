"""Who may do what in billing support, as data: a policy is loaded, asked, explained and printed here."""

from sidebar_app.permissions.caps import NOTHING_LATELY, Lately, capped
from sidebar_app.permissions.decide import decide
from sidebar_app.permissions.faults import Fault, PolicyFaults
from sidebar_app.permissions.loading import load_policy
from sidebar_app.permissions.policy import Policy
from sidebar_app.permissions.printing import print_policy
from sidebar_app.permissions.reach import Reach, reach
from sidebar_app.permissions.rulebook import Settings

__all__ = [
    "NOTHING_LATELY",
    "Fault",
    "Lately",
    "Policy",
    "PolicyFaults",
    "Reach",
    "Settings",
    "capped",
    "decide",
    "load_policy",
    "print_policy",
    "reach",
]
