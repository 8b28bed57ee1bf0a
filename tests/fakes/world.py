"""The whole workflow on a real database, with everybody else played by fakes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sidebar_app.adapters import people_file
from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.migrate import upgrade
from sidebar_app.audit import chain
from sidebar_app.domain.people import SlackIdentity
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.chat import Answer
from sidebar_app.ports.extractor import Extractor
from sidebar_app.redaction import Scan, scan
from sidebar_app.workflow.case import Submission
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.safety_note import NoteTerms
from sidebar_app.workflow.services import Outside, Services, assemble
from tests.fakes.billing import FakeBilling
from tests.fakes.people import FakeChat, FakeHelpdesk, FakeNotifier
from tests.fakes.texts import PlainExtractor
from tests.fakes.time import START, CountingIds, FakeClock, SilentBell

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "sidebar_app/permissions/policy.toml"
AGENTS = {
    "l1": 501,
    "l2": 502,
    "manager": 503,
    "manager2": 504,
    "specialist": 505,
    "compliance": 508,
    "admin": 510,
}
SEEN = {"customer": "cus_1", "refundable": "2400.00", "currency": "USD", "credit": "0.00"}


class World:
    """`world.asks("l1", "refund", amount="38.00")`, `world.clicks("approve", "manager", request)`, `world.works()`."""

    def __init__(
        self,
        url: str,
        *,
        store: SqlStore | None = None,
        billing: Callable[[FakeClock], Any] = FakeBilling,
        at: datetime = START,
        policy_text: str = "",
        prepared: bool = False,
        scan: Scan = scan,
        helpdesk: Any = None,
        note_terms: NoteTerms | None = None,
        allowlist_key: bytes = b"",
        extractor: Extractor | None = None,
        files: bool = True,
    ) -> None:
        """`prepared`: the database has its tables and people already. `files`: whether attachments are looked into."""
        self.clock = FakeClock(at)
        self.billing = billing(self.clock)
        self.helpdesk, self.chat, self.notifier, self.bell = (
            helpdesk or FakeHelpdesk(),
            FakeChat(),
            FakeNotifier(),
            SilentBell(),
        )
        self.store = store or SqlStore(url)
        roles, people = people_file.load((ROOT / "sidebar_app/sandbox/people.toml").read_text())
        if not prepared:
            upgrade(self.store.engine)
            with self.store.transaction() as tx:
                for person in people:
                    tx.people.save(person)
        self.identities = {p.id: p.slack for p in people if p.slack}
        self.clicks_made = 0
        self.in_force = InForce(policy_text or POLICY.read_text())
        outside = Outside(
            self.store,
            self.billing,
            self.helpdesk,
            self.chat,
            self.notifier,
            self.bell,
            self.clock,
            CountingIds(),
            scan,
            (extractor or PlainExtractor()) if files else None,
            scan,
        )
        self.services: Services = assemble(
            outside,
            in_force=self.in_force,
            roles=roles,
            allowlist_key=allowlist_key,
            note_terms=note_terms,
            training_url="https://learn.acme.example/cards",
        )

    def asks(
        self, who: str, action: str, *, key: str = "key-1", ticket: int = 1001, seen: Mapping[str, str] = SEEN,
        **params: Any,
    ) -> ActionRequest:  # fmt: skip
        return self.services.submit.submit(self._submission(who, action, ticket, seen, params), key=key)

    def _submission(
        self, who: str, action: str, ticket: int, seen: Mapping[str, str], params: dict[str, Any]
    ) -> Submission:
        defaults = {"payment": "pay_1"} if action == "refund" else {"currency": "USD"}
        return Submission(
            AGENTS[who], ticket, action, {"reason": "service_outage", **defaults, **params}, seen
        )

    def previews(self, who: str, action: str, **params: Any) -> Any:
        return self.services.submit.preview(self._submission(who, action, 1001, SEEN, params))

    def clicks(
        self, button: str, who: str | SlackIdentity, request: ActionRequest, *, reason: str = "no reason at all",
        delivery: str = "", version: int = 1,
    ) -> Answer:  # fmt: skip
        self.clicks_made += 1
        common: dict[str, Any] = {
            "version": version,
            "actor": self.identities[who] if isinstance(who, str) else who,
            "delivery": delivery or f"click-{self.clicks_made}",
            "source": {"channel": "C1"},
        }
        if button == "approve":
            return self.services.decide.approve(request.id, **common)
        return self.services.decide.reject(request.id, reason=reason, **common)

    def works(self, *, rounds: int = 10) -> None:
        """Runs what is due until nothing is."""
        for _ in range(rounds):
            if not self.services.tasks.run_due():
                return

    def now(self, request: ActionRequest) -> ActionRequest:
        with self.store.reading() as tx:
            return tx.requests.get(request.id)

    def events(self, request: ActionRequest) -> list[str]:
        import json

        with self.store.reading() as tx:
            entries = [json.loads(e.canonical) for e in tx.audit.entries()]
        return [e["event"] for e in entries if e["subject"] == request.id]

    def chain_holds(self) -> bool:
        with self.store.reading() as tx:
            return isinstance(chain.verify(tx.audit.entries()), chain.Verified)

    def close(self) -> None:
        self.services.close()
        self.store.close()
