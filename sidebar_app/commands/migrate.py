"""`sidebar-app migrate`"""

import click

from sidebar_app.commands.environment import load_policy_in_force, load_settings


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema and take over the people file."""
    from sidebar_app import bootstrap
    from sidebar_app.adapters.people_file import PeopleFaults
    from sidebar_app.commands.past import furnish

    settings = load_settings()
    load_policy_in_force(settings)  # said here, before anything else starts
    try:
        bootstrap.prepare(settings, furnish=furnish if settings.preview else None)
    except PeopleFaults as faults:
        raise click.ClickException(
            "the people file is not taken over.\n" + "\n".join(faults.faults)
        ) from None
