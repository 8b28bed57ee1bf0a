"""What the customer has subscribed to, since when, until when, how much of it they use."""

from sidebar_app.domain.billing import Section, Subscription, SubscriptionItem
from sidebar_app.domain.metrics import monthly_price, months_since, seats
from sidebar_app.domain.money import Money
from sidebar_app.web.view.dates import count, full_day, months
from sidebar_app.web.view.header import every, plan_name, plan_price, renewal
from sidebar_app.web.view.scene import Scene, brief
from sidebar_app.web.view.shapes import SectionView, Term
from sidebar_app.web.view.words import DOTS, SUBSCRIPTION_STATES

_CONTRACTS = {1: "monthly", 12: "annual", 24: "two years", 36: "three years"}


def subscription(scene: Scene) -> SectionView:
    """The main subscription in detail, the others by name and price."""
    main = scene.main_subscription
    return SectionView(
        key="subscription",
        title="Subscription",
        summary=_summary(scene),
        is_open=True,
        problem=scene.problem(Section.SUBSCRIPTIONS),
        terms=_terms(main, scene) if main else (),
    )


def _summary(scene: Scene) -> str:
    if scene.facts.subscriptions is None:
        return "not read"
    main = scene.main_subscription
    if main is None:
        return "none running"
    counted = seats(scene.facts.running)
    if counted is None:
        return SUBSCRIPTION_STATES.get(main.status, main.status)
    used = f"{counted.used} of " if counted.used is not None else ""
    return f"{used}{count(counted.total, 'seat')}"


def _terms(main: Subscription, scene: Scene) -> tuple[Term, ...]:
    found = [Term("Since", (_since(main, scene),))]
    if main.status != "active":
        found.append(Term("State", (SUBSCRIPTION_STATES.get(main.status, main.status),)))
    if contract := _contract(main, scene):
        found.append(Term("Contract", (contract,)))
    if seat := _seats(scene):
        found.append(seat)
    addons = [item for s in scene.facts.running for item in s.items if item.is_addon]
    if addons:
        found.append(_addons(addons))
    if others := _others(main, scene):
        found.append(Term("Also", others))
    return tuple(found)


def _since(main: Subscription, scene: Scene) -> str:
    return f"{full_day(main.started_at)} ({months(months_since(main.started_at, scene.now))})"


def _contract(main: Subscription, scene: Scene) -> str:
    """ "annual, ends 15 Mar 2026, renews by itself"."""
    parts = []
    if main.contract_months:
        parts.append(_CONTRACTS.get(main.contract_months, f"{main.contract_months} months"))
    if main.cancel_at:
        parts.append(f"ends {full_day(main.cancel_at)}, cancelled")
    elif main.contract_end:
        verb = "ended" if main.contract_end < scene.now.date() else "ends"
        parts.append(f"{verb} {full_day(main.contract_end)}")
    if main.auto_renews is not None and not main.cancel_at:
        parts.append("renews by itself" if main.auto_renews else "does not renew by itself")
    return ", ".join(parts)


def _seats(scene: Scene) -> Term | None:
    counted = seats(scene.facts.running)
    if counted is None:
        return None
    if counted.percent is None:
        return Term("Seats", (str(counted.total),))
    return Term(
        "Seats", (f"{counted.used} of {counted.total} ({counted.percent} %)",), percent=counted.percent
    )


def _addons(items: list[SubscriptionItem]) -> Term:
    """With the terms said once where all share them."""
    priced = [(item.name, *_price(item)) for item in items]
    terms = {term for *_, term in priced}
    if len(terms) == 1:
        return Term("Add-ons", pairs=tuple((name, price) for name, price, _ in priced), note=terms.pop())
    return Term("Add-ons", pairs=tuple((name, f"{price} {term}".strip()) for name, price, term in priced))


def _price(item: SubscriptionItem) -> tuple[str, str]:
    """(price, terms), by the month where that is a whole amount, so that it compares with the plan."""
    if item.quantity is None:
        return "by use", ""
    monthly = monthly_price(item)
    often = every(item.interval, item.interval_count)
    if (item.interval, item.interval_count) == ("month", 1) or monthly.denominator != 1:
        return brief(Money(item.price.minor * item.quantity, item.price.currency)), often
    billed = "yearly" if (item.interval, item.interval_count) == ("year", 1) else often
    return brief(Money(int(monthly), item.price.currency)), f"a month, billed {billed}"


def _others(main: Subscription, scene: Scene) -> tuple[str, ...]:
    """Further plans; a subscription of add-ons only is told by its add-ons."""
    found = [s for s in scene.facts.running if s.id != main.id and not all(i.is_addon for i in s.items)]
    return tuple(
        DOTS.join(part for part in (plan_name(s), plan_price(s), renewal(s, scene)) if part) for s in found
    )
