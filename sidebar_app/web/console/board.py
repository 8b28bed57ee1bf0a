"""Which parts there are, and who sees which."""

from collections.abc import Mapping

from sidebar_app.ports.store import Transaction
from sidebar_app.web.access import parts
from sidebar_app.web.console import absence, allowlist, audit, people, queue, redactions
from sidebar_app.web.console.shapes import Asked, Part, PartView
from sidebar_app.web.problems import NoSuchPart, NotYourPart
from sidebar_app.workflow.identify import Colleague

PARTS: tuple[Part, ...] = (
    queue.PART,
    absence.PART,
    redactions.PART,
    allowlist.PART,
    audit.PART,
    people.PART,
)


def of(colleague: Colleague) -> tuple[Part, ...]:
    """The parts of a person, in their order; raises NotYourPart when there is none."""
    found = tuple(part for part in PARTS if part.roles & colleague.roles)
    if not found:
        raise NotYourPart("The console is for approvers, support leads and compliance.")
    return found


def one(name: str, colleague: Colleague) -> Part:
    """Raises NoSuchPart, NotYourPart."""
    part = next((part for part in PARTS if part.name == name), None)
    if part is None:
        raise NoSuchPart
    if not part.roles & colleague.roles:
        raise NotYourPart(f"“{part.title}” is not for your role.")
    return part


def draw(
    part: Part, tx: Transaction, colleague: Colleague, query: Mapping[str, str] | None = None
) -> PartView:
    """What the part shows to this person now."""
    asked = Asked(
        tx, colleague, parts().clock.now(), query or {}, parts().ticket_url, parts().allowing.keeps_digests
    )
    return PartView(part.name, part.title, part.view(asked))
