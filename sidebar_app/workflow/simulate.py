"""Trying another policy on what was really asked, before it goes live."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sidebar_app.domain.decision import Decision, Verdict
from sidebar_app.domain.request import ActionRequest
from sidebar_app.permissions import Policy, decide

_STRICTNESS = {Verdict.ALLOW: 0, Verdict.NEEDS_APPROVAL: 1, Verdict.DENY: 2}


@dataclass(frozen=True, slots=True)
class Changed:
    """A request that the other policy would have answered differently."""

    request: ActionRequest
    after: Decision

    @property
    def is_stricter(self) -> bool:
        """More is denied, or more people are asked."""
        return _weight(self.after) > _weight(self.request.decision)

    @property
    def sentence(self) -> str:
        asked = self.request
        return (
            f"{asked.created_at:%Y-%m-%d} #{asked.ticket_id} {asked.summary}, asked by {asked.requester.name}: "
            f"{_words(asked.decision)} before, {_words(self.after)} after"
        )


@dataclass(frozen=True, slots=True)
class Simulation:
    """`skipped` requests were recorded without their question and cannot be asked again."""

    replayed: int
    skipped: int
    changed: tuple[Changed, ...]

    def sentences(self) -> Iterator[str]:
        """The outcome in words, the whole first."""
        stricter = sum(each.is_stricter for each in self.changed)
        yield (
            f"{self.replayed} requests asked again: {len(self.changed)} answered differently, "
            f"{stricter} stricter, {len(self.changed) - stricter} more open."
        )
        before = _approvals(each.request.decision for each in self.changed)
        after = _approvals(each.after for each in self.changed)
        yield f"Approvals among those: {before} before, {after} after."
        for name, count in Counter(c.request.requester.name for c in self.changed).most_common():
            yield f"{name}: {count} of them."
        if self.skipped:
            yield f"{self.skipped} older requests were recorded without their question."
        yield from (each.sentence for each in self.changed)


def simulate(requests: Iterable[ActionRequest], policy: Policy) -> Simulation:
    """Asks the policy every recorded question again, as of the day it was asked."""
    replayed, skipped, changed = 0, 0, []
    for request in requests:
        if request.question is None:
            skipped += 1
            continue
        replayed += 1
        after = decide(policy, request.question, today=request.created_at.date())
        if _outcome(after) != _outcome(request.decision):
            changed.append(Changed(request, after))
    return Simulation(replayed, skipped, tuple(changed))


def _outcome(decision: Decision) -> tuple[object, ...]:
    """What people notice of a decision; other rule ids with the same answer change nothing."""
    return decision.verdict, decision.steps


def _weight(decision: Decision) -> tuple[int, int]:
    return _STRICTNESS[decision.verdict], sum(step.quorum for step in decision.steps)


def _approvals(decisions: Iterable[Decision]) -> int:
    return sum(decision.verdict is Verdict.NEEDS_APPROVAL for decision in decisions)


def _words(decision: Decision) -> str:
    match decision.verdict:
        case Verdict.ALLOW:
            return "at once"
        case Verdict.DENY:
            return "denied"
    return f"approval by {decision.approvers}"
