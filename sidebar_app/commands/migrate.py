"""`sidebar-app migrate`"""

import click

from sidebar_app.commands.environment import load_settings


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema and take over the people file."""
    from sidebar_app import bootstrap

    bootstrap.prepare(load_settings())
