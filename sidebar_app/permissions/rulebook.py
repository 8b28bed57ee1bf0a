"""What a policy file says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from sidebar_app.domain.decision import Context, CustomerMatch, Step, Verdict
from sidebar_app.domain.people import Role
from sidebar_app.permissions.vocabulary import Measure

# A place on the measure's line: (value, 0) is the value itself, (value, 1) is just above it. Half-open
# ranges of such places say exactly whether an edge is included, for whole and for fractional measures.
Place = tuple[Decimal, int]
JUST_ABOVE_ZERO: Place = (Decimal(0), 1)


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a band, in major units of the policy's currency, in percent or in days."""

    value: Decimal
    included: bool


@dataclass(frozen=True, slots=True)
class Band:
    """The part of the measure's line a rule speaks about; an end that is None is open.

    `whole`: the measure counts in whole numbers, so that "over 14" and "from 15" are the same.
    """

    low: Edge | None = None
    high: Edge | None = None
    whole: bool = False

    @property
    def start(self) -> Place:
        """The first place inside."""
        if self.low is None:
            return JUST_ABOVE_ZERO
        place = self._place(self.low, above=not self.low.included)
        return JUST_ABOVE_ZERO if self.whole and place[0] <= 1 else place

    @property
    def end(self) -> Place | None:
        """The first place beyond; None when the band never ends."""
        return self._place(self.high, above=self.high.included) if self.high else None

    def _place(self, edge: Edge, *, above: bool) -> Place:
        if self.whole:
            return (edge.value + 1 if above else edge.value, 0)
        return (edge.value, 1 if above else 0)

    def covers(self, place: Place) -> bool:
        return self.start <= place and (self.end is None or place < self.end)


WHOLE = Band()


@dataclass(frozen=True, slots=True)
class Condition:
    """A statement about the context. `value`: a truth value, "at least" of a count, or the accepted matches."""

    key: str
    value: bool | int | tuple[CustomerMatch, ...]

    def holds(self, context: Context) -> bool:
        found = getattr(context, self.key)
        if isinstance(self.value, bool):
            return bool(found) is self.value
        if isinstance(self.value, int):
            return int(found) >= self.value
        return found in self.value


@dataclass(frozen=True, slots=True)
class Rule:
    """`on_top` rules only tighten: they never make an allowed cell, and apply beside the table's rule."""

    id: str
    actions: tuple[str, ...]
    roles: tuple[Role, ...]
    verdict: Verdict
    reason: str
    band: Band = WHOLE
    when: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()
    next_step: str = ""
    on_top: bool = False

    def matches(self, *, role: Role, action: str, place: Place, context: Context) -> bool:
        return (
            action in self.actions
            and role in self.roles
            and self.band.covers(place)
            and all(condition.holds(context) for condition in self.when)
        )


class Period(StrEnum):
    """A stretch of time that ends now: not the calendar's days, which would let twice as much through at midnight."""

    DAY = "day"
    WEEK = "week"

    @property
    def span(self) -> timedelta:
        return timedelta(days=1 if self is Period.DAY else 7)

    @property
    def words(self) -> str:
        return "24 hours" if self is Period.DAY else "7 days"


@dataclass(frozen=True, slots=True)
class Cap:
    """How much one person may ask for in a period before `verdict`, all `actions` taken together.

    `amount` is in the policy's currency. Reaching a limit is fine, going beyond it is not. At least one limit is
    given; the verdict is never ALLOW.
    """

    id: str
    actions: tuple[str, ...]
    roles: tuple[Role, ...]
    per: Period
    verdict: Verdict
    reason: str
    amount: Decimal | None = None
    count: int | None = None
    steps: tuple[Step, ...] = ()
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class ActionTerms:
    """How one action is measured; `adds_recent_credits`: recent credits count towards the measure."""

    name: str
    measure: Measure
    adds_recent_credits: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Times from the request on, except `run_within`, which counts from the last approval."""

    answer_within: timedelta
    remind_after: tuple[timedelta, ...]
    escalate_after: timedelta
    expire_after: timedelta
    run_within: timedelta
    currency: str


@dataclass(frozen=True, slots=True)
class Rates:
    """`worth`: how much of the policy's currency one unit of another is worth, as reviewed on `as_of`."""

    as_of: date
    stale_after: timedelta
    worth: Mapping[str, Decimal]

    def are_stale(self, today: date) -> bool:
        return today - self.as_of > self.stale_after


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a policy file says, before it is compiled."""

    settings: Settings
    rates: Rates
    actions: tuple[ActionTerms, ...]
    rules: tuple[Rule, ...]
    caps: tuple[Cap, ...] = ()

    def terms(self, action: str) -> ActionTerms | None:
        return next((terms for terms in self.actions if terms.name == action), None)
