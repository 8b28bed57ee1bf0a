"""The actions this person may ask for, as buttons and forms."""

from collections.abc import Callable

from sidebar_app.actions.params import NOTE_MAX_CHARACTERS, REASONS
from sidebar_app.domain.billing import Payment, Section
from sidebar_app.domain.context import Offer
from sidebar_app.domain.decision import Verdict
from sidebar_app.domain.money import MINOR_DIGITS, Money
from sidebar_app.web.view.dates import day
from sidebar_app.web.view.scene import Scene
from sidebar_app.web.view.shapes import Button, Field, Form, Option
from sidebar_app.web.view.words import DOTS, action_label

_SHOWN = 3
_MOST_PAYMENTS = 36


def buttons(scene: Scene) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """The first three, and those that wait under "More actions"."""
    found = tuple(_button(offer) for offer in _permitted(scene))
    return found[:_SHOWN], found[_SHOWN:]


def forms(scene: Scene) -> tuple[Form, ...]:
    """One form for each button."""
    return tuple(_FORMS.get(offer.action, _plain)(scene, offer.action) for offer in _permitted(scene))


def _permitted(scene: Scene) -> tuple[Offer, ...]:
    if scene.context.customer is None:
        return ()
    return tuple(o for o in scene.context.offers if o.decision.verdict is not Verdict.DENY)


def _button(offer: Offer) -> Button:
    return Button(offer.action, f"{action_label(offer.action)}…", _terms(offer))


def _terms(offer: Offer) -> str:
    """What will happen when it is asked for, before anybody clicks."""
    if offer.decision.verdict is Verdict.ALLOW:
        return f"up to {offer.at_once_up_to} at once" if offer.at_once_up_to is not None else "runs at once"
    several = len(offer.decision.steps) > 1 or any(step.quorum > 1 for step in offer.decision.steps)
    return f"{offer.decision.approvers} {'approve' if several else 'approves'}"


def _refund(scene: Scene, action: str) -> Form:
    """Every payment that can still be given back, newest first."""
    items = scene.facts.payments.items if scene.facts.payments else ()
    able = sorted((p for p in items if _is_refundable(p)), key=lambda p: p.created_at, reverse=True)
    if not able:
        return _blocked(scene, action, _no_payment(scene))
    options = tuple(_payment_option(p, scene) for p in able[:_MOST_PAYMENTS])
    first = options[0]
    fields = (
        Field("payment", "choice", "Payment", options=options, required=True),
        Field("amount", "amount", "Amount", first.hint, currency=first.currency, digits=first.digits),
        *_why(),
    )
    return Form(action, action_label(action), "Refund", fields, _customer_seen(scene))


def _is_refundable(payment: Payment) -> bool:
    return payment.amount.currency in MINOR_DIGITS and payment.refundable.minor > 0 and not payment.disputed


def _no_payment(scene: Scene) -> str:
    if scene.missing(Section.PAYMENTS):
        return "The payments could not be read, so none can be refunded now. Try again in a minute."
    return "No payment can be refunded: each has failed, is disputed, or was given back already."


def _payment_option(payment: Payment, scene: Scene) -> Option:
    rest = payment.refundable
    method = payment.method.label if payment.method else ""
    parts = [day(payment.created_at, scene.now), str(payment.amount), method]
    if rest != payment.amount:
        parts.append(f"{rest} left")
    return Option(
        value=payment.id,
        label=DOTS.join(part for part in parts if part),
        hint=f"{rest} can still be refunded. Leave empty for all of it.",
        seen={"refundable": rest.decimal, "currency": rest.currency},
        currency=rest.currency,
        digits=MINOR_DIGITS[rest.currency],
        limit=rest.decimal,
        to=f"to {method}" if method else "",
    )


def _credit(scene: Scene, action: str) -> Form:
    account = scene.facts.account
    if account is None:
        return _blocked(
            scene,
            action,
            "The balance could not be read, so no credit can be given now. Try again in a minute.",
        )
    currency = account.currency or _billed_currency(scene)
    if currency not in MINOR_DIGITS:
        return _blocked(scene, action, f"{currency} is not a currency this service can move money in.")
    balance = account.credit if account.credit is not None else Money.zero(currency)
    hint = f"The balance is {balance}. A credit is taken off the next invoice."
    fields = (
        Field(
            "amount",
            "amount",
            "Amount",
            hint,
            required=True,
            currency=currency,
            digits=MINOR_DIGITS[currency],
        ),
        Field("currency", "fixed", value=currency),
        *_why(),
    )
    seen = {**_customer_seen(scene), "credit": balance.decimal, "currency": balance.currency}
    return Form(action, action_label(action), "Credit", fields, seen)


def _billed_currency(scene: Scene) -> str:
    """Of somebody who was never billed: what their subscription costs."""
    items = [item for s in scene.facts.running for item in s.items]
    return items[0].price.currency if items else "USD"


def _why() -> tuple[Field, ...]:
    reasons = tuple(Option(value, words.capitalize()) for value, words in REASONS.items())
    return (
        Field(
            "reason",
            "choice",
            "Reason",
            options=(Option("", "Choose…"), *reasons),
            required=True,
            preview="other",
        ),
        Field(
            "note",
            "text",
            "Note",
            "For whoever approves, and for the log.",
            longest=NOTE_MAX_CHARACTERS,
        ),
    )


def _plain(scene: Scene, action: str) -> Form:
    """An action that asks for nothing: the verdict and a confirmation."""
    return Form(action, action_label(action), action_label(action), (), _customer_seen(scene))


def _blocked(scene: Scene, action: str, why: str) -> Form:
    return Form(action, action_label(action), action_label(action), (), _customer_seen(scene), why)


def _customer_seen(scene: Scene) -> dict[str, str]:
    customer = scene.context.customer
    return {"customer": customer.id} if customer else {}


_FORMS: dict[str, Callable[[Scene, str], Form]] = {"refund": _refund, "credit": _credit}
