"""`sidebar-app policy simulate | versions`: what is recorded about policies."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sidebar_app.commands.policy.files import FILE, load
from sidebar_app.commands.policy.records import records

if TYPE_CHECKING:
    from sidebar_app.ports.store import KeptPolicy

_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Requests from this day on; unset: all that are recorded.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def simulate(file: Path, since: datetime | None, form: str) -> None:
    """What the policy FILE would have answered to the requests that were really made."""
    from sidebar_app.commands.policy.simulated import as_json, as_text
    from sidebar_app.workflow.simulate import simulate as replay

    policy = load(file)
    with records() as tx:
        found = replay(tx.requests.asked_since((since or _FIRST_DAY).replace(tzinfo=UTC)), policy)
    click.echo(as_json(found) if form == "json" else as_text(found))


@click.command()
def versions() -> None:
    """The policies that decided here, the latest first; `policy show --version` prints one."""
    with records() as tx:
        kept = tx.policies.all()
    for each in kept:
        click.echo(f"{each.version}  in force since {_moment(each.in_force_at)}{_first(each)}")
    if not kept:
        click.echo("No policy has decided here yet.")


def _first(each: "KeptPolicy") -> str:
    again = each.first_seen_at != each.in_force_at
    return f", first on {_moment(each.first_seen_at)}" if again else ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def text_in_force(version: str) -> str:
    """The text of a policy that decided here once; ends the command when it never did."""
    with records() as tx:
        kept = tx.policies.get(version)
    if kept is None:
        raise click.ClickException(
            f"No policy of version {version} was in force here; see `policy versions`."
        )
    return kept.text
