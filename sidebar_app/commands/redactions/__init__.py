"""`sidebar-app redactions …`: the redaction log at the command line."""

import click

from sidebar_app.commands.redactions.acting import allow, allowed, disallow, export, sign_off
from sidebar_app.commands.redactions.reading import list_entries, summary


@click.group()
def redactions() -> None:
    """Which card data came in through tickets, and is it gone?"""


for command in (list_entries, summary, export, sign_off, allow, disallow, allowed):
    redactions.add_command(command)
