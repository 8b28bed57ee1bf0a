"""Trying another policy on what was really asked, before it goes live."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sidebar_app.domain.decision import Decision, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import ActionRequest
from sidebar_app.domain.tally import Tally
from sidebar_app.permissions import Lately, Policy, capped, decide
from sidebar_app.permissions.rulebook import Period

_STRICTNESS = {Verdict.ALLOW: 0, Verdict.NEEDS_APPROVAL: 1, Verdict.DENY: 2}
_GAVE_BACK = (State.REJECTED, State.EXPIRED, State.WITHDRAWN, State.FAILED)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded request and what the other policy would have answered."""

    request: ActionRequest
    after: Decision

    @property
    def before(self) -> Decision:
        return self.request.decision

    @property
    def is_changed(self) -> bool:
        """In what people notice of it; other rule ids with the same answer change nothing."""
        return (self.before.verdict, self.before.steps) != (self.after.verdict, self.after.steps)

    @property
    def direction(self) -> int:
        """1: more is denied or more people are asked, -1: fewer, 0: other people."""
        one, other = _weight(self.before), _weight(self.after)
        return (other > one) - (other < one)


@dataclass(frozen=True, slots=True)
class Sum:
    """`count` requests of one action in one currency."""

    action: str
    count: int
    total: Money | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """`skipped` requests were recorded without their question and cannot be asked again."""

    version: str
    replayed: tuple[Replayed, ...]
    skipped: int

    @property
    def changed(self) -> tuple[Replayed, ...]:
        return tuple(each for each in self.replayed if each.is_changed)

    def verdicts(self, verdict: Verdict) -> tuple[int, int]:
        """How many of all requests got it before, and would get it after."""
        return (
            sum(each.before.verdict is verdict for each in self.replayed),
            sum(each.after.verdict is verdict for each in self.replayed),
        )

    def approvals_by_role(self) -> dict[Role, tuple[int, int]]:
        """How many approvals people of a role are asked for before and after, where that changes."""
        before = _asked(each.before for each in self.replayed)
        after = _asked(each.after for each in self.replayed)
        return {role: (before[role], after[role]) for role in Role if before[role] != after[role]}

    def sums(self) -> tuple[Sum, ...]:
        """What the changed requests are about."""
        return _sums(self.changed)

    def by_requester(self) -> dict[str, tuple[Sum, ...]]:
        """The same for each person who asked, by name; who is concerned most first."""
        theirs = defaultdict[str, list[Replayed]](list)
        for each in self.changed:
            theirs[each.request.requester.name].append(each)
        most = sorted(theirs.items(), key=lambda item: (-len(item[1]), item[0]))
        return {name: _sums(found) for name, found in most}


def simulate(requests: Iterable[ActionRequest], policy: Policy) -> Simulation:
    """Asks the policy every recorded question again, as of the day it was asked; oldest first.

    Caps count what was asked for before, except what was denied, or would be.
    """
    skipped, found, earlier = 0, [], _Earlier()
    for request in requests:
        if request.question is None:
            skipped += 1
            continue
        today = request.created_at.date()
        plain = decide(policy, request.question, today=today)
        after = capped(policy, request.question, plain, earlier.lately(request), today=today)
        found.append(Replayed(request, after))
        if after.verdict is not Verdict.DENY:
            earlier.add(request)
    return Simulation(policy.version, tuple(found), skipped)


@dataclass
class _Earlier:
    """What each person asked for in the longest period of a cap, as far as it was replayed."""

    by_person: dict[str, deque[ActionRequest]] = field(default_factory=lambda: defaultdict(deque))

    def add(self, request: ActionRequest) -> None:
        if request.state is not State.DENIED:
            self.by_person[request.requester.id].append(request)

    def lately(self, request: ActionRequest) -> Lately:
        theirs, now = self.by_person[request.requester.id], request.created_at
        while theirs and now - theirs[0].created_at > Period.WEEK.span:
            theirs.popleft()
        counted = [each for each in theirs if _still_counted(each, now)]
        return {
            per: [_tally(each) for each in counted if now - each.created_at <= per.span] for per in Period
        }


def _still_counted(request: ActionRequest, now: datetime) -> bool:
    """What ended without effect counted until then."""
    return request.state not in _GAVE_BACK or request.updated_at > now


def _tally(request: ActionRequest) -> Tally:
    return Tally(request.action, 1, request.amount)


def _asked(decisions: Iterable[Decision]) -> Counter[Role]:
    asked: Counter[Role] = Counter()
    for step in (step for decision in decisions for step in decision.steps):
        asked[step.role] += step.quorum
    return asked


def _sums(replayed: Iterable[Replayed]) -> tuple[Sum, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    minor: Counter[tuple[str, str]] = Counter()
    for each in replayed:
        amount = each.request.amount
        key = (each.request.action, amount.currency if amount else "")
        counts[key] += 1
        minor[key] += amount.minor if amount else 0
    return tuple(_sum(key, count, minor) for key, count in sorted(counts.items()))


def _sum(key: tuple[str, str], count: int, minor: Mapping[tuple[str, str], int]) -> Sum:
    action, currency = key
    return Sum(action, count, Money(minor[key], currency) if currency else None)


def _weight(decision: Decision) -> tuple[int, int]:
    return _STRICTNESS[decision.verdict], sum(step.quorum for step in decision.steps)
