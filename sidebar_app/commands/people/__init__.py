"""`sidebar-app people`: who approves, who is away, who is who in Slack."""

import click

from sidebar_app.commands.people.absences import delegate, delegations, end_delegation
from sidebar_app.commands.people.links import confirm, links, propose, unlink
from sidebar_app.commands.people.roster import list_, reinstate, suspend, sync


@click.group()
def people() -> None:
    """The people who approve: list them, take over the people file, link them to Slack, suspend, stand in.

    Every change stands in the audit log under the name given with --by.
    """


for command in (
    list_, sync, propose, links, confirm, unlink, suspend, reinstate, delegate, delegations, end_delegation
):  # fmt: skip
    people.add_command(command)
