"""What the policy commands share: which file is meant, and how its faults are told."""

from collections.abc import Callable
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from sidebar_app.adapters.system import SystemClock
from sidebar_app.permissions import Policy, PolicyFaults, load_policy

FILE = click.Path(dir_okay=False, path_type=Path)
_PACKAGE = "sidebar_app.permissions"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def with_policy(command: _Command) -> _Command:
    return click.option(
        "--policy",
        "policy_file",
        type=FILE,
        envvar="POLICY_FILE",
        help="The policy file; unset: POLICY_FILE, else the one that is shipped.",
    )(command)


def with_today(command: _Command) -> _Command:
    return click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        help="The date on which the reference rates are judged; unset: today.",
    )(command)


def load(path: Path | None) -> Policy:
    """The policy of a file, or the one that is shipped; ends the command with every fault there is."""
    return loaded(path or Path("policy.toml"), text_of(path, "policy.toml"))


def loaded(name: Path, text: str) -> Policy:
    try:
        return load_policy(text)
    except PolicyFaults as faults:
        refuse(name, faults)


def refuse(path: Path, faults: PolicyFaults) -> NoReturn:
    for fault in faults.faults:
        click.echo(f"{path}:{fault.line}: {fault.sentence}", err=True)
    count = len(faults.faults)
    click.echo(f"{count} fault{'s' * (count != 1)}", err=True)
    raise click.exceptions.Exit(1)


def text_of(path: Path | None, shipped: str) -> str:
    try:
        if path is None:
            return files(_PACKAGE).joinpath(shipped).read_text(encoding="utf-8")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: not UTF-8 text (byte {error.start})") from None


def day_of(today: datetime | None) -> date:
    return (today or SystemClock().now()).date()
