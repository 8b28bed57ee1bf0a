"""`sidebar-app redactions export | sign-off | allow | disallow | allowed`: each stands in the audit log."""

import json
from dataclasses import asdict, replace
from typing import Any, TextIO

import click

from sidebar_app.commands.redactions.desk import Desk, desk, filtered, wanted
from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.log_summary import LogSummary
from sidebar_app.domain.redaction_log import Allowance, AllowedAs
from sidebar_app.ports.helpdesk import HelpdeskRefused, HelpdeskUnavailable, NoSuchTicket
from sidebar_app.workflow.allow import Allowing, NoSuchAllowance, NoSuchEntry, NotReadable
from sidebar_app.workflow.log_export import FORMS, LogExport
from sidebar_app.workflow.sign_off import LogChanged, SignOffs

_by = click.option(
    "--by", required=True, help="Id or e-mail address of a person with the role compliance or admin."
)
_comment = click.option("--comment", required=True, help="Card numbers in it are masked.")


@click.command()
@filtered
@_by
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="csv", show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=False), default="-")
def export(by: str, form: str, output: TextIO, **given: Any) -> None:
    """Write every entry that fits, with all that is known about it."""
    with desk() as ours:
        named = wanted(given, clock=ours.clock)
        rows = LogExport(store=ours.store, clock=ours.clock).take(named, form=form, by=ours.actor(by))
        for line in FORMS[form](rows):
            output.write(line)


@click.command("sign-off")
@click.argument("entry", required=False)
@filtered
@_by
@_comment
@click.option("--yes", is_flag=True, help="Do not ask.")
def sign_off(entry: str | None, by: str, comment: str, yes: bool, **given: Any) -> None:  # noqa: FBT001
    """Sign off one ENTRY, or everything that fits the filter as it is now."""
    if entry and any(value is not None for value in given.values()):
        raise click.UsageError("Give either an ENTRY or a filter.")
    with desk() as ours:
        who = ours.actor(by)
        named = LogFilter(entry_id=entry) if entry else wanted(given, clock=ours.clock)
        frozen = replace(named, found_until=ours.clock.now())
        with ours.store.reading() as tx:
            found = tx.redaction_log.summary(frozen)
        click.echo(f"{found.total:,} entries: {_told(found)}.", err=True)
        if not yes:
            click.confirm(f"Sign off as {who[1]}?", abort=True, err=True)
        click.echo(f"{_signed(ours, frozen, found, who, comment):,} signed off.")


@click.command()
@click.option("--shape", help="The first 4 to 8 digits and # for each further one, e.g. 90011#########.")
@click.option("--label", help="The word right before such numbers, e.g. Bestellnummer.")
@click.option(
    "--number-of", help="The one number of this entry: read in the ticket again, kept as a keyed digest."
)
@click.option("--entry", default="", help="The finding that led to it.")
@click.option("--sure", is_flag=True, help="Although real cards of this shape would stay in tickets.")
@_by
@_comment
def allow(
    shape: str | None,
    label: str | None,
    number_of: str | None,
    entry: str,
    sure: bool,  # noqa: FBT001
    by: str,
    comment: str,
) -> None:
    """Leave numbers alone that look like cards and are none."""
    if sum(map(bool, (shape, label, number_of))) != 1:
        raise click.UsageError("Give one of --shape, --label and --number-of.")
    with desk() as ours:
        who = ours.actor(by)
        try:
            if number_of:
                made = _allowing(ours).allow_number(number_of, comment=comment, by=who)
            else:
                kind, value = (AllowedAs.SHAPE, shape) if shape else (AllowedAs.LABEL, label)
                made = _offline(ours).allow(
                    kind, value or "", comment=comment, by=who, entry_id=entry, is_sure=sure
                )
        except NoSuchEntry:
            raise click.ClickException("The redaction log has no such entry.") from None
        except NotReadable as error:
            raise click.ClickException(str(error)) from None
        except (HelpdeskUnavailable, HelpdeskRefused, NoSuchTicket):
            raise click.ClickException(
                "The helpdesk did not show the comment; nothing was allowed."
            ) from None
    click.echo(f"{made.id}: such numbers stay in tickets from now on.")


@click.command()
@click.argument("allowance")
@_by
def disallow(allowance: str, by: str) -> None:
    """Mask such numbers again; ALLOWANCE is an id of `allowed`."""
    with desk() as ours:
        try:
            _offline(ours).disallow(allowance, by=ours.actor(by))
        except NoSuchAllowance:
            raise click.ClickException(
                "Nothing of this id is allowed (any more); see `redactions allowed`."
            ) from None
    click.echo("Such numbers are masked again from now on.")


@click.command()
@click.option("--all", "with_removed", is_flag=True, help="Those that count no more too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def allowed(with_removed: bool, form: str) -> None:  # noqa: FBT001
    """What is left alone in tickets, by whom and why."""
    with desk() as ours, ours.store.reading() as tx:
        found = tx.allowances.all() if with_removed else tx.allowances.active()
    if form == "json":
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2, default=str))
        return
    click.echo(
        "\n".join(map(_line, found)) or "Nothing is allowed: every number that looks like a card is masked."
    )


def _signed(ours: Desk, frozen: LogFilter, found: LogSummary, who: tuple[str, str], comment: str) -> int:
    signing = SignOffs(store=ours.store, clock=ours.clock, ids=ours.ids)
    try:
        return signing.sign(frozen, seen=found.by_outcome(), by=who, comment=comment)
    except LogChanged as error:
        raise click.ClickException(str(error)) from None


def _told(found: LogSummary) -> str:
    named = (f"{n:,} {outcome.value.replace('_', ' ')}" for outcome, n in found.by_outcome().items() if n)
    return ", ".join(named) or "nothing fits"


def _allowing(ours: Desk) -> Allowing:
    """With the helpdesk and the key of digests, from the settings of the service."""
    from sidebar_app import bootstrap
    from sidebar_app.commands.environment import load_settings

    return bootstrap.allowing(load_settings(), ours.store)


def _offline(ours: Desk) -> Allowing:
    """Shapes and labels need neither helpdesk nor key."""
    return Allowing(store=ours.store, helpdesk=None, clock=ours.clock, ids=ours.ids, key=b"")


def _line(it: Allowance) -> str:
    until = f", removed by {it.removed_by_name} on {it.removed_at:%Y-%m-%d}" if it.removed_at else ""
    value = "one number (keyed digest)" if it.kind is AllowedAs.DIGEST else it.value
    return f"{it.id}  {it.kind.value:6} {value:28} by {it.added_by_name} on {it.added_at:%Y-%m-%d}{until}: {it.comment}"
