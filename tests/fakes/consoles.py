"""Consoles of several people, drawn from a real database that holds a story."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache

from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.tables import metadata
from sidebar_app.domain.audit import AuditRecord
from sidebar_app.domain.delegation import Delegation
from sidebar_app.domain.people import ROLE_NAMES, ChatLink, Person, Role, SlackIdentity
from sidebar_app.domain.redaction_log import (
    Allowance,
    AllowedAs,
    Outcome,
    Place,
    RedactionEntry,
    SignOff,
    Source,
)
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.web.console import board
from sidebar_app.web.console.shapes import Asked, PartView
from sidebar_app.workflow.identify import Colleague
from tests.fakes.contexts import NOW, ago, request

PEOPLE = {
    "manager": Colleague("manager", "manager", "manager@support.example", frozenset({Role.MANAGER})),
    "compliance": Colleague(
        "compliance", "compliance", "compliance@support.example", frozenset({Role.COMPLIANCE})
    ),
    "admin": Colleague("admin", "admin", "admin@support.example", frozenset({Role.ADMIN})),
}


@contextmanager
def telling() -> Iterator[Store]:
    """A database in which something happened."""
    with tempfile.TemporaryDirectory(prefix="console-") as folder:
        store = SqlStore(f"sqlite:///{folder}/console.db")
        metadata.create_all(store.engine)
        with store.transaction() as tx:
            _tell(tx)
        yield store
        store.close()


def _tell(tx: Transaction) -> None:
    waiting = request(created_at=ago(hours=2), expires_at=NOW + timedelta(hours=22))
    tx.requests.insert(waiting, key="1", body_hash="h")
    tx.requests.insert(
        replace(waiting, id="req_2", created_at=ago(hours=25), expires_at=ago(hours=1)),
        key="2",
        body_hash="h",
    )
    for entry in entries():
        tx.redactions.add(entry)
        told = AuditRecord(
            entry.at, "system", "Billing sidebar", f"card_number.{entry.outcome}", entry.id, entry.ticket_id
        )
        tx.audit.append(told)
    tx.redaction_log.sign_off(
        SignOff(
            "sig_1",
            "compliance",
            "compliance",
            ago(days=2),
            "Looked at in the ticket: only the last four are left.",
        ),
        [("red_01", Outcome.REDACTED)],
    )
    order = Allowance(
        "alw_1",
        AllowedAs.SHAPE,
        "90011#########",
        "Our order numbers",
        "compliance",
        "compliance",
        ago(days=9),
    )
    tx.allowances.add(order)
    tx.allowances.add(
        replace(order, id="alw_2", kind=AllowedAs.LABEL, value="bestellnummer", added_at=ago(days=8))
    )
    tx.allowances.remove("alw_2", by=("admin", "admin"), at=ago(days=1))
    for person in people():
        tx.people.save(person)
    tx.links.propose(ChatLink("legal", SlackIdentity("T1", "U<9>"), ago(hours=3), "a click"))
    tx.delegations.add(Delegation("del_1", "manager", "vp", ago(days=1), NOW + timedelta(days=6)))
    tx.delegations.add(
        Delegation("del_2", "vp", "manager", NOW + timedelta(days=9), NOW + timedelta(days=12))
    )


def people() -> list[Person]:
    """Who approves; legal is not linked yet."""
    roles = {"manager": Role.MANAGER, "manager2": Role.MANAGER, "vp": Role.VP, "legal": Role.LEGAL}
    return [
        Person(
            name, f"{name} <b>", f"{name}@support.example", frozenset({role}),
            slack=None if name == "legal" else SlackIdentity("T1", name),
        )
        for name, role in roles.items()
    ]  # fmt: skip


def entries() -> list[RedactionEntry]:
    """What was found in five tickets, newest last."""
    first = RedactionEntry(
        "red_01", 1010, 11, "Visa", "1111", "cards-1", Outcome.REDACTED, ago(days=3),
        channel="email", written_at=ago(days=3), rule="label",
    )  # fmt: skip
    return [
        first,
        replace(first, id="red_02", comment_id=12, brand="Mastercard", last4="4444", channel="web"),
        replace(
            first, id="red_03", ticket_id=1004, comment_id=0, place=Place.SUBJECT,
            outcome=Outcome.REMAINING, last4="0004",
            remains="The helpdesk keeps the subject of a closed ticket.",
        ),
        replace(
            first, id="red_04", ticket_id=998, outcome=Outcome.REVIEW, brand="Maestro", last4="0604",
            remains="Nothing was changed: it may be another number.", at=ago(days=1),
            written_at=ago(days=20), source=Source.BACKSCAN,
        ),
        replace(
            first, id="red_05", ticket_id=1002, comment_id=0, place=Place.ATTACHMENT, place_id="77", brand="",
            place_name="scan <1>.tiff", last4="", outcome=Outcome.NOT_SCANNED, channel="web", at=ago(hours=5),
            written_at=ago(hours=6), remains="The file is too large to look into.",
        ),
    ]  # fmt: skip


def parts_of(who: Colleague, store: Store) -> list[PartView]:
    """What the parts of this person show."""
    with store.reading() as tx:
        asked = Asked(
            tx, who, NOW, {}, lambda ticket: f"https://acme.zendesk.com/agent/tickets/{ticket}", True
        )
        return [PartView(part.name, part.title, part.view(asked)) for part in board.of(who)]


@cache
def consoles() -> dict[str, tuple[list[PartView], str]]:
    """By name: the parts, and who looks at them."""
    with telling() as store:
        return {
            f"console-{name}": (
                parts_of(who, store),
                f"{name} ({', '.join(ROLE_NAMES[r] for r in who.roles)})",
            )
            for name, who in PEOPLE.items()
        }
