"""`sidebar-app people propose | links | confirm | unlink`: who is who in Slack."""

import click

from sidebar_app.commands.people.shared import acting, opened, table, written
from sidebar_app.domain.people import ChatLink


@click.command()
@acting
def propose(by: tuple[str, str]) -> None:
    """Ask Slack, by e-mail address, for everybody who approves and is not linked. Nothing is linked until confirmed."""
    with opened() as (_, services):
        outcomes = services.link.propose_all(by=by)
    click.echo("\n".join(outcomes) or "Everybody who approves is linked.")


@click.command()
def links() -> None:
    """Slack accounts that are proposed or confirmed. Those of the people file are in `people list`."""
    with opened() as (_, services):
        found = services.link.links()
    if not found:
        click.echo("No Slack account is proposed or was confirmed here.")
        return
    for line in table([("PERSON", "SLACK USER", "WORKSPACE", "PROPOSED", "CONFIRMED"), *map(_row, found)]):
        click.echo(line)


@click.command()
@click.argument("person")
@acting
def confirm(person: str, by: tuple[str, str]) -> None:
    """Confirm that the Slack account proposed for PERSON is theirs. Ask them, not Slack."""
    with opened() as (_, services):
        link = services.link.confirm(person, by=by)
    click.echo(f"{person} is {link.slack.user_id} in Slack now.")


@click.command()
@click.argument("person")
@acting
def unlink(person: str, by: tuple[str, str]) -> None:
    """Refuse the account proposed for PERSON, or take back their confirmed link."""
    with opened() as (_, services):
        link = services.link.remove(person, by=by)
    click.echo(
        f"{person} is no longer {'' if link.confirmed_at else 'proposed to be '}{link.slack.user_id} in Slack."
    )


def _row(link: ChatLink) -> tuple[str, ...]:
    confirmed = f"{written(link.confirmed_at)} by {link.confirmed_by}" if link.confirmed_at else "not yet"
    proposed = f"{written(link.proposed_at)} by {link.proposed_by}"
    return (link.person_id, link.slack.user_id, link.slack.team_id, proposed, confirmed)
