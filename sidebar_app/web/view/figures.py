"""The three figures that an agent looks for first."""

from sidebar_app.domain.billing import Section, UpcomingInvoice
from sidebar_app.domain.metrics import outstanding
from sidebar_app.domain.money import Money
from sidebar_app.web.view.dates import count, day
from sidebar_app.web.view.scene import Scene, amounts
from sidebar_app.web.view.shapes import Figure
from sidebar_app.web.view.words import NOT_READ

_UNREAD = "not read"


def figures(scene: Scene) -> tuple[Figure, ...]:
    """Outstanding, the next invoice or try, credit; empty when there is no customer."""
    if scene.context.customer is None:
        return ()
    return (_outstanding(scene), _next(scene), _credit(scene))


def _outstanding(scene: Scene) -> Figure:
    if scene.missing(Section.INVOICES):
        return Figure("Outstanding", NOT_READ, _UNREAD)
    owed = outstanding(scene.facts)
    number = len(scene.facts.open_invoices)
    hint = count(number, "invoice") if number > 1 else ""
    return Figure("Outstanding", amounts(owed, none=str(_zero(scene))), hint, "bad" if owed else "")


def _next(scene: Scene) -> Figure:
    tries = [i.next_attempt_at for i in scene.facts.open_invoices if i.next_attempt_at]
    if tries:
        return Figure("Next try", day(min(tries), scene.now))
    if scene.missing(Section.UPCOMING):
        return Figure("Next invoice", NOT_READ, _UNREAD)
    coming = scene.facts.upcoming.items if scene.facts.upcoming else ()
    first: UpcomingInvoice | None = min(coming, key=lambda u: u.at, default=None)
    if first is None:
        return Figure("Next invoice", "none")
    return Figure("Next invoice", str(first.amount), day(first.at, scene.now))


def _credit(scene: Scene) -> Figure:
    account = scene.facts.account
    if account is None:
        return Figure("Credit", NOT_READ, _UNREAD)
    if account.credit is not None and account.credit.minor < 0:
        return Figure("Owes", str(-account.credit), "next invoice")
    return Figure("Credit", str(account.credit if account.credit is not None else _zero(scene)))


def _zero(scene: Scene) -> Money:
    account = scene.facts.account
    return Money.zero((account.currency if account else None) or "USD")
