"""`sidebar-app redactions list | summary`"""

import json
from dataclasses import asdict
from typing import Any

import click

from sidebar_app.commands.redactions.desk import desk, filtered, wanted
from sidebar_app.workflow.log_export import FORMS, Row, row

_TEXT = ("came_in", "ticket", "place", "brand", "last4", "outcome", "signed_off_by", "entry")


@click.command("list")
@filtered
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *FORMS]), default="text", show_default=True
)
def list_entries(limit: int, form: str, **given: Any) -> None:
    """Entries of the log; those that came in last come first. Times are UTC."""
    with desk() as ours:
        named = wanted(given, clock=ours.clock)
        with ours.store.reading() as tx:
            rows = [row(logged) for logged in tx.redaction_log.page(named, offset=0, limit=limit)]
            total = tx.redaction_log.summary(named).total
    if form == "json":
        click.echo(json.dumps([dict(each) for each in rows], ensure_ascii=False, indent=2))
    elif form in FORMS:
        click.echo("".join(FORMS[form](rows)), nl=False)
    else:
        _print(rows, total)


@click.command()
@filtered
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def summary(form: str, **given: Any) -> None:
    """The answer in sentences, by channel and brand."""
    with desk() as ours:
        named = wanted(given, clock=ours.clock)
        with ours.store.reading() as tx:
            found = tx.redaction_log.summary(named)
    sentences = list(found.sentences(named.words))
    tallies = {"channels": found.by_channel(), "brands": found.by_brand()}
    if form == "json":
        told = {
            "sentences": sentences,
            "tickets": found.tickets,
            "outcomes": {outcome.value: n for outcome, n in found.by_outcome().items()},
            **{name: [asdict(tally) for tally in rows] for name, rows in tallies.items()},
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(sentences))
    for name, rows in tallies.items():
        for tally in rows:
            click.echo(
                f"{name[:-1]:8} {tally.name:20} {tally.total:6} came in, {tally.gone} gone, "
                f"{tally.remaining} remaining, {tally.review} to review"
            )


def _print(rows: list[Row], total: int) -> None:
    for each in rows:
        told = {name: str(each[name]) for name in _TEXT}
        number = f"{told['brand']} ···· {told['last4']}" if told["last4"] else "not read"
        click.echo(
            f"{told['came_in'][:16].replace('T', ' ')}  #{told['ticket']:8} {told['place']:10} {number:24} "
            f"{told['outcome']:11} {told['signed_off_by'] or '-':16} {told['entry']}"
        )
    click.echo(f"{len(rows):,} of {total:,} entries." if rows else "Nothing in the log fits this.")
