"""`sidebar-app selftest`"""

import sys
from collections.abc import Callable

import click

from sidebar_app.commands.environment import load_policy_in_force, load_settings


@click.command()
def selftest() -> None:
    """One line per outside system: reachable, credentials accepted, rights enough; and whether every approving role
    has people. Exit 1 when something is wrong. Then what is optional and missing here, such as OCR."""
    from sidebar_app import bootstrap

    settings = load_settings()
    faults = False
    with bootstrap.opened(settings, load_policy_in_force(settings)) as services:
        for name, report in bootstrap.selftest(settings, services).items():
            problems = _problems(report)
            click.echo(f"{name:<12} {'; '.join(problems) if problems else 'ok'}")
            faults = faults or bool(problems)
        for name, remark in bootstrap.remarks(services):
            click.echo(f"{name:<12} {remark}")
    sys.exit(1 if faults else 0)


def _problems(report: Callable[[], list[str]]) -> list[str]:
    try:
        return report()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the line says it
        return [f"{type(error).__name__}: {error}"]
