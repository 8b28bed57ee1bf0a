"""`sidebar-app selftest`"""

import sys

import click

from sidebar_app.commands.environment import load_settings


@click.command()
def selftest() -> None:
    """One line per outside system: reachable, credentials accepted, rights enough. Exit 1 when one is not."""
    from sidebar_app import bootstrap

    faults = False
    for name, problems in bootstrap.selftest(load_settings()):
        click.echo(f"{name:<12} {'; '.join(problems) if problems else 'ok'}")
        faults = faults or bool(problems)
    sys.exit(1 if faults else 0)
