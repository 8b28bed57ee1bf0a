"""Payments of the last six months, and what is still open."""

from datetime import datetime, timedelta

from sidebar_app.domain.billing import Invoice, Payment, Section
from sidebar_app.domain.metrics import failures, last_attempt
from sidebar_app.web.view.dates import day
from sidebar_app.web.view.scene import Scene, safe_url
from sidebar_app.web.view.shapes import Row, SectionView, Term
from sidebar_app.web.view.words import DOTS, PAYMENT_STATES

# Six months, and a few days so that the bill of the same day six months ago is there.
_HISTORY = timedelta(days=186)


def payments(scene: Scene) -> SectionView:
    """Newest first; open invoices stand among the payments."""
    recent = _recent(scene)
    invoice_of = _invoice_of(scene)
    lines = [(p.created_at, _payment(p, invoice_of.get(p.id), scene)) for p in recent]
    lines += [(i.created_at, _open_invoice(i, scene)) for i in scene.facts.open_invoices]
    lines.sort(key=lambda line: line[0], reverse=True)
    return SectionView(
        key="payments",
        title="Payments",
        summary=_summary(scene, recent),
        is_open=True,
        problem=scene.problem(Section.PAYMENTS, Section.INVOICES),
        rows=tuple(row for _, row in lines),
        terms=_terms(scene),
    )


def _recent(scene: Scene) -> list[Payment]:
    items = scene.facts.payments.items if scene.facts.payments else ()
    return [p for p in items if scene.now - p.created_at <= _HISTORY]


def _invoice_of(scene: Scene) -> dict[str, Invoice]:
    invoices = scene.facts.invoices.items if scene.facts.invoices else ()
    return {payment_id: invoice for invoice in invoices for payment_id in invoice.payment_ids}


def _payment(payment: Payment, invoice: Invoice | None, scene: Scene) -> Row:
    state, tone = PAYMENT_STATES.get(payment.status, (payment.status.replace("_", " "), "mute"))
    if payment.disputed:
        state, tone = "disputed", "warn"
    elif payment.refunded and payment.refunded >= payment.amount:
        state, tone = "refunded", "mute"
    elif payment.refunded:
        state, tone = f"{payment.refunded} refunded", "warn"
    return _row(payment.created_at, str(payment.amount), state, tone, invoice, scene)


def _open_invoice(invoice: Invoice, scene: Scene) -> Row:
    late = invoice.due_at is not None and invoice.due_at < scene.now
    state, tone = ("overdue", "bad") if late else ("open", "warn")
    return _row(invoice.created_at, str(invoice.remaining), state, tone, invoice, scene)


def _row(at: datetime, amount: str, state: str, tone: str, invoice: Invoice | None, scene: Scene) -> Row:
    reference, url = (invoice.number, safe_url(invoice.url)) if invoice else ("", "")
    return Row(day(at, scene.now), amount, state, tone, reference, url)


def _summary(scene: Scene, recent: list[Payment]) -> str:
    if scene.facts.payments is None:
        return "not read"
    counted = {
        "failed": sum(p.status == "failed" for p in recent),
        "open": len(scene.facts.open_invoices),
        "refunded": sum(bool(p.refunded) for p in recent),
        "disputed": sum(p.disputed for p in recent),
    }
    told = [f"{number} {word}" for word, number in counted.items() if number]
    if told:
        return DOTS.join(told[:2])
    if not recent:
        return "none in 6 months"
    older = len(scene.facts.payments.items) > len(recent)
    return "6 months, all paid" if older else f"{len(recent)} paid"


def _terms(scene: Scene) -> tuple[Term, ...]:
    if scene.facts.payments is None:
        return ()
    last = last_attempt(scene.facts)
    paid = max((p.created_at for p in scene.facts.payments.items if p.status == "succeeded"), default=None)
    number = failures(scene.facts.payments, now=scene.now)
    found = [
        Term("Last paid", (_last_paid(paid, last, scene),)),
        Term("Failures", (f"{number or 'none'} in 12 months",)),
    ]
    return tuple(found)


def _last_paid(paid: datetime | None, last: Payment | None, scene: Scene) -> str:
    if paid is None:
        return "never"
    method = last.method.label if last and last.method and last.created_at == paid else ""
    return f"{day(paid, scene.now)}{', ' + method if method else ''}"
