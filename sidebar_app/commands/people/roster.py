"""`sidebar-app people list | sync | suspend | reinstate`"""

import click

from sidebar_app.commands.people.shared import acting, opened, table
from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.workflow.personnel import Standing


@click.command("list")
def list_() -> None:
    """Everybody, with their roles, whether they are linked to Slack, away or suspended."""
    with opened() as (_, services):
        rows = [_row(standing) for standing in services.personnel.standings()]
    for line in table([("PERSON", "NAME", "ROLES", "SLACK", "NOW"), *rows]):
        click.echo(line)


@click.command()
@acting
def sync(by: tuple[str, str]) -> None:
    """Take over PEOPLE_FILE now, and say what it changed. A file with faults changes nothing and names them all."""
    from sidebar_app.bootstrap import take_over_people

    with opened() as (settings, services):
        changes = take_over_people(settings, services, by=by)
    click.echo("\n".join(changes) or "Nothing changed.")


@click.command()
@click.argument("person")
@acting
def suspend(person: str, by: tuple[str, str]) -> None:
    """Take every right from PERSON, until they are reinstated. The people file does not lift it."""
    with opened() as (_, services):
        suspended = services.personnel.suspend(person, by=by)
    click.echo(f"{suspended.name} is suspended. Their delegations ended.")


@click.command()
@click.argument("person")
@acting
def reinstate(person: str, by: tuple[str, str]) -> None:
    """Lift the suspension of PERSON. Delegations that ended with it stay ended."""
    with opened() as (_, services):
        back = services.personnel.reinstate(person, by=by)
    still = "" if back.active else " The people file still says that they are not active."
    click.echo(f"{back.name} is no longer suspended.{still}")


def _row(standing: Standing) -> tuple[str, ...]:
    person = standing.person
    roles = ", ".join(sorted(ROLE_NAMES[role] for role in person.roles)) or "-"
    return (person.id, person.name, roles, standing.slack_words, standing.now_words)
