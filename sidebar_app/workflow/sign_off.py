"""Compliance puts its name to entries of the redaction log."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.redaction_log import Outcome, SignOff
from sidebar_app.ports.clock import Clock, Ids
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow import journal
from sidebar_app.workflow.remarks import remark

Entries = Sequence[tuple[str, Outcome]]


class LogChanged(Exception):
    """The entries are others than the person looked at; nothing was signed."""


class SignOffs:
    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    def sign(
        self, wanted: LogFilter, *, seen: Mapping[Outcome, int], by: tuple[str, str], comment: str
    ) -> int:
        """Signs every entry that `wanted` names, and answers how many. `by` is (person id, name).

        `seen` is how many of each outcome the person looked at: with any other number, and with none, it raises
        LogChanged, so nothing is signed unseen. Raises InvalidParams for the comment.
        """
        told, now = remark(comment), self._clock.now()
        with self._store.transaction() as tx:
            entries = tx.redaction_log.outcomes(wanted)
            _require_same(Counter(outcome for _, outcome in entries), seen)
            made = SignOff(self._ids.new("sig"), *by, now, told)
            tx.redaction_log.sign_off(made, entries)
            _record(tx, made, entries, wanted)
        return len(entries)


def _require_same(found: Counter[Outcome], seen: Mapping[Outcome, int]) -> None:
    if not found.total():
        raise LogChanged("There is nothing to sign off.")
    if found != Counter({outcome: n for outcome, n in seen.items() if n}):
        raise LogChanged(
            f"The log changed since you looked at it: {found.total()} entries now, {sum(seen.values())} then, "
            "or another outcome. Nothing was signed off."
        )


def _record(tx: Transaction, made: SignOff, entries: Entries, wanted: LogFilter) -> None:
    """The digest binds the audit log to the very entries and outcomes that were signed."""
    lines = "".join(f"{entry_id} {outcome.value}\n" for entry_id, outcome in entries)
    subject, by = entries[0][0] if len(entries) == 1 else made.id, (made.person_id, made.person_name)
    told = {
        "sign_off": made.id,
        "entries": len(entries),
        "outcomes": dict(sorted(Counter(outcome.value for _, outcome in entries).items())),
        "filter": wanted.words,
        "comment": made.comment,
        "entries_sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }
    journal.write(tx, "card_number.signed_off", subject, at=made.at, by=by, details=told)
