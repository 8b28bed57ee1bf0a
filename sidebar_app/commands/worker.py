"""`sidebar-app worker`"""

import click

from sidebar_app.commands.environment import load_settings


@click.command()
def worker() -> None:
    """Work on tasks when the bell rings."""
    from sidebar_app import bootstrap

    bootstrap.run_worker(load_settings())
