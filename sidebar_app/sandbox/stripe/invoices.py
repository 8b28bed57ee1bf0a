"""Invoices, their payments and credit notes."""

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.errors import ApiError, invalid
from sidebar_app.sandbox.stripe.params import Params
from sidebar_app.sandbox.stripe.store import Store, cut

STATUSES = ("draft", "open", "paid", "uncollectible", "void")


def list_invoices(store: Store, params: Params) -> Json:
    params.listing("collection_method", "created", "customer", "status", "subscription")
    params.choice("status", STATUSES)
    found = store.filtered("invoice", params, "collection_method", "customer", "status")
    if subscription := params.text("subscription"):
        found = [o for o in found if subscription_of(o) == subscription]
    return store.page(found, params, "/v1/invoices")


def subscription_of(invoice: Json) -> str | None:
    parent = invoice["parent"]
    return parent["subscription_details"]["subscription"] if parent else None


def get_invoice(store: Store, params: Params, id: str) -> Json:
    params.only()
    return store.get("invoice", id)


def list_lines(store: Store, params: Params, id: str) -> Json:
    params.listing()
    return cut(store.get("invoice", id)["lines"]["data"], params, f"/v1/invoices/{id}/lines")


def send_invoice(store: Store, params: Params, id: str) -> Json:
    """Says that it was sent; like Stripe's test mode it mails nothing."""
    params.only()
    invoice = store.get("invoice", id)
    if invoice["status"] in ("draft", "void"):
        raise ApiError(400, f"You can't send an invoice that is {invoice['status']}.")
    store.emit("invoice.sent", invoice)
    return invoice


def update_invoice(store: Store, params: Params, id: str) -> Json:
    params.only("auto_advance", "description", "due_date", "metadata")
    invoice = store.get("invoice", id)
    before = dict(invoice)
    if (advance := params.boolean("auto_advance")) is not None:
        invoice["auto_advance"] = advance
        if not advance:
            invoice["next_payment_attempt"] = None
    if "description" in params:
        invoice["description"] = params.text("description")
    if (due := params.integer("due_date")) is not None:
        invoice["due_date"] = due
    invoice["metadata"] = params.metadata(invoice["metadata"])
    store.save(invoice)
    store.emit("invoice.updated", invoice, {k: v for k, v in before.items() if invoice[k] != v})
    return invoice


def void_invoice(store: Store, params: Params, id: str) -> Json:
    return _closed(store, params, id, "void", "voided_at", "invoice.voided")


def mark_uncollectible(store: Store, params: Params, id: str) -> Json:
    stamp = "marked_uncollectible_at"
    return _closed(store, params, id, "uncollectible", stamp, "invoice.marked_uncollectible")


def _closed(store: Store, params: Params, id: str, status: str, stamp: str, event: str) -> Json:
    params.only()
    invoice = store.get("invoice", id)
    if invoice["status"] != "open":
        raise ApiError(400, f"This invoice is {invoice['status']}, only open invoices can be changed so.")
    before = {"status": invoice["status"]}
    invoice |= {"status": status, "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"] |= {stamp: store.now()}
    store.save(invoice)
    store.emit(event, invoice, before)
    return invoice


def list_invoice_payments(store: Store, params: Params) -> Json:
    params.listing("created", "invoice", "payment", "status")
    found = store.filtered("invoice_payment", params, "invoice", "status")
    if payment := params.child("payment"):
        kind = payment.only("type", "payment_intent", "payment_record").required("type")
        if kind != "payment_intent":
            raise invalid("payment[type]", "The sandbox knows payments by PaymentIntent only.")
        intent = payment.required("payment_intent")
        found = [o for o in found if o["payment"]["payment_intent"] == intent]
    return store.page(found, params, "/v1/invoice_payments")


def list_credit_notes(store: Store, params: Params) -> Json:
    params.listing("created", "customer", "invoice")
    return store.page(
        store.filtered("credit_note", params, "customer", "invoice"), params, "/v1/credit_notes"
    )
