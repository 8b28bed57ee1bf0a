"""`sidebar-app backscan`"""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from sidebar_app.commands.backscan_progress import watching
from sidebar_app.commands.environment import load_policy_in_force, load_settings
from sidebar_app.domain.backscan import BackScan, Progress, RunState
from sidebar_app.domain.redaction_log import Place

if TYPE_CHECKING:
    from sidebar_app.workflow.back_scan import BackScanner

_TURN_SECONDS = 0.25
_LINE_EVERY_SECONDS = 10.0
_FILES_LEFT_OUT = "Files were not looked into: a dry run reads texts only."
_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
_INTERRUPTED = 130
# What changed within the last minute is not listed.
_SOONEST = timedelta(minutes=1)
_PLACES = {
    Place.COMMENT: "in a message",
    Place.SUBJECT: "in the subject",
    Place.FIELD: "in a field",
    Place.ATTACHMENT: "in a file",
    Place.CHAT: "in a chat",
}


@click.command()
@click.option("--since", type=_DAY, help="Tickets that changed since then (UTC).")
@click.option("--until", type=_DAY, help="Of these, only tickets opened before then.")
@click.option("--dry-run", is_flag=True, help="Look and list; change nothing.")
@click.option("--resume", is_flag=True, help="Go on with the last run, and with what it could not scan.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Tickets in the hands of the workers at a time: live work waits for no more than these.",
)
def backscan(
    since: datetime | None,
    until: datetime | None,
    dry_run: bool,  # noqa: FBT001 -- click hands over flags like this
    resume: bool,  # noqa: FBT001
    workers: int,
) -> None:
    """Clean the tickets of the past: all that changed since a day, closed and archived ones too.

    The running workers do it, a few tickets at a time. Ctrl-C, a crash or a restart loses nothing: --resume goes on.
    A new run takes the place of one that was not done. Exit 1 when something could not be scanned.
    """
    from sidebar_app import bootstrap

    if resume == (since is not None) or (resume and (until or dry_run)):
        raise click.UsageError("Give --since DATE for a new run, or --resume to go on with the last one.")
    if since and since.replace(tzinfo=UTC) > datetime.now(UTC) - _SOONEST:
        raise click.UsageError(
            "--since must be in the past: what comes in from now on is scanned as it comes."
        )
    settings = load_settings()
    with bootstrap.opened(settings, load_policy_in_force(settings)) as services:
        scanner = services.back_scan
        if since is None:
            run = scanner.resume(at_once=workers)
        else:
            end = until.replace(tzinfo=UTC) if until else None
            run = scanner.start(since=since.replace(tzinfo=UTC), until=end, dry_run=dry_run, at_once=workers)
        if run is None:
            click.echo("There is nothing to resume.")
            return
        sys.exit(_followed(scanner, run))


def _followed(scanner: "BackScanner", run: BackScan) -> int:
    """Feeds the run to its end; the exit status."""
    from sidebar_app.ports.helpdesk import HelpdeskRefused

    try:
        progress = _fed(scanner, run)
        if not run.dry_run:
            _wait_for_files(scanner, run)
    except KeyboardInterrupt:
        click.echo(
            "\nStopped. The workers finish what they have in hand; `sidebar-app backscan --resume` goes on."
        )
        return _INTERRUPTED
    except HelpdeskRefused as refused:
        click.echo(f"The helpdesk lets us list no tickets (exports are for admins): {refused}", err=True)
        return 1
    _report(scanner, run, progress)
    return 1 if progress.not_scanned else 0


def _fed(scanner: "BackScanner", run: BackScan) -> Progress:
    with watching() as show:
        while True:
            current, progress = scanner.turn(run.id)
            show(current, progress)
            if current.state is not RunState.RUNNING:
                return progress
            time.sleep(_TURN_SECONDS)


def _wait_for_files(scanner: "BackScanner", run: BackScan) -> None:
    """The workers look into them beside other work; a line every so often says how many are left."""
    told = float("-inf")
    while left := scanner.files(run).waiting:
        if time.monotonic() - told >= _LINE_EVERY_SECONDS:
            told = time.monotonic()
            click.echo(f"{left} files left to look into.")
        time.sleep(_TURN_SECONDS)


def _report(scanner: "BackScanner", run: BackScan, progress: Progress) -> None:
    from sidebar_app.workflow import letters

    if run.dry_run:
        for ticket_id, seen in scanner.seen(run.id):
            doubt = "" if seen.certain else ", perhaps"
            click.echo(f"#{ticket_id}  {seen.brand} ···· {seen.last4}  {_PLACES[seen.place]}{doubt}")
    click.echo(letters.backscan_numbers(progress, dry_run=run.dry_run))
    click.echo(_FILES_LEFT_OUT if run.dry_run else letters.backscan_files(scanner.files(run)))
    for ticket_id in scanner.not_scanned(run.id):
        click.echo(f"#{ticket_id}  not scanned")
    if progress.not_scanned:
        click.echo("`sidebar-app backscan --resume` tries these again.")
