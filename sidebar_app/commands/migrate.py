"""`sidebar-app migrate`"""

import click

from sidebar_app.commands.environment import load_policy_in_force, load_settings


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema and take over the people file."""
    from sidebar_app import bootstrap

    settings = load_settings()
    load_policy_in_force(settings)  # said here, before anything else starts
    bootstrap.prepare(settings)
