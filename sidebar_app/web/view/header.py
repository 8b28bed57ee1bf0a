"""The head of the panel: who, which plan, how they stand, how old the facts are."""

from sidebar_app.domain.billing import Section, Subscription, SubscriptionItem
from sidebar_app.domain.metrics import PaymentStatus, Standing, failures, outstanding, payment_status
from sidebar_app.domain.money import Money
from sidebar_app.web.view.dates import ago, count, day, left
from sidebar_app.web.view.scene import Scene, amounts, safe_url
from sidebar_app.web.view.shapes import Choice, Header
from sidebar_app.web.view.words import DOTS, MATCHES

_EVERY = {"month": "a month", "year": "a year", "week": "a week", "day": "a day"}


def header(scene: Scene) -> Header:
    """Also for a requester whom billing does not know: then only their own name is said."""
    context, customer = scene.context, scene.context.customer
    if customer is None:
        return Header(context.requester_name or context.requester_email, context.requester_email)
    account, oldest = scene.facts.account, scene.oldest
    tone, status = _status(scene)
    plan = scene.main_subscription
    return Header(
        name=customer.name or customer.email or customer.id,
        email=customer.email,
        match=MATCHES[context.match],
        backend=context.backend,
        url=safe_url(account.url) if account else "",
        plan=plan_name(plan) if plan else "",
        terms=_terms(plan, scene) if plan else "",
        status=status,
        tone=tone,
        age=ago(oldest, scene.now) if oldest else "",
        read_at=oldest.isoformat() if oldest else "",
    )


def choices(scene: Scene) -> tuple[Choice, ...]:
    """Empty unless several customers share the address."""
    context = scene.context
    if len(context.candidates) < 2:
        return ()
    shown = context.customer.id if context.customer else ""
    return tuple(Choice(c.id, c.name or c.email or c.id, c.id, c.id == shown) for c in context.candidates)


def plan_name(subscription: Subscription) -> str:
    """The plan without its add-ons; the first add-on where there is nothing else."""
    items = plan_items(subscription)
    return " + ".join(item.name for item in items) or "Subscription"


def plan_items(subscription: Subscription) -> tuple[SubscriptionItem, ...]:
    return tuple(item for item in subscription.items if not item.is_addon) or subscription.items[:1]


def plan_price(subscription: Subscription) -> str:
    """ "$2,400.00 a month"; empty for metered plans and for mixed terms."""
    items = [item for item in plan_items(subscription) if item.quantity is not None]
    terms = {(item.price.currency, item.interval, item.interval_count) for item in items}
    if len(terms) != 1:
        return ""
    currency, interval, times = terms.pop()
    price = Money(sum(item.price.minor * (item.quantity or 0) for item in items), currency)
    return f"{price} {every(interval, times)}"


def every(interval: str, times: int = 1) -> str:
    """ "a month", "every 3 months"."""
    return _EVERY.get(interval, f"a {interval}") if times == 1 else f"every {times} {interval}s"


def renewal(subscription: Subscription, scene: Scene) -> str:
    """What happens at the end of the period, with its day."""
    now = scene.now
    if subscription.cancel_at:
        return f"ends {day(subscription.cancel_at, now)}"
    if subscription.status == "trialing" and subscription.trial_end:
        return f"trial ends {day(subscription.trial_end, now)}"
    if subscription.status == "paused":
        return "paused"
    return f"renews {day(subscription.period_end, now)}" if subscription.period_end else ""


def _terms(subscription: Subscription, scene: Scene) -> str:
    return DOTS.join(part for part in (plan_price(subscription), renewal(subscription, scene)) if part)


def _status(scene: Scene) -> tuple[str, str]:
    """(tone, sentence) of the payment status."""
    found = payment_status(scene.facts, now=scene.now)
    match found.standing:
        case Standing.FAILED:
            return "bad", f"Payment failed {_since(found, scene)}"
        case Standing.OVERDUE:
            return "bad", _with_amount("Overdue", "overdue", found, scene)
        case Standing.OWING:
            return "warn", _with_amount("Payment open", "open", found, scene)
        case Standing.PAUSED:
            return "warn", "Subscription is paused"
        case Standing.TRIAL:
            return "info", f"On trial, ends {left(found.since, scene.now)}" if found.since else "On trial"
        case Standing.NO_SUBSCRIPTION:
            return "mute", "No running subscription"
        case Standing.PAID_UP:
            return _paid_up(scene)
    unread = "payments" if scene.missing(Section.PAYMENTS) else "invoices"
    return "mute", f"Payment status unknown: {unread} could not be read"


def _paid_up(scene: Scene) -> tuple[str, str]:
    number = failures(scene.facts.payments, now=scene.now) if scene.facts.payments else 0
    return "good", f"Paid up, {count(number, 'failure') if number else 'no failures'} in 12 months"


def _with_amount(plain: str, word: str, found: PaymentStatus, scene: Scene) -> str:
    owed = amounts(outstanding(scene.facts))
    if not owed:
        return plain
    return f"{owed} {word} since {day(found.since, scene.now)}" if found.since else f"{owed} {word}"


def _since(found: PaymentStatus, scene: Scene) -> str:
    return ago(found.since, scene.now) if found.since else "lately"
