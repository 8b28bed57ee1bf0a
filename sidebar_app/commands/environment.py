"""Where a command finds its settings."""

import os
import sys

from sidebar_app.settings import ROOT, Settings, SettingsFaults

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
