"""What the commands about people share: who acts, in which service, and how a moment is written."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from sidebar_app.adapters.people_file import PeopleFaults
from sidebar_app.commands.environment import load_policy_in_force, load_settings
from sidebar_app.ports.chat import ChatRefused, ChatUnavailable, ChatUncertain
from sidebar_app.ports.store import StoreUnavailable
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow.delegate import CannotDelegate, NoSuchPerson
from sidebar_app.workflow.link import CannotLink
from sidebar_app.workflow.personnel import NothingToChange

if TYPE_CHECKING:
    from sidebar_app.settings import Settings
    from sidebar_app.workflow.services import Services

_REFUSALS = (CannotDelegate, CannotLink, NoSuchPerson, NothingToChange)
_LONGEST_NAME = 64


def _actor(_context: click.Context, _option: click.Parameter, given: str | None) -> tuple[str, str]:
    """(id, name) for the audit log."""
    name = mask_free_text((given or getpass.getuser()).strip())[:_LONGEST_NAME]
    if not name:
        raise click.BadParameter("the name is empty")
    return f"operator:{name}"[:_LONGEST_NAME], name


acting = click.option(
    "--by",
    metavar="NAME",
    callback=_actor,
    help="Who does this, for the audit log. Unset: the user of the operating system.",
)


@contextmanager
def opened() -> Iterator[tuple["Settings", "Services"]]:
    """The running service's own database; refusals end the command with their sentence."""
    from sidebar_app import bootstrap

    settings = load_settings()
    try:
        with bootstrap.opened(settings, load_policy_in_force(settings)) as services:
            yield settings, services
    except PeopleFaults as faults:
        raise click.ClickException(
            "the people file is not taken over.\n" + "\n".join(faults.faults)
        ) from None
    except StoreUnavailable as error:
        raise click.ClickException(f"the database does not answer: {error}") from None
    except (ChatUnavailable, ChatUncertain, ChatRefused) as error:
        raise click.ClickException(f"{error}{_when(error)}") from None
    except _REFUSALS as refusal:
        raise click.ClickException(str(refusal)) from None


def _when(error: Exception) -> str:
    """When to try again, where the chat said it."""
    seconds = getattr(error, "retry_after_seconds", None)
    return f". Try again in {seconds:.0f} seconds; what was proposed stays." if seconds else ""


class Moment(click.ParamType[datetime]):
    """A day or a moment, UTC unless it says otherwise. A day alone is its first moment; with `whole_day` the first
    moment after it, so that "until Friday" includes Friday."""

    name = "moment"

    def __init__(self, *, whole_day: bool = False) -> None:
        self._whole_day = whole_day

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is no day (2026-12-24) or moment (2026-12-24T18:00).", param, ctx)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        is_day = len(value) <= len("2026-12-24")
        return moment.astimezone(UTC) + timedelta(days=int(is_day and self._whole_day))


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
