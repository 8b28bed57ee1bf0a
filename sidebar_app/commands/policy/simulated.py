"""What a simulation found: as a text for whoever signs the change, and as JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sidebar_app.domain.decision import Decision, Verdict
from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.permissions.vocabulary import listed, several
from sidebar_app.permissions.wire import decision_values
from sidebar_app.workflow.simulate import Replayed, Simulation, Sum

_VERDICTS = {Verdict.ALLOW: "Run at once", Verdict.NEEDS_APPROVAL: "Need approval", Verdict.DENY: "Denied"}


def as_text(found: Simulation) -> str:
    """The whole first, then people and amounts, then every request."""
    return "\n".join([*_overview(found), *_concerned(found), *_one_by_one(found), *_left_out(found)])


def _overview(found: Simulation) -> Iterator[str]:
    asked = several(len(found.replayed), "request")
    if not found.replayed:
        yield "No recorded request can be asked again."
        return
    first, last = (found.replayed[n].request.created_at for n in (0, -1))
    yield f"{asked} from {first:%Y-%m-%d} to {last:%Y-%m-%d}, asked again under policy {found.version}."
    if not found.changed:
        yield "Every one of them would be answered as it was."
        return
    directions = [each.direction for each in found.changed]
    counts = {
        word: directions.count(way)
        for way, word in ((1, "stricter"), (-1, "more open"), (0, "by other people"))
    }
    told = listed([f"{count} {word}" for word, count in counts.items() if count])
    yield f"{len(found.changed)} would be answered differently: {told}."
    for verdict, name in (
        (Verdict.ALLOW, "Run at once"),
        (Verdict.NEEDS_APPROVAL, "Need approval"),
        (Verdict.DENY, "Denied"),
    ):
        yield f"  {name}: {_change(*found.verdicts(verdict))}"
    for role, (before, after) in found.approvals_by_role().items():
        yield f"  Approvals by {ROLE_NAMES[role]}: {_change(before, after)}"


def _change(before: int, after: int) -> str:
    if before == after:
        return f"{before}, as before"
    return f"{before} → {after} ({abs(after - before)} {'more' if after > before else 'fewer'})"


def _concerned(found: Simulation) -> Iterator[str]:
    if not found.changed:
        return
    yield ""
    yield "Amounts that would be answered differently:"
    yield from (f"  {each.action}: {_worth(each)}" for each in found.sums())
    yield ""
    yield "Whose requests:"
    for name, sums in found.by_requester().items():
        yield f"  {name}: {listed([f'{each.action} {_worth(each)}' for each in sums])}"


def _worth(each: Sum) -> str:
    return (
        f"{each.total} in {several(each.count, 'request')}" if each.total else several(each.count, "request")
    )


def _one_by_one(found: Simulation) -> Iterator[str]:
    if found.changed:
        yield ""
        yield "Which requests:"
    for each in found.changed:
        asked = each.request
        yield (
            f"  {asked.created_at:%Y-%m-%d} #{asked.ticket_id} {asked.summary}, asked by {asked.requester.name}: "
            f"{_words(each.before)} → {_words(each.after)} ({', '.join(each.after.rules)})"
        )


def _left_out(found: Simulation) -> Iterator[str]:
    if found.skipped:
        yield ""
        yield f"{several(found.skipped, 'older request')} left out: recorded without the question."


def _words(decision: Decision) -> str:
    match decision.verdict:
        case Verdict.ALLOW:
            return "at once"
        case Verdict.DENY:
            return "denied"
    return f"approval by {decision.approvers}"


def as_json(found: Simulation) -> str:
    return json.dumps(
        {
            "policy_version": found.version,
            "replayed": len(found.replayed),
            "skipped": found.skipped,
            "verdicts": {v: _pair(found.verdicts(v)) for v in Verdict},
            "approvals_by_role": {role: _pair(pair) for role, pair in found.approvals_by_role().items()},
            "amounts": _sums(found.sums()),
            "requesters": [{"name": n, "amounts": _sums(sums)} for n, sums in found.by_requester().items()],
            "changed": [_replayed(each) for each in found.changed],
        },
        ensure_ascii=False,
        indent=2,
    )


def _pair(pair: tuple[int, int]) -> dict[str, int]:
    return {"before": pair[0], "after": pair[1]}


def _sums(sums: Iterable[Sum]) -> list[dict[str, Any]]:
    return [
        {
            "action": each.action,
            "requests": each.count,
            "total": each.total.decimal if each.total else None,
            "currency": each.total.currency if each.total else None,
        }
        for each in sums
    ]


def _replayed(each: Replayed) -> dict[str, Any]:
    asked = each.request
    return {
        "id": asked.id,
        "at": asked.created_at.isoformat(),
        "ticket": asked.ticket_id,
        "requester": asked.requester.name,
        "action": asked.action,
        "amount": asked.amount.decimal if asked.amount else None,
        "currency": asked.amount.currency if asked.amount else None,
        "direction": {1: "stricter", -1: "more open", 0: "other people"}[each.direction],
        "before": decision_values(each.before),
        "after": decision_values(each.after),
    }
