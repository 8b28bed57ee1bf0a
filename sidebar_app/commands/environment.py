"""Where a command finds its settings."""

import os
import sys
from typing import TYPE_CHECKING

from sidebar_app.settings import ROOT, Settings, SettingsFaults

if TYPE_CHECKING:
    from sidebar_app.workflow.identify import RoleMap
    from sidebar_app.workflow.in_force import InForce

# Written by `bin/run`, so that commands typed beside it speak to the same service.
RUNNING = ROOT / "var" / "run.env"


def environment() -> dict[str, str]:
    """The process's own environment; in a checkout without settings, that of the running preview."""
    if "BASE_URL" in os.environ or not RUNNING.is_file():
        return dict(os.environ)
    lines = RUNNING.read_text(encoding="utf-8").splitlines()
    return {**dict(line.split("=", 1) for line in lines if "=" in line), **os.environ}


def load_settings() -> Settings:
    """Ends the program with the whole list of faults, never with the first one only."""
    try:
        return Settings.from_env(environment())
    except SettingsFaults as faults:
        print(f"This service cannot start:\n{faults}", file=sys.stderr)
        sys.exit(2)


def load_policy_in_force(settings: Settings) -> "InForce":
    """Ends the program with every fault of a broken policy file: nothing is decided without a policy."""
    from sidebar_app import bootstrap
    from sidebar_app.adapters import policy_file
    from sidebar_app.permissions import PolicyFaults

    try:
        return bootstrap.policy_in_force(settings)
    except PolicyFaults as faults:
        print("This service cannot start without a policy:", file=sys.stderr)
        print("\n".join(policy_file.told(settings.policy_file, faults)), file=sys.stderr)
        sys.exit(2)


def load_roles(settings: Settings) -> "RoleMap":
    """Ends the program with every fault of a broken people file."""
    from sidebar_app import bootstrap
    from sidebar_app.adapters.people_file import PeopleFaults

    try:
        return bootstrap.role_map(settings)
    except PeopleFaults as faults:
        print("\n".join(["This service cannot start without its people:", *faults.faults]), file=sys.stderr)
        sys.exit(2)
