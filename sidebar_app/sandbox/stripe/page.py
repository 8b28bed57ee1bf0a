"""What a person sees of the sandbox: customers, payments, refunds, balance movements."""

from datetime import UTC, datetime

from flask import render_template_string

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.amounts import shown
from sidebar_app.sandbox.stripe.store import Store

_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox Stripe</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root { color-scheme: light dark; --line: #8884; --mute: light-dark(#5f6b75, #a0abb3); }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .4rem }
p, .mute { color: var(--mute) } p { margin: .2rem 0 } .wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 500; color: var(--mute) }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap }
.number { text-align: right }
</style></head><body>
<h1>Sandbox Stripe</h1><p>Stands in for the billing backend. Money here is play money.</p>
{% for table in tables %}<h2>{{ table.title }} <span class="mute">{{ table.rows | length }}</span></h2>
{% if table.rows %}<div class="wide"><table><thead><tr>{% for head in table.heads %}
<th{% if loop.index0 in table.numbers %} class="number"{% endif %}>{{ head }}</th>{% endfor %}</tr></thead><tbody>
{% for row in table.rows %}<tr id="{{ row[0] }}">{% for cell in row[1:] %}
<td{% if loop.index0 in table.numbers %} class="number"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>{% else %}<p>None yet.</p>{% endif %}{% endfor %}
</body></html>"""


def page(store: Store) -> str:
    names = {c["id"]: c["name"] for c in store.where("customer")}
    tables = [
        _refunds(store, names),
        _movements(store, names),
        _customers(store),
        _charges(store, names),
    ]
    return render_template_string(_TEMPLATE, tables=tables)


def _latest(items: list[Json]) -> list[Json]:
    return sorted(items, key=lambda o: int(o["created"]))[::-1]


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y %H:%M")


def _refunds(store: Store, names: dict[str, str]) -> Json:
    owners = {c["id"]: names.get(c["customer"], "") for c in store.where("charge")}
    rows = [
        (r["id"], _day(r["created"]), owners.get(r["charge"], ""), shown(r["amount"], r["currency"]), r["status"],
         r["metadata"].get("ticket", ""), r["id"])
        for r in _latest(store.where("refund"))
    ]  # fmt: skip
    heads = ("Made", "Customer", "Amount", "Status", "Ticket", "Id")
    return {"title": "Refunds", "heads": heads, "numbers": {2}, "rows": rows}


def _movements(store: Store, names: dict[str, str]) -> Json:
    rows = [
        (t["id"], _day(t["created"]), names.get(t["customer"], ""), shown(-t["amount"], t["currency"]),
         t["description"] or "", t["id"])
        for t in _latest(store.where("customer_balance_transaction"))
    ]  # fmt: skip
    heads = ("Made", "Customer", "In their favour", "For", "Id")
    return {"title": "Credits", "heads": heads, "numbers": {2}, "rows": rows}


def _customers(store: Store) -> Json:
    rows = [
        (
            c["id"],
            c["name"],
            c["email"],
            shown(-c["balance"], c["currency"]) if c["currency"] else "",
            c["id"],
        )
        for c in store.where("customer")
    ]
    return {"title": "Customers", "heads": ("Name", "E-mail", "Credit", "Id"), "numbers": {2}, "rows": rows}


def _charges(store: Store, names: dict[str, str]) -> Json:
    rows = [
        (c["id"], _day(c["created"]), names.get(c["customer"], ""), shown(c["amount"], c["currency"]),
         shown(c["amount_refunded"], c["currency"]) if c["amount_refunded"] else "",
         "disputed" if c["disputed"] else c["status"], c["payment_intent"])
        for c in _latest(store.where("charge"))
    ]  # fmt: skip
    heads = ("Made", "Customer", "Amount", "Given back", "Status", "Payment")
    return {"title": "Payments", "heads": heads, "numbers": {2, 3}, "rows": rows}
