"""`sidebar-app policy decide | explain`"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from sidebar_app.adapters.system import SystemClock
from sidebar_app.commands.policy.files import day_of, load, with_policy, with_today
from sidebar_app.domain.decision import Decision
from sidebar_app.permissions import Policy, decide
from sidebar_app.permissions.wire import (
    UnreadableQuestion,
    decision_line,
    error_line,
    parse_line,
    read_question,
)

# Longer than any question; a line without an end must not fill the memory.
_LONGEST_LINE = 65_536


@click.command("decide")
@click.argument("file", type=click.File("rb"), default="-")
@with_policy
@with_today
def decide_(file: BinaryIO, policy_file: Path | None, today: datetime | None) -> None:
    """Answer questions: JSON lines from FILE or standard input, JSON lines out, in the same order.

    A line that cannot be read is answered with its error, and the exit status is then 1.
    """
    loaded, on = load(policy_file), day_of(today)
    write, flush = sys.stdout.buffer.write, sys.stdout.buffer.flush
    failed = False
    for line in _lines(file):
        answer, is_answered = _answer(loaded, line, on)
        failed = failed or not is_answered
        write(answer.encode() + b"\n")
        flush()  # who sends one question and waits gets its answer
    if failed:
        raise click.exceptions.Exit(1)


def _answer(loaded: Policy, line: bytes, on: date) -> tuple[str, bool]:
    try:
        if len(line) > _LONGEST_LINE:
            raise UnreadableQuestion("This line is longer than a question can be.")
        asked = parse_line(line)
    except UnreadableQuestion as error:
        return error_line(error), False
    return decision_line(asked, decide(loaded, asked.question, today=on)), True


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines that hold anything; of one that is too long, only its beginning."""
    while line := file.readline(_LONGEST_LINE + 1):
        rest = line
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE + 1)
        if line.strip():
            yield line


@click.command()
@click.option("--role", required=True)
@click.option("--action", required=True)
@click.option("--amount", help="In major units, such as 519.99.")
@click.option("--currency", default="USD", show_default=True)
@click.option("--percent")
@click.option("--days", type=int)
@click.option("--customer-requested", is_flag=True)
@click.option("--multi-year-contract", is_flag=True)
@click.option("--recent-credit-total", help="Credits of the last 30 days without this one.")
@click.option("--recent-refund-count", type=int, help="Refunds of the last 30 days without this one.")
@click.option("--customer-match", type=click.Choice(["verified", "email", "ambiguous"]))
@click.option(
    "--people/--no-people",
    default=None,
    help="Who can approve right now, from the database; unset: when there is one.",
)
@click.option("--json", "as_json", is_flag=True)
@with_policy
@with_today
def explain(
    policy_file: Path | None, today: datetime | None, *, people: bool | None, as_json: bool, **asked: Any
) -> None:
    """Why the answer is what it is, and what would make it another."""
    from sidebar_app.permissions.explain import as_text
    from sidebar_app.permissions.explain import explain as explained

    try:
        question = read_question(_values(asked))
    except UnreadableQuestion as error:
        raise click.UsageError(str(error)) from None
    explanation = explained(load(policy_file), question, today=day_of(today))
    approvers = _approvers(explanation.decision, wanted=people)
    if as_json:
        told = {**asdict(explanation), **({} if approvers is None else {"approvers": approvers})}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(as_text(explanation), nl=False)
    if approvers:
        click.echo("\nWho can approve now:\n" + "\n".join(f"  {line}" for line in approvers))


def _approvers(decision: Decision, *, wanted: bool | None) -> list[str] | None:
    """Who could decide each step; None when nobody wants to know, or there is no database and nobody insists."""
    from sidebar_app.commands.policy.records import records
    from sidebar_app.workflow.approvers import Roster
    from sidebar_app.workflow.why import sentences, who_could

    if wanted is False:
        return None
    try:
        with records() as tx:
            now = SystemClock().now()
            return list(sentences(who_could(Roster.at(tx, now), decision, requester=None)))
    except click.ClickException:
        if wanted:
            raise
        return None


def _values(asked: dict[str, Any]) -> dict[str, Any]:
    """The options as a question line has them: what was not said stays out."""
    outer = ("role", "action", "amount", "currency", "percent", "days")
    said = {key: value for key, value in asked.items() if value is not None and value is not False}
    context = {key: value for key, value in said.items() if key not in outer}
    return {**{key: said[key] for key in outer if key in said}, "context": context}
