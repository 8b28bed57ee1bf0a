"""The policy that decides now. Another one takes its place whole, or not at all."""

from dataclasses import dataclass
from datetime import datetime

from sidebar_app.permissions import Policy, load_policy
from sidebar_app.ports.store import Store
from sidebar_app.workflow import journal
from sidebar_app.workflow.policing import Police


@dataclass(frozen=True, slots=True)
class _Held:
    """A policy with the text it was read from."""

    text: str
    police: Police


class InForce:
    """Holds one policy for every part of a process. `renew` may be called from any thread: whoever is deciding
    finishes with the policy they began with."""

    def __init__(self, text: str) -> None:
        """Raises PolicyFaults."""
        self._held = _Held(text, Police(load_policy(text)))
        self._noted = ""

    @property
    def police(self) -> Police:
        """Take it once for everything that belongs together."""
        return self._held.police

    @property
    def policy(self) -> Policy:
        return self.police.policy

    def renew(self, text: str) -> bool:
        """Whether another policy decides from now on. Raises PolicyFaults; then the one before stays."""
        held, before = _Held(text, Police(load_policy(text))), self.policy.version
        self._held = held
        return held.police.policy.version != before

    def note(self, store: Store, *, now: datetime) -> None:
        """Keeps the text and tells the audit log, once for every change, however many processes take it over.

        In a transaction of its own: what is noted stays so, whatever becomes of the request it is noted for.
        """
        held = self._held
        version = held.police.policy.version
        if version == self._noted:
            return
        with store.transaction() as tx:
            tx.lock("policy")
            before = tx.policies.current()
            if before is None or before.version != version:
                tx.policies.put_in_force(version, held.text, now=now)
                details = {"before": before.version if before else ""}
                journal.write(tx, "policy.in_force", version, at=now, details=details)
        self._noted = version
