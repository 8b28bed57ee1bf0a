"""`sidebar-app worker`"""

import click

from sidebar_app.commands.environment import load_policy_in_force, load_settings


@click.command()
def worker() -> None:
    """Work on tasks when the bell rings. SIGHUP reads the policy file again."""
    from sidebar_app import bootstrap

    settings = load_settings()
    bootstrap.run_worker(settings, load_policy_in_force(settings))
