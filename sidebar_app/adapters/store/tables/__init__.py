"""The tables. Money is minor units plus currency, time is UTC microseconds, structures are JSON text."""

from sidebar_app.adapters.store.tables.audit import audit
from sidebar_app.adapters.store.tables.base import Instant, metadata
from sidebar_app.adapters.store.tables.mirrors import helpdesk, mirror, mirror_customers
from sidebar_app.adapters.store.tables.people import delegations, links, people, policies, suspensions
from sidebar_app.adapters.store.tables.redaction import (
    allowances,
    backscan_tickets,
    backscans,
    bookmarks,
    redactions,
    scanned_tickets,
    sign_offs,
    signed_entries,
)
from sidebar_app.adapters.store.tables.requests import approvals, cards, deliveries, requests, tasks

__all__ = [
    "Instant",
    "allowances",
    "approvals",
    "audit",
    "backscan_tickets",
    "backscans",
    "bookmarks",
    "cards",
    "delegations",
    "deliveries",
    "helpdesk",
    "links",
    "metadata",
    "mirror",
    "mirror_customers",
    "people",
    "policies",
    "redactions",
    "requests",
    "scanned_tickets",
    "sign_offs",
    "signed_entries",
    "suspensions",
    "tasks",
]
