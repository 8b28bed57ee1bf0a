"""What the parts of the console show: plain values that the templates draw and the API sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidebar_app.domain.people import Role
from sidebar_app.ports.store import Transaction
from sidebar_app.workflow.identify import Colleague


class View(Protocol):
    """A frozen dataclass of JSON types. `badge` stands beside the title: how many wait, or nothing."""

    @property
    def badge(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cell:
    """`url` makes it a link, `tone` (good · warn · bad · muted) colours it."""

    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TableView:
    """`empty` is said when there are no rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks at a part, when, and at what of it (`query`, as the browser sent it).

    `keeps_digests`: single numbers can be allowed, because there is a key.
    """

    tx: Transaction
    viewer: Colleague
    now: datetime
    query: Mapping[str, str]
    ticket_url: Callable[[int], str]
    keeps_digests: bool = False

    def ticket(self, ticket_id: int) -> Cell:
        """A link to the ticket in the helpdesk."""
        return Cell(f"#{ticket_id}", self.ticket_url(ticket_id))


@dataclass(frozen=True, slots=True)
class Part:
    """`name` stands in addresses and ids. `view` reads what the part shows; it may raise InvalidParams."""

    name: str
    title: str
    roles: frozenset[Role]
    view: Callable[[Asked], View]


@dataclass(frozen=True, slots=True)
class PartView:
    name: str
    title: str
    view: View
