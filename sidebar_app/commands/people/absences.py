"""`sidebar-app people delegate | delegations | end-delegation`"""

from datetime import datetime

import click

from sidebar_app.commands.people.shared import Moment, acting, opened, table, written
from sidebar_app.workflow.delegate import NoSuchDelegation


@click.command()
@click.argument("person")
@click.option("--to", required=True, metavar="PERSON", help="Who stands in: of equal or higher role.")
@click.option("--from", "starts_at", required=True, type=Moment(), help="A day or a moment, UTC.")
@click.option(
    "--until",
    "ends_at",
    required=True,
    type=Moment(whole_day=True),
    help="A day (included) or a moment, UTC.",
)
@acting
def delegate(person: str, to: str, starts_at: datetime, ends_at: datetime, by: tuple[str, str]) -> None:
    """While PERSON is away, another one decides in their place. Deadlines of requests stay as they are."""
    with opened() as (_, services):
        made = services.delegate.begin(person, to=to, starts_at=starts_at, ends_at=ends_at, by=by)
    click.echo(
        f"{made.id}: {to} stands in for {person} from {written(made.starts_at)} to {written(made.ends_at)}."
    )


@click.command()
def delegations() -> None:
    """Who stands in for whom, now and later."""
    with opened() as (_, services):
        absences = services.delegate.absences()
    if not absences:
        click.echo("Nobody stands in for anybody.")
        return
    rows = [
        (
            a.delegation.id,
            a.delegator.id,
            a.delegate.id,
            written(a.delegation.starts_at),
            written(a.delegation.ends_at),
        )
        for a in absences
    ]
    for line in table([("DELEGATION", "AWAY", "STANDS IN", "FROM", "TO"), *rows]):
        click.echo(line)


@click.command("end-delegation")
@click.argument("delegation")
@acting
def end_delegation(delegation: str, by: tuple[str, str]) -> None:
    """End DELEGATION at once. What was decided under it stays decided."""
    with opened() as (_, services):
        try:
            ended = services.delegate.end(delegation, by=by)
        except NoSuchDelegation:
            raise click.ClickException(f"{delegation!r} is no delegation that lasts or is to come.") from None
    click.echo(f"{ended.delegate_id} no longer stands in for {ended.delegator_id}.")
