"""`sidebar-app policy show | check | diff | test`"""

from pathlib import Path

import click

from sidebar_app.commands.policy.files import FILE, load, loaded, refuse, text_of, with_policy
from sidebar_app.permissions import PolicyFaults
from sidebar_app.permissions.staffing import needed
from sidebar_app.permissions.vocabulary import listed, several


@click.command()
@with_policy
@click.option(
    "--version", help="One that was in force here, by the version a request or the audit log names."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "md", "json", "toml"]), default="text", show_default=True
)
def show(policy_file: Path | None, version: str | None, form: str) -> None:
    """Print the table, roles as columns; as `toml`, the file itself."""
    from sidebar_app.commands.policy.history import text_in_force
    from sidebar_app.permissions.show import as_json, as_markdown, as_text

    text = text_in_force(version) if version else text_of(policy_file, "policy.toml")
    if form == "toml":
        click.echo(text.rstrip("\n"))
        return
    render = {"text": as_text, "md": as_markdown, "json": as_json}[form]
    name = Path(f"version {version}") if version else policy_file or Path("policy.toml")
    click.echo(render(loaded(name, text)).rstrip("\n"))


@click.command()
@click.argument("file", type=FILE, required=False)
@with_policy
def check(file: Path | None, policy_file: Path | None) -> None:
    """Check a policy FILE; every fault with its line. Exit status 1 if there is one."""
    path = file or policy_file
    found = load(path)
    name = path or "the shipped policy"
    caps = f", {several(len(found.book.caps), 'cap')}" if found.book.caps else ""
    click.echo(f"{name}: fine, {len(found.book.rules)} rules{caps}, version {found.version}")
    click.echo(f"It needs people who approve: {listed(needed(found))}.")


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE, required=False)
@with_policy
def diff(old: Path, new: Path | None, policy_file: Path | None) -> None:
    """What changes between the policies OLD and NEW, in words; NEW unset: the one in force."""
    from sidebar_app.permissions.diff import differences

    sentences = differences(load(old), load(new or policy_file))
    click.echo("\n".join(sentences) or "Both say the same.")


@click.command("test")
@click.argument("file", type=FILE, required=False)
@with_policy
def test_(file: Path | None, policy_file: Path | None) -> None:
    """Ask the golden cases of FILE, or those that are shipped. Exit status 1 if an answer differs."""
    from sidebar_app.permissions.cases import run_cases

    policy = load(policy_file)
    try:
        report = run_cases(policy, text_of(file, "cases.toml"))
    except PolicyFaults as faults:
        refuse(file or Path("cases.toml"), faults)
    for failure in report.failures:
        click.echo(failure)
    if report.unused:
        click.echo(f"No case is answered by: {', '.join(report.unused)}.")
    click.echo(f"{report.passed} passed, {len(report.failures)} failed")
    if report.failures:
        raise click.exceptions.Exit(1)
