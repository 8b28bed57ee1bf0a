"""The company's own numbers that look like cards: who may say so, how they are recognised, and what uses it."""

import logging
import threading
from datetime import datetime, timedelta

from sidebar_app.actions import InvalidParams
from sidebar_app.domain.redaction_log import Allowance, AllowedAs, Outcome, Place, RedactionEntry
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.helpdesk import Helpdesk
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.redaction import Allowlist, scan
from sidebar_app.redaction.own_numbers import digest_of, plain_label, plain_shape, schemes_of
from sidebar_app.workflow import journal
from sidebar_app.workflow.remarks import remark

log = logging.getLogger(__name__)

# Another process may have changed the list; a scan of many tickets need not ask for each text.
_TTL = timedelta(seconds=5)
_READABLE = (Outcome.REVIEW, Outcome.REMAINING)


class NoSuchEntry(Exception):
    """The redaction log has no entry of this id."""


class NoSuchAllowance(Exception):
    """Nothing of this id is allowed (any more)."""


class NotReadable(Exception):
    """The number of this entry cannot be read any more, so no digest of it can be made."""


class Allowing:
    """`key` makes digests of single numbers, which are read from `helpdesk`; without both, numbers are allowed by shape
    or label only."""

    def __init__(
        self, *, store: Store, helpdesk: Helpdesk | None, clock: Clock, ids: Ids, key: bytes
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._clock = clock
        self._ids = ids
        self._key = key
        self._known: tuple[datetime, Allowlist] | None = None
        self._lock = threading.Lock()

    @property
    def keeps_digests(self) -> bool:
        return bool(self._key)

    def allowlist(self, tx: Transaction) -> Allowlist:
        """What scans of tickets leave alone. Masking of logs, chat and what people type never asks for it."""
        values: dict[AllowedAs, list[str]] = {kind: [] for kind in AllowedAs}
        for allowance in tx.allowances.active():
            values[allowance.kind].append(allowance.value)
        digests = values[AllowedAs.DIGEST]
        if digests and not self._key:
            log.warning(
                "%d allowed numbers are masked all the same: the key of their digests is not set",
                len(digests),
            )
            digests = []
        return Allowlist.of(
            values[AllowedAs.SHAPE], labels=values[AllowedAs.LABEL], digests=digests, key=self._key
        )

    def now(self) -> Allowlist:
        """The list as it was a few seconds ago at most."""
        with self._lock:
            if self._known and self._clock.now() - self._known[0] < _TTL:
                return self._known[1]
            with self._store.reading() as tx:
                found = self.allowlist(tx)
            self._known = self._clock.now(), found
            return found

    def allow(
        self,
        kind: AllowedAs,
        value: str,
        *,
        comment: str,
        by: tuple[str, str],
        entry_id: str = "",
        is_sure: bool = False,
    ) -> Allowance:
        """By shape or label. Raises NoSuchEntry, InvalidParams (also for a shape of real cards, unless `is_sure`)."""
        told = remark(comment)
        try:
            plain = plain_shape(value) if kind is AllowedAs.SHAPE else plain_label(value)
        except ValueError as error:
            raise InvalidParams({"value": [str(error)]}) from None
        brands = schemes_of(plain) if kind is AllowedAs.SHAPE else ()
        if brands and not is_sure:
            raise InvalidParams(
                {
                    "sure": [
                        f"Real cards look like this ({', '.join(brands)}): they would stay in tickets, unmasked."
                    ]
                }
            )
        return self._add(kind, plain, told, by, entry_id, brands)

    def allow_number(self, entry_id: str, *, comment: str, by: tuple[str, str]) -> Allowance:
        """This one number: read in the ticket once more, and kept as a keyed digest.

        Raises NoSuchEntry, NotReadable, InvalidParams, and the helpdesk's errors.
        """
        told = remark(comment)
        if not self._key or self._helpdesk is None:
            raise NotReadable("Single numbers cannot be allowed here: ALLOWLIST_KEY is not set.")
        with self._store.reading() as tx:
            entry = _entry(tx, entry_id)
        digest = self._digest(self._helpdesk, entry)
        return self._add(AllowedAs.DIGEST, digest, told, by, entry_id, ())

    def disallow(self, allowance_id: str, *, by: tuple[str, str]) -> Allowance:
        """From now on such numbers are masked again. Raises NoSuchAllowance."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            if not tx.allowances.remove(allowance_id, by=by, at=now):
                raise NoSuchAllowance
            gone = tx.allowances.get(allowance_id)
            assert gone
            _record(tx, gone, "allowlist.removed", by, now, ())
        self._forget()
        return gone

    def _add(
        self,
        kind: AllowedAs,
        value: str,
        told: str,
        by: tuple[str, str],
        entry_id: str,
        brands: tuple[str, ...],
    ) -> Allowance:
        now = self._clock.now()
        made = Allowance(self._ids.new("alw"), kind, value, told, *by, now, entry_id)
        with self._store.transaction() as tx:
            tx.lock("allowlist")
            if entry_id:
                _entry(tx, entry_id)
            if any((known.kind, known.value) == (kind, value) for known in tx.allowances.active()):
                raise InvalidParams({"value": ["This is allowed already."]})
            tx.allowances.add(made)
            _record(tx, made, "allowlist.added", by, now, brands)
        self._forget()
        return made

    def _digest(self, helpdesk: Helpdesk, entry: RedactionEntry) -> str:
        if not is_readable(entry):
            raise NotReadable("Only a number that still stands in a comment can be allowed by itself.")
        comments = helpdesk.comments(entry.ticket_id)
        html = next((comment.html for comment in comments if comment.id == entry.comment_id), "")
        hits = [hit for hit in scan(html, markup=True) if hit.kind == "pan" and hit.last4 == entry.last4]
        found = {digest_of(html, hit, markup=True, key=self._key) for hit in hits} - {None}
        if len(found) != 1:
            several = "More than one number of the comment ends like this."
            raise NotReadable(several if found else "The number does not stand in the comment any more.")
        return str(found.pop())

    def _forget(self) -> None:
        with self._lock:
            self._known = None


def is_readable(entry: RedactionEntry) -> bool:
    """True when its number may still stand in the ticket, where it can be read once more."""
    return entry.place is Place.COMMENT and entry.outcome in _READABLE


def _entry(tx: Transaction, entry_id: str) -> RedactionEntry:
    entry = tx.redactions.get(entry_id)
    if entry is None:
        raise NoSuchEntry
    return entry


def _record(
    tx: Transaction, it: Allowance, event: str, by: tuple[str, str], now: datetime, brands: tuple[str, ...]
) -> None:
    told = {
        "kind": it.kind.value,
        "value": "" if it.kind is AllowedAs.DIGEST else it.value,
        "comment": it.comment,
        "entry": it.entry_id,
        "lets_through": list(brands),
    }
    journal.write(tx, event, it.id, at=now, by=by, details=told)
