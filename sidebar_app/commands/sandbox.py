"""`sidebar-app sandbox`: other people's servers, for trying and testing without accounts."""

import signal
import threading
from contextlib import ExitStack
from pathlib import Path

import click

from sidebar_app.commands.environment import environment
from sidebar_app.commands.supervise.preview import SANDBOX_DATA
from sidebar_app.sandbox import cast
from sidebar_app.settings import ROOT


def _data() -> Path:
    return Path(environment().get(SANDBOX_DATA) or ROOT / "var" / "sandbox")


@click.group(invoke_without_command=True)
@click.pass_context
def sandbox(context: click.Context) -> None:
    """Stand-ins for Zendesk, Slack, Stripe and a mail server, on loopback only."""
    if context.invoked_subcommand is None:
        context.invoke(start)


@sandbox.command()
def start() -> None:
    """Serve all of them on the ports of the running preview, or on 8001 and the following."""
    from sidebar_app.commands.supervise.fleet import Fleet
    from sidebar_app.commands.supervise.preview import ports_of

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        Fleet(ports_of(environment()), _data()).start(stack)
        stop.wait()


@sandbox.command()
@click.option("--agent", required=True, type=click.Choice([c.name for c in cast.COLLEAGUES]))
@click.option("--ticket", type=int, help="Without it: the console's location, or a panel that has to ask.")
@click.option(
    "--location",
    type=click.Choice(["ticket_sidebar", "nav_bar"]),
    default="ticket_sidebar",
    show_default=True,
)
def sign(agent: str, ticket: int | None, location: str) -> None:
    """Print the `token` form field of a signed URL, good for five minutes.

    \b
    curl -d "token=$(sidebar-app sandbox sign --agent l1 --ticket 1001)" \\
        "http://127.0.0.1:8000/zendesk/sidebar?origin=http://127.0.0.1:8001&app_guid=sandbox"
    """
    from sidebar_app.sandbox.kit import Documents
    from sidebar_app.sandbox.zendesk import sign_visit

    file = _data() / "zendesk.db"
    if not file.is_file():
        raise click.ClickException("There is no sandbox helpdesk yet: start bin/run first.")
    documents = Documents(file)
    try:
        click.echo(sign_visit(documents, agent=agent, ticket=ticket, location=location))
    finally:
        documents.close()
