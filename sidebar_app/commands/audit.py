"""`sidebar-app audit verify` and `sidebar-app audit export`"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from sidebar_app.adapters.checkpoints import CheckpointFile, signing_key
from sidebar_app.adapters.store import SqlStore
from sidebar_app.audit.chain import Broken, Verified
from sidebar_app.audit.checkpoint import Checkpoint, Rewritten, Truncated, verify_against
from sidebar_app.audit.note import BadKey, BadNote, VerifierKey
from sidebar_app.commands.environment import environment
from sidebar_app.domain.audit import Entry
from sidebar_app.ports.store import StoreUnavailable
from sidebar_app.settings import audit_files, database_url

_CANNOT_TELL = 2
_COLUMNS = ("seq", "at", "actor", "actor_name", "event", "subject", "ticket_id", "details", "hash")


@click.group()
def audit() -> None:
    """Verify or export the audit log."""


@audit.command()
@click.option(
    "--pubkey", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Verifier key file."
)
@click.option(
    "--checkpoints", type=click.Path(dir_okay=False, path_type=Path), help="File of signed checkpoints."
)
def verify(pubkey: Path | None, checkpoints: Path | None) -> None:
    """Check the whole chain and every signed checkpoint.

    Exit 0: verified. 1: tampered, with the first bad sequence number. 2: it could not be checked.
    """
    key_file, checkpoint_file = audit_files(environment())
    try:
        key = _verifier(pubkey, key_file)
        signed = CheckpointFile(checkpoints or checkpoint_file).read(key) if key else []
    except (BadKey, BadNote) as error:
        click.echo(f"The checkpoints cannot be used: {error}.", err=True)
        sys.exit(1 if isinstance(error, BadNote) else _CANNOT_TELL)
    with _entries() as entries:
        _report(verify_against(entries, signed), signed)


@audit.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=False), default="-")
def export(form: str, output: TextIO) -> None:
    """Write every entry, oldest first."""
    with _entries() as entries:
        rows = (_row(entry) for entry in entries)
        if form == "csv":
            writer = csv.DictWriter(output, _COLUMNS)
            writer.writeheader()
            writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
        else:
            for row in rows:
                output.write(json.dumps(row, ensure_ascii=False) + "\n")


class _entries:  # noqa: N801 -- used as a context manager only
    """The entries of the configured database; ends the program when it cannot be read."""

    def __enter__(self) -> Iterator[Entry]:
        self._store = SqlStore(database_url(environment()))
        self._reading = self._store.reading()
        try:
            return self._reading.__enter__().audit.entries()
        except StoreUnavailable as error:
            click.echo(f"The database cannot be read: {error}", err=True)
            sys.exit(_CANNOT_TELL)

    def __exit__(self, *error: Any) -> None:
        self._reading.__exit__(*error)
        self._store.close()


def _verifier(pubkey: Path | None, key_file: Path) -> VerifierKey | None:
    if pubkey:
        return VerifierKey.parse(pubkey.read_text())
    return signing_key(key_file).verifier if key_file.exists() else None


def _report(found: Verified | Broken | Truncated | Rewritten, signed: list[Checkpoint]) -> None:
    match found:
        case Verified():
            newer = found.size - max((c.size for c in signed), default=0)
            click.echo(f"entries      {found.size}")
            click.echo(f"head         {found.head}")
            click.echo(
                f"checkpoints  {len(signed)} signed, all hold; {newer} entries are newer than the last"
            )
            if not signed:
                click.echo("             none is signed yet: a cut-off tail would not show")
            click.echo("VERIFIED")
        case Broken():
            _tampered(
                found.first_bad_seq, f"{found.kind.value}: expected {found.expected}, found {found.actual}"
            )
        case Truncated():
            _tampered(
                found.size + 1, f"cut off: {found.signed_size} entries were signed, {found.size} are left"
            )
        case Rewritten():
            _tampered(
                found.last_good_size + 1,
                f"rewritten: the history signed at {found.signed_size} entries was another one",
            )


def _tampered(first_bad_seq: int, why: str) -> None:
    click.echo(f"TAMPERED at sequence number {first_bad_seq} ({why})")
    sys.exit(1)


def _row(entry: Entry) -> dict[str, Any]:
    told = json.loads(entry.canonical)
    return {"seq": entry.seq, **{name: told.get(name) for name in _COLUMNS[1:-1]}, "hash": entry.hash}


def _cell(value: Any) -> Any:
    """Spreadsheets run cells that look like formulas: those get an apostrophe."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else text
