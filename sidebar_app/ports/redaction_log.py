"""Reading the redaction log, signing it off, and the numbers that are allowed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.log_summary import LogSummary
from sidebar_app.domain.redaction_log import Allowance, Logged, Outcome, RedactionEntry, SignOff


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    brands: tuple[str, ...]
    channels: tuple[str, ...]


class RedactionLog(Protocol):
    """The database filters, counts and pages; nobody reads the whole log."""

    def summary(self, wanted: LogFilter) -> LogSummary: ...

    def page(self, wanted: LogFilter, *, offset: int, limit: int) -> list[Logged]:
        """Those that came in last come first."""
        ...

    def following(self, wanted: LogFilter, last: RedactionEntry | None, *, limit: int) -> list[Logged]:
        """In the same order, what comes after an entry (None: from the first on)."""
        ...

    def choices(self) -> Choices: ...

    def waiting(self) -> int:
        """Entries of any time that are not gone and not signed off."""
        ...

    def outcomes(self, wanted: LogFilter) -> list[tuple[str, Outcome]]:
        """Ids and outcomes, in the order of the ids."""
        ...

    def sign_off(self, made: SignOff, entries: list[tuple[str, Outcome]]) -> None:
        """Puts the sign-off to these entries, as they were looked at."""
        ...


class Allowances(Protocol):
    def add(self, allowance: Allowance) -> None: ...

    def get(self, allowance_id: str) -> Allowance | None: ...

    def active(self) -> list[Allowance]:
        """Those that count, oldest first."""
        ...

    def all(self, *, limit: int = 500) -> list[Allowance]:
        """Those that were removed too, newest first."""
        ...

    def remove(self, allowance_id: str, *, by: tuple[str, str], at: datetime) -> bool:
        """`by` is (person id, name). False when it counts no more."""
        ...
