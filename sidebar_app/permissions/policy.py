"""A valid policy, and the tables that answer its questions quickly."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from sidebar_app.domain.decision import Context, Decision
from sidebar_app.domain.people import Role
from sidebar_app.permissions.rulebook import ActionTerms, Condition, Place, Rule, Rulebook, Settings

Test = Callable[[Context], bool]


class RateState(Enum):
    """Whether an amount's currency can be compared with the thresholds."""

    HOME = auto()
    RATED = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Plan:
    """All answers for one role and action.

    `cuts` are the places where a new band begins (the first one begins just above zero). `starts` are the same
    in whole minor units per currency, and `day_starts` in days. `cells[band][bits]` is the answer, where bit n
    says whether `conditions[n]` holds; `tests` are the conditions made quick.
    """

    role: Role
    terms: ActionTerms
    cuts: tuple[Place, ...]
    starts: Mapping[str, tuple[tuple[int, ...], RateState]]
    day_starts: tuple[int, ...]
    conditions: tuple[Condition, ...]
    tests: tuple[tuple[int, Test], ...]
    cells: tuple[Mapping[int, Decision], ...]
    rules: tuple[Rule, ...]

    def bits(self, context: Context) -> int:
        """Which conditions hold; raises KeyError or TypeError for a context that states something impossible."""
        found = 0
        for bit, test in self.tests:
            if test(context):
                found |= bit
        return found

    def at(self, place: Place, context: Context) -> Decision:
        """The answer for a place on the measure's line."""
        return self.cells[bisect_right(self.cuts, place)][self.bits(context)]


@dataclass(frozen=True, slots=True)
class Policy:
    """`version` is the hash of the canonical form: the same for every order of rules and layout of the file.
    `index` maps (role, action) to its plan; what is not in it is denied. Made by load_policy."""

    book: Rulebook
    version: str
    index: Mapping[tuple[str, str], Plan] = field(repr=False, compare=False)

    @property
    def settings(self) -> Settings:
        return self.book.settings
