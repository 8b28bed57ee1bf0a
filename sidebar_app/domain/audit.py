"""What the audit log records, and how an entry stands in the chain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One thing that happened. `event` is a dotted word ("request.approved"), `actor` a person id or "system".

    `details` hold JSON scalars, lists and dicts of them; no floats, no text that may hold a card number.
    """

    at: datetime
    actor: str
    actor_name: str
    event: str
    subject: str
    ticket_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in the chain: `canonical` is the exact text that `hash` covers together with `prev_hash` (hex)."""

    seq: int
    prev_hash: str
    hash: str
    canonical: str
