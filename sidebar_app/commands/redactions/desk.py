"""What the commands share: the database, the filter's options, and who is at the keyboard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from sidebar_app.actions import InvalidParams
from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.system import SystemClock, TimeOrderedIds
from sidebar_app.commands.environment import environment
from sidebar_app.domain.log_filter import (
    ALL,
    LAST_30_DAYS,
    LAST_MONTH,
    THIS_MONTH,
    LogFilter,
    Period,
    ticket_number,
)
from sidebar_app.domain.people import COMPLIANCE_ROLES
from sidebar_app.domain.redaction_log import Outcome, Place
from sidebar_app.ports.store import StoreUnavailable
from sidebar_app.redaction import mask_free_text
from sidebar_app.settings import database_url

_DAY = click.DateTime(["%Y-%m-%d"])
_OPTIONS = (
    click.option("--period", type=click.Choice([THIS_MONTH, LAST_MONTH, LAST_30_DAYS, ALL]), help="When it came in."),
    click.option("--since", type=_DAY, help="Came in on this day (UTC) or later."),
    click.option("--until", type=_DAY, help="Came in on this day (UTC) or before."),
    click.option("--outcome", type=click.Choice([o.value for o in Outcome])),
    click.option("--place", type=click.Choice([p.value for p in Place])),
    click.option("--brand"),
    click.option("--channel", help='The helpdesk\'s word; "unknown" where it named none.'),
    click.option("--ticket", help="Its number."),
    click.option("--signed/--unsigned", default=None, help="Signed off by compliance, or not."),
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    store: SqlStore
    clock: SystemClock
    ids: TimeOrderedIds

    def actor(self, by: str) -> tuple[str, str]:
        """(id, name) of an active person of ours who may act for compliance, by id or e-mail address."""
        with self.store.reading() as tx:
            person = tx.people.get(by) or tx.people.by_email(by)
        if person is None or not person.active or not person.roles & COMPLIANCE_ROLES:
            raise click.UsageError(
                f"{by} is nobody with the role compliance or admin in the people file (give an id or e-mail address)."
            )
        return person.id, person.name


@contextmanager
def desk() -> Iterator[Desk]:
    """The configured database; what goes wrong ends the command with a sentence."""
    clock = SystemClock()
    store = SqlStore(database_url(environment()))
    try:
        yield Desk(store, clock, TimeOrderedIds(clock))
    except StoreUnavailable as error:
        raise click.ClickException(f"The database cannot be used: {error}") from None
    except InvalidParams as error:
        told = " ".join(sentence for sentences in error.errors.values() for sentence in sentences)
        raise click.ClickException(told) from None
    finally:
        store.close()


def filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options of the filter; `wanted` makes one of them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def wanted(given: dict[str, Any], *, clock: SystemClock) -> LogFilter:
    """Takes the filter's options out of `given`."""
    channel, outcome, place = (given.pop(name) for name in ("channel", "outcome", "place"))
    return LogFilter(
        period=_period(given.pop("period"), given.pop("since"), given.pop("until"), clock),
        outcome=Outcome(outcome) if outcome else None,
        place=Place(place) if place else None,
        brand=mask_free_text(given.pop("brand") or "") or None,
        channel="" if channel == "unknown" else mask_free_text(channel or "") or None,
        ticket_id=_ticket(given.pop("ticket")),
        signed=given.pop("signed"),
    )


def _ticket(text: str | None) -> int | None:
    try:
        return ticket_number(text) if text else None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _period(name: str | None, since: datetime | None, until: datetime | None, clock: SystemClock) -> Period:
    if name and (since or until):
        raise click.UsageError("Give either --period, or --since and --until.")
    if name:
        return Period.named(name, today=clock.now().date())
    try:
        return Period.between(since.date() if since else None, until.date() if until else None)
    except (ValueError, OverflowError):
        raise click.UsageError("--since must not be after --until.") from None
