"""`sidebar-app policy`: read, check, ask, explain, compare and test the permission table."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

import click

from sidebar_app.adapters.system import SystemClock
from sidebar_app.permissions import Policy, PolicyFaults, decide, load_policy
from sidebar_app.permissions.wire import (
    UnreadableQuestion,
    decision_line,
    error_line,
    parse_line,
    read_question,
)

# Longer than any question; a line without an end must not fill the memory.
_LONGEST_LINE = 65_536
_FILE = click.Path(dir_okay=False, path_type=Path)
_PACKAGE = "sidebar_app.permissions"
_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _with_policy(command: _Command) -> _Command:
    return click.option(
        "--policy",
        "policy_file",
        type=_FILE,
        envvar="POLICY_FILE",
        help="The policy file; unset: POLICY_FILE, else the one that is shipped.",
    )(command)


def _with_today(command: _Command) -> _Command:
    return click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        help="The date on which the reference rates are judged; unset: today.",
    )(command)


@click.group()
def policy() -> None:
    """The permission table: who may do what, up to which measure, and who approves the rest."""


@policy.command()
@_with_policy
@click.option(
    "--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True
)
def show(policy_file: Path | None, form: str) -> None:
    """Print the table, roles as columns."""
    from sidebar_app.permissions.show import as_json, as_markdown, as_text

    render = {"text": as_text, "md": as_markdown, "json": as_json}[form]
    click.echo(render(_load(policy_file)).rstrip("\n"))


@policy.command()
@click.argument("file", type=_FILE, required=False)
@_with_policy
def check(file: Path | None, policy_file: Path | None) -> None:
    """Check a policy FILE; every fault with its line. Exit status 1 if there is one."""
    path = file or policy_file
    found = _load(path)
    name = path or "the shipped policy"
    click.echo(f"{name}: fine, {len(found.book.rules)} rules, version {found.version}")


@policy.command("decide")
@click.argument("file", type=click.File("rb"), default="-")
@_with_policy
@_with_today
def decide_(file: BinaryIO, policy_file: Path | None, today: datetime | None) -> None:
    """Answer questions: JSON lines from FILE or standard input, JSON lines out, in the same order.

    A line that cannot be read is answered with its error, and the exit status is then 1.
    """
    loaded, on = _load(policy_file), _date(today)
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


@policy.command()
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
@click.option("--json", "as_json", is_flag=True)
@_with_policy
@_with_today
def explain(policy_file: Path | None, today: datetime | None, *, as_json: bool, **asked: Any) -> None:
    """Why the answer is what it is, and what would make it another."""
    from sidebar_app.permissions.explain import as_text
    from sidebar_app.permissions.explain import explain as explained

    try:
        question = read_question(_values(asked))
    except UnreadableQuestion as error:
        raise click.UsageError(str(error)) from None
    explanation = explained(_load(policy_file), question, today=_date(today))
    if as_json:
        click.echo(json.dumps(asdict(explanation), ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(explanation), nl=False)


def _values(asked: dict[str, Any]) -> dict[str, Any]:
    """The options as a question line has them: what was not said stays out."""
    outer = ("role", "action", "amount", "currency", "percent", "days")
    said = {key: value for key, value in asked.items() if value is not None and value is not False}
    context = {key: value for key, value in said.items() if key not in outer}
    return {**{key: said[key] for key in outer if key in said}, "context": context}


@policy.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE, required=False)
@_with_policy
def diff(old: Path, new: Path | None, policy_file: Path | None) -> None:
    """What changes between the policies OLD and NEW, in words; NEW unset: the one in force."""
    from sidebar_app.permissions.diff import differences

    sentences = differences(_load(old), _load(new or policy_file))
    click.echo("\n".join(sentences) or "Both say the same.")


@policy.command()
@click.argument("file", type=_FILE)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Requests from this day on; unset: all that are recorded.",
)
def simulate(file: Path, since: datetime | None) -> None:
    """What the policy FILE would have answered to the requests that were really made."""
    from sidebar_app.adapters.store import SqlStore
    from sidebar_app.commands.environment import environment
    from sidebar_app.ports.store import StoreUnavailable
    from sidebar_app.settings import database_url
    from sidebar_app.workflow.simulate import simulate as replay

    store = SqlStore(database_url(environment()))
    begin = (since or _FIRST_DAY).replace(tzinfo=UTC)
    try:
        with store.reading() as tx:
            found = replay(tx.requests.asked_since(begin), _load(file))
    except StoreUnavailable as error:
        raise click.ClickException(f"The database cannot be read: {error}") from None
    finally:
        store.close()
    click.echo("\n".join(found.sentences()))


@policy.command("test")
@click.argument("file", type=_FILE, required=False)
@_with_policy
def test_(file: Path | None, policy_file: Path | None) -> None:
    """Ask the golden cases of FILE, or those that are shipped. Exit status 1 if an answer differs."""
    from sidebar_app.permissions.cases import run_cases

    loaded = _load(policy_file)
    try:
        report = run_cases(loaded, _text(file, "cases.toml"))
    except PolicyFaults as faults:
        _refuse(file or Path("cases.toml"), faults)
    for failure in report.failures:
        click.echo(failure)
    if report.unused:
        click.echo(f"No case is answered by: {', '.join(report.unused)}.")
    click.echo(f"{report.passed} passed, {len(report.failures)} failed")
    if report.failures:
        raise click.exceptions.Exit(1)


def _load(path: Path | None) -> Policy:
    text = _text(path, "policy.toml")
    try:
        return load_policy(text)
    except PolicyFaults as faults:
        _refuse(path or Path("policy.toml"), faults)


def _refuse(path: Path, faults: PolicyFaults) -> NoReturn:
    for fault in faults.faults:
        click.echo(f"{path}:{fault.line}: {fault.sentence}", err=True)
    count = len(faults.faults)
    click.echo(f"{count} fault{'s' * (count != 1)}", err=True)
    raise click.exceptions.Exit(1)


def _text(path: Path | None, shipped: str) -> str:
    try:
        if path is None:
            return files(_PACKAGE).joinpath(shipped).read_text(encoding="utf-8")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: not UTF-8 text (byte {error.start})") from None


def _date(today: datetime | None) -> date:
    return (today or SystemClock().now()).date()
