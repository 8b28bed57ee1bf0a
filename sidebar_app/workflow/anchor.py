"""Anchoring the audit log outside the database, so that a rewritten or shortened history shows."""

import logging
from collections.abc import Callable

from sidebar_app.audit.chain import Broken, History
from sidebar_app.audit.checkpoint import sign
from sidebar_app.audit.note import SigningKey
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.store import Store

log = logging.getLogger(__name__)


class Anchor:
    """Signs the head of the log whenever it has grown; reads only what is new since the last time.

    `append` keeps a signed checkpoint outside the database.
    """

    def __init__(self, *, store: Store, key: SigningKey, append: Callable[[str], None], clock: Clock) -> None:
        self._store = store
        self._key = key
        self._append = append
        self._clock = clock
        self._history = History()
        self._signed = 0

    def sign_if_grown(self) -> bool:
        """Whether a checkpoint was written. A chain that does not hold is reported and never signed."""
        if broken := self._read_on():
            log.critical("the audit log is broken at entry %s (%s)", broken.first_bad_seq, broken.kind.value)
            return False
        if self._history.size == self._signed:
            return False
        self._append(sign(self._history.state(), self._key, at=self._clock.now()))
        self._signed = self._history.size
        return True

    def _read_on(self) -> Broken | None:
        with self._store.reading() as tx:
            for entry in tx.audit.entries(after=self._history.size):
                if broken := self._history.add(entry):
                    return broken
        return None
