"""What an agent must not miss, worst first. Each alert is one thing, said once."""

from collections.abc import Callable, Iterable, Iterator

from sidebar_app.domain.billing import Invoice, Payment
from sidebar_app.domain.context import CardLeft, MaskedCard
from sidebar_app.domain.duplicates import Duplicate, possible_duplicates
from sidebar_app.domain.metrics import Standing, last_attempt, next_charge_at, payment_status
from sidebar_app.web.view.dates import ago, count, day
from sidebar_app.web.view.scene import Scene
from sidebar_app.web.view.shapes import Alert

_MOST_DUPLICATES = 3
_HINT = "Never ask for full numbers."


def alerts(scene: Scene) -> tuple[Alert, ...]:
    """Worst first; the order is that of `_MAKERS`."""
    return tuple(alert for make in _MAKERS for alert in make(scene))


def _billing_down(scene: Scene) -> Iterator[Alert]:
    context, oldest = scene.context, scene.oldest
    if context.problem:
        yield Alert("down", "bad", "Billing cannot be read.", context.problem)
    elif scene.all_failed:
        since = f"What you see is as it was {ago(oldest, scene.now)}. " if oldest else ""
        text = f"{since}Refunds and credits are refused until it answers again."
        yield Alert("down", "bad", f"{context.backend} does not answer.", text)


def _unknown(scene: Scene) -> Iterator[Alert]:
    context = scene.context
    if context.customer is None and not context.problem:
        who = context.requester_email or "this requester"
        yield Alert(
            "unknown",
            "info",
            "Not a billing customer.",
            f"{context.backend} knows nobody with {who}. Ask which address is on their invoices, "
            "and set it as the requester's.",
        )


def _ambiguous(scene: Scene) -> Iterator[Alert]:
    number = len(scene.context.candidates)
    if number > 1:
        yield Alert(
            "ambiguous",
            "warn",
            f"{number} customers share this address.",
            "Choose the one this ticket is about. Refunds and credits need a manager here.",
        )


def _payment_trouble(scene: Scene) -> Iterator[Alert]:
    """An expired card and a failed payment are one story."""
    method, failed = scene.method, _failed(scene)
    expired = method is not None and method.has_expired(scene.now.date())
    if expired and method:
        what = f"{method.label} ran out {_card_end(scene)}."
        yield Alert(
            "card", "bad", "Card expired.", f"{what} {_next_try(scene)}".strip(), *_update_link(scene)
        )
    elif failed:
        why = f"{_sentence(failed.failure)} " if failed.failure else ""
        text = f"{why}{_next_try(scene)}".strip()
        yield Alert("failed", "bad", f"Payment of {failed.amount} failed.", text, *_update_link(scene))
    elif method and (at := next_charge_at(scene.facts, now=scene.now)) and method.has_expired(at.date()):
        yield Alert(
            "card",
            "warn",
            "Card expires before the next charge.",
            f"{method.label} ends {_card_end(scene)}; the next charge is on {day(at, scene.now)}.",
            *_update_link(scene),
        )


def _failed(scene: Scene) -> Payment | None:
    """The latest attempt, if it failed and the money is still open."""
    if payment_status(scene.facts, now=scene.now).standing is not Standing.FAILED:
        return None
    return last_attempt(scene.facts)


def _card_end(scene: Scene) -> str:
    method = scene.method
    return f"in {method.exp_month:02d}/{method.exp_year}" if method and method.exp_month else ""


def _next_try(scene: Scene) -> str:
    """ "Tried 2 times, next try 14 Jan."."""
    open_ones = [i for i in scene.facts.open_invoices if i.attempts]
    if not open_ones:
        return ""
    invoice: Invoice = open_ones[0]
    times = {1: "once", 2: "twice"}.get(invoice.attempts, count(invoice.attempts, "time"))
    again = invoice.next_attempt_at
    follows = f"next try {day(again, scene.now)}" if again else "no further try is planned"
    return f"Tried {times}, {follows}."


def _update_link(scene: Scene) -> tuple[str, str]:
    """The action that sends the customer a link for a new card, if this person may."""
    for offer in scene.context.offers:
        if offer.action == "update_payment_method":
            return offer.action, "Send update link"
    return "", ""


def _duplicates(scene: Scene) -> Iterator[Alert]:
    for found in possible_duplicates(scene.facts, now=scene.now)[:_MOST_DUPLICATES]:
        refund = any(o.action == "refund" for o in scene.context.offers) and not found.second.disputed
        yield Alert(
            f"duplicate-{found.second.id}",
            "warn",
            "Charged twice?",
            _evidence(found),
            "refund" if refund else "",
            "Refund the second one…" if refund else "",
            found.second.id if refund else "",
        )


def _evidence(found: Duplicate) -> str:
    seconds = int((found.second.created_at - found.first.created_at).total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    apart = "within a minute"
    if hours >= 48:
        apart = f"{hours // 24} days apart"
    elif hours >= 1:
        apart = f"{count(hours, 'hour')} apart"
    elif minutes >= 1:
        apart = f"{count(minutes, 'minute')} apart"
    if found.invoice:
        same = f"same invoice {found.invoice.number}"
    else:
        same = "same card" if found.first.method == found.second.method else "no invoice of its own"
    return f"Two payments of {found.second.amount}, {apart}, {same}."


def _disputes(scene: Scene) -> Iterator[Alert]:
    items = scene.facts.payments.items if scene.facts.payments else ()
    for payment in [p for p in items if p.disputed and (scene.now - p.created_at).days < 365]:
        yield Alert(
            f"dispute-{payment.id}",
            "warn",
            "Disputed at the bank.",
            f"{payment.amount} of {day(payment.created_at, scene.now)} cannot be refunded meanwhile: "
            "the customer could be paid twice.",
        )


def _masked_cards(scene: Scene) -> Iterator[Alert]:
    cards = [card for card in scene.context.masked_cards if not card.file]
    if cards:
        title = "Card number masked" if len(cards) == 1 else f"{len(cards)} card numbers masked"
        where = "in the chat of this ticket" if all(card.in_chat for card in cards) else "in this ticket"
        text = f"{where} ({_numbers(cards)}). {_HINT}"
        url = scene.context.training_url
        yield Alert(
            "masked", "warn", title, text, link=url, link_label="How to handle card data" if url else ""
        )


def _cards_left(scene: Scene) -> Iterator[Alert]:
    left = [card for card in scene.context.cards_left if not card.in_doubt]
    if left:
        title = (
            "A card number is still here" if len(left) == 1 else f"{len(left)} card numbers are still here"
        )
        text = (
            f"({_numbers(left)}). It could not be removed; security knows. Do not copy it, do not quote it."
        )
        yield Alert("card-left", "bad", title, text)
    doubtful = [card for card in scene.context.cards_left if card.in_doubt]
    if doubtful:
        text = f"({_numbers(doubtful)}). Nothing was changed; compliance has a look. Do not copy it."
        yield Alert("card-review", "info", "Perhaps a card number", text)


def _removed_files(scene: Scene) -> Iterator[Alert]:
    cards = [card for card in scene.context.masked_cards if card.file]
    names = list(dict.fromkeys(f"“{card.file}”" for card in cards))
    if names:
        title = "File removed" if len(names) == 1 else f"{len(names)} files removed"
        held = "a card number" if len(cards) == 1 else "card numbers"
        text = f"{', '.join(names)} held {held} ({_numbers(cards)}). Ask for it without card numbers."
        yield Alert("file-removed", "warn", title, text)


def _numbers(cards: Iterable[MaskedCard | CardLeft]) -> str:
    return ", ".join(dict.fromkeys(f"{card.brand} ···· {card.last4}" for card in cards))


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


_MAKERS: tuple[Callable[[Scene], Iterator[Alert]], ...] = (
    _billing_down,
    _unknown,
    _ambiguous,
    _payment_trouble,
    _duplicates,
    _disputes,
    _cards_left,
    _masked_cards,
    _removed_files,
)
