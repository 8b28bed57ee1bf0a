"""`sidebar-app policy`: read, check, ask, explain, compare and test the permission table."""

import click

from sidebar_app.commands.policy.asking import decide_, explain
from sidebar_app.commands.policy.history import simulate, versions
from sidebar_app.commands.policy.table import check, diff, show, test_


@click.group()
def policy() -> None:
    """The permission table: who may do what, up to which measure, and who approves the rest."""


for command in (show, check, decide_, explain, diff, test_, simulate, versions):
    policy.add_command(command)
