"""The account, its credits, and what the customer is worth."""

from datetime import datetime

from sidebar_app.domain.billing import Payment, Refund, Section
from sidebar_app.domain.churn import ChurnRisk, churn_risk
from sidebar_app.domain.metrics import arr, months_since, mrr, realized_revenue
from sidebar_app.domain.money import Money
from sidebar_app.web.view.dates import count, day, full_day, months
from sidebar_app.web.view.header import plan_name, plan_price, renewal
from sidebar_app.web.view.scene import Scene, amounts, brief
from sidebar_app.web.view.shapes import Row, SectionView, Term
from sidebar_app.web.view.words import DOTS, risk_reason

_NOT_READ = "not read"


def account(scene: Scene) -> SectionView:
    """Plan, cycle, renewal, how they pay, where bills go."""
    return SectionView(
        key="account",
        title="Account",
        summary=_pays_by(scene),
        problem=scene.problem(Section.ACCOUNT),
        terms=_account_terms(scene),
    )


def _pays_by(scene: Scene) -> str:
    if scene.facts.account is None:
        return _NOT_READ
    method = scene.method
    if method is None:
        return "no payment method"
    return f"{method.label}{', expired' if method.has_expired(scene.now.date()) else ''}"


def _account_terms(scene: Scene) -> tuple[Term, ...]:
    found, main, facts = [], scene.main_subscription, scene.facts.account
    if main:
        found.append(Term("Plan", tuple(p for p in (plan_name(main), plan_price(main)) if p)))
        if renewal(main, scene):
            found.append(Term("Renewal", (renewal(main, scene),)))
    if facts:
        found.append(Term("Pays by", (_method(scene),)))
        found.append(Term("Bills go to", (facts.email or "no address",)))
        if facts.address:
            found.append(Term("Address", facts.address))
        if facts.currency:
            found.append(Term("Currency", (facts.currency,)))
    return tuple(found)


def _method(scene: Scene) -> str:
    method = scene.method
    if method is None or not (method.exp_month and method.exp_year):
        return _pays_by(scene)
    verb = "expired" if method.has_expired(scene.now.date()) else "expires"
    return f"{method.label}, {verb} {method.exp_month:02d}/{method.exp_year}"


def credits_section(scene: Scene) -> SectionView:
    """Movements of the balance and refunds, newest first."""
    entries = scene.facts.credits.items if scene.facts.credits else ()
    payments = scene.facts.payments.items if scene.facts.payments else ()
    lines = [(e.created_at, _entry(e.amount, e.created_at, e.description, scene)) for e in entries]
    lines += [(r.created_at, _refund(p, r, scene)) for p in payments for r in p.refunds]
    lines.sort(key=lambda line: line[0], reverse=True)
    return SectionView(
        key="credits",
        title="Credits and refunds",
        summary=_credits_summary(scene, len(lines)),
        problem=scene.problem(Section.CREDITS),
        rows=tuple(row for _, row in lines),
    )


def _entry(amount: Money, at: datetime, description: str, scene: Scene) -> Row:
    sign, tone = ("+", "good") if amount.minor > 0 else ("", "mute")
    return Row(
        day(at, scene.now), f"{sign}{amount}", "credit" if amount.minor > 0 else "used", tone, description
    )


def _refund(payment: Payment, refund: Refund, scene: Scene) -> Row:
    state, tone = {"succeeded": ("refunded", "good"), "failed": ("refund failed", "bad")}.get(
        refund.status, (f"refund {refund.status.replace('_', ' ')}", "warn")
    )
    reference = refund.reason.replace("_", " ") or f"of {day(payment.created_at, scene.now)}"
    return Row(day(refund.created_at, scene.now), str(refund.amount), state, tone, reference)


def _credits_summary(scene: Scene, number: int) -> str:
    if scene.missing(Section.CREDITS):
        return _NOT_READ
    credit = scene.facts.account.credit if scene.facts.account else None
    if credit is not None and credit.minor > 0:
        return f"{credit} in hand"
    return count(number, "entry", "entries") if number else "none"


def lifetime(scene: Scene) -> SectionView:
    """Revenue, months, MRR, ARR, churn risk with its reasons."""
    facts = scene.facts
    risk = churn_risk(facts, now=scene.now)
    recurring = mrr(facts.subscriptions) if facts.subscriptions else ()
    short = " + ".join(brief(amount) for amount in recurring) or "none"
    return SectionView(
        key="lifetime",
        title="Lifetime value",
        summary=f"MRR {short if facts.subscriptions else _NOT_READ}{DOTS}risk {risk.level}",
        problem=scene.problem(Section.PAYMENTS, Section.SUBSCRIPTIONS, Section.ACCOUNT),
        terms=(*_worth(scene), _risk(risk)),
    )


def _worth(scene: Scene) -> tuple[Term, ...]:
    facts, found = scene.facts, []
    if facts.payments:
        revenue = realized_revenue(facts.payments)
        lead = "at least " if revenue.at_least else ""
        found.append(Term("Revenue", (f"{lead}{amounts(revenue.amounts, none='none yet')}",)))
    if facts.account:
        since = facts.account.since
        found.append(
            Term("Customer", (f"{months(months_since(since, scene.now))}, since {full_day(since)}",))
        )
    if facts.subscriptions:
        found.append(Term("MRR", (amounts(mrr(facts.subscriptions), none="none"),)))
        found.append(Term("ARR", (amounts(arr(facts.subscriptions), none="none"),)))
    return tuple(found)


def _risk(risk: ChurnRisk) -> Term:
    """The level, and what it is made of: an indicator, nobody's verdict."""
    reasons = [risk_reason(reason) for reason in risk.reasons] or ["nothing points to it"]
    lines = [f"{risk.level} ({risk.score} of 100)", *reasons]
    if not risk.complete:
        lines.append("some parts could not be read")
    return Term("Churn risk", tuple(lines))
