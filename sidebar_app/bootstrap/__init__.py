"""The composition root: settings in, wired services out. The only folder that knows every part."""

from sidebar_app.bootstrap.checking import remarks, selftest
from sidebar_app.bootstrap.processes import prepare, run_clock, run_worker, web_app
from sidebar_app.bootstrap.rules import (
    policy_in_force,
    renew_policy,
    renewed_roles,
    role_map,
    take_over_people,
)
from sidebar_app.bootstrap.wiring import allowing, opened

__all__ = [
    "allowing",
    "opened",
    "policy_in_force",
    "prepare",
    "remarks",
    "renew_policy",
    "renewed_roles",
    "role_map",
    "run_clock",
    "run_worker",
    "selftest",
    "take_over_people",
    "web_app",
]
