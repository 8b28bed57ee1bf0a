"""Out of office: who may stand in for whom, and what that never opens."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.billing import Subscription, Subscriptions
from sidebar_app.domain.decision import Step
from sidebar_app.domain.delegation import Delegation, may_stand_in
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import Person, Role
from sidebar_app.domain.request import ActionRequest
from sidebar_app.workflow import approvers, delegate
from sidebar_app.workflow.delegate import CannotDelegate, NoSuchDelegation, NoSuchPerson
from sidebar_app.workflow.policing import NobodyCanApprove
from tests.fakes.time import START
from tests.fakes.world import POLICY, World

DAY = timedelta(days=1)
ADMIN = ("operator:admin", "Admin")
TWO_MANAGERS = (
    POLICY.read_text()
    + """
[[on_top]]
id = "refund-of-two-managers"
actions = ["refund"]
roles = ["l1_agent"]
verdict = "needs_approval"
steps = [{ role = "manager", quorum = 2 }]
reason = "Two managers look at every refund."
"""
)


def away(
    world: World, who: str, *, to: str, starts_in: timedelta = 0 * DAY, lasts: timedelta = DAY
) -> Delegation:
    starts_at = world.clock.now() + starts_in
    return world.services.delegate.begin(who, to=to, starts_at=starts_at, ends_at=starts_at + lasts, by=ADMIN)


def change(world: World, person_id: str, **changes: Any) -> None:
    with world.store.transaction() as tx:
        person = tx.people.get(person_id)
        assert person
        tx.people.save(replace(person, **changes))


def able(world: World, role: Role) -> list[tuple[str, str]]:
    with world.store.reading() as tx:
        found = approvers.Roster.at(tx, world.clock.now()).able(role, requester=None)
    return [(a.person.id, a.on_behalf_of.id if a.on_behalf_of else "") for a in found]


def eligible(world: World, who: str) -> list[str]:
    with world.store.reading() as tx:
        return [p.id for p in delegate.eligible(tx, who)]


def entries(world: World, event: str) -> list[dict[str, Any]]:
    with world.store.reading() as tx:
        told = [json.loads(e.canonical) for e in tx.audit.entries()]
    return [e for e in told if e["event"] == event]


def refund(world: World, who: str = "l1", amount: str = "1450.00") -> ActionRequest:
    return world.asks(who, "refund", amount=amount)


# -- while it lasts ----------------------------------------------------------------------------------


def test_the_delegate_decides_and_both_names_stand_everywhere(world: World) -> None:
    away(world, "manager", to="vp")
    request = refund(world)
    world.works()
    assert world.clicks("approve", "vp", request).done
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    assert len(world.billing.effects) == 1
    with world.store.reading() as tx:
        (given,) = tx.approvals.of(request.id)
    assert (given.role, given.person_id, given.for_id, given.by) == (
        Role.MANAGER, "vp", "manager", "VP for Manager",
    )  # fmt: skip
    assert "Approved by VP for Manager" in dict(world.helpdesk.notes[1001])[f"[{request.id}:succeeded]"]
    assert world.chat.cards["1.0"][-1].approvals[0].by == "VP for Manager"
    (entry,) = entries(world, "request.approved")
    assert (entry["actor"], entry["details"]["on_behalf_of"]) == ("vp", {"id": "manager", "name": "Manager"})
    assert world.chain_holds()


def test_a_delegate_may_reject_and_the_slower_one_hears_for_whom(world: World) -> None:
    away(world, "manager", to="vp")
    request = refund(world)
    assert world.clicks("reject", "vp", request, reason="not covered").done
    assert "already rejected by VP for Manager" in world.clicks("approve", "manager2", request).text


def test_before_and_after_it_the_delegate_decides_nothing(world: World) -> None:
    away(world, "manager", to="vp", starts_in=timedelta(hours=1), lasts=timedelta(hours=2))
    request = refund(world)
    assert "decided by: manager" in world.clicks("approve", "vp", request).text
    world.clock.moves(hours=3)
    assert "decided by: manager" in world.clicks("approve", "vp", request).text
    world.clock.moves(seconds=-1)
    assert world.clicks("approve", "vp", request).done


def test_the_deadline_of_a_request_stays_as_it_was(world: World) -> None:
    request = refund(world)
    away(world, "manager", to="vp")
    assert world.now(request).expires_at == request.expires_at
    world.clock.moves(hours=24)
    assert "time to decide is over" in world.clicks("approve", "vp", request).text


def test_who_is_away_is_not_counted_on_but_may_come_back_early(world: World) -> None:
    assert able(world, Role.MANAGER) == [("manager", ""), ("manager2", "")]
    away(world, "manager", to="vp")
    assert able(world, Role.MANAGER) == [("manager2", ""), ("vp", "manager")]
    request = refund(world)
    assert world.clicks("approve", "manager", request).done
    world.works()
    assert world.now(request).state is State.SUCCEEDED


def test_ones_own_right_is_used_before_a_lent_one(world: World) -> None:
    away(world, "manager", to="manager2")
    request = refund(world)
    assert world.clicks("approve", "manager2", request).done
    with world.store.reading() as tx:
        assert [(a.person_id, a.for_id) for a in tx.approvals.of(request.id)] == [("manager2", "")]


# -- what it never opens -----------------------------------------------------------------------------


def test_a_delegate_of_a_delegate_gets_nothing(world: World) -> None:
    away(world, "manager", to="legal")
    away(world, "legal", to="vp")
    request = refund(world)
    assert "decided by: manager" in world.clicks("approve", "vp", request).text
    assert able(world, Role.MANAGER) == [("manager2", "")]


def test_nobody_decides_on_a_request_of_whom_they_stand_in_for(world: World) -> None:
    """Also not in their own right while they stand in."""
    request = refund(world, "manager", "1000.01")
    away(world, "manager", to="manager2")
    answer = world.clicks("approve", "manager2", request)
    assert (answer.done, "stand in for Manager" in answer.text) == (False, True)
    assert entries(world, "request.click_refused")[0]["details"]["why"] == "own-request"
    with pytest.raises(NobodyCanApprove):
        world.asks("manager", "refund", key="key-2", amount="1000.02")


def test_a_delegate_never_decides_on_their_own_request(world: World) -> None:
    away(world, "manager", to="specialist")
    request = refund(world, "specialist", "1000.01")
    assert "yourself" in world.clicks("approve", "specialist", request).text
    assert world.clicks("approve", "manager2", request).done


def test_the_address_of_the_requester_counts_as_the_requester_here_too(world: World) -> None:
    change(world, "manager2", email="l1@support.example")
    away(world, "manager2", to="vp")
    assert "stand in for Second manager" in world.clicks("approve", "vp", refund(world)).text


def credit_of_two_steps(world: World) -> ActionRequest:
    """Billing specialist, then VP."""
    return world.asks("l2", "credit", amount="500.01")


def test_a_delegate_does_not_decide_twice_in_two_capacities(world: World) -> None:
    request = credit_of_two_steps(world)
    away(world, "specialist", to="vp")
    assert world.clicks("approve", "vp", request).done
    assert "another person" in world.clicks("approve", "vp", request).text
    assert world.now(request).state is State.PENDING_APPROVAL


def test_nobody_decides_for_somebody_who_decided_already(world: World) -> None:
    bound = Subscription("sub_1", "active", START, (), contract_months=36)
    world.billing.subscriptions = Subscriptions((bound,))
    change(world, "manager", roles=frozenset({Role.MANAGER, Role.LEGAL}))
    request = refund(world)
    assert [step.role for step in request.decision.steps] == [Role.MANAGER, Role.LEGAL, Role.VP]
    assert world.clicks("approve", "manager", request).done
    away(world, "manager", to="vp")
    assert "Manager decided an earlier step" in world.clicks("approve", "vp", request).text
    assert world.clicks("approve", "legal", request).done
    assert world.clicks("approve", "vp", request).done


def test_whoever_was_stood_in_for_does_not_decide_again(world: World) -> None:
    change(world, "specialist", roles=frozenset({Role.BILLING_SPECIALIST, Role.VP}))
    request = credit_of_two_steps(world)
    away(world, "specialist", to="vp")
    assert world.clicks("approve", "vp", request).done
    answer = world.clicks("approve", "specialist", request)
    assert (answer.done, "another person" in answer.text) == (False, True)


def test_a_step_is_not_filled_by_somebody_and_their_delegate(tmp_path: Any) -> None:
    world = World(f"sqlite:///{tmp_path}/two.db", policy_text=TWO_MANAGERS)
    away(world, "manager", to="vp")
    request = refund(world)
    assert request.decision.steps == (Step(Role.MANAGER, 2),)
    assert world.clicks("approve", "manager", request).done
    assert "Manager decided an earlier step" in world.clicks("approve", "vp", request).text
    assert world.clicks("approve", "manager2", request).done
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    world.close()


def test_one_delegate_of_two_managers_is_one_person_at_submission(tmp_path: Any) -> None:
    world = World(f"sqlite:///{tmp_path}/two.db", policy_text=TWO_MANAGERS)
    away(world, "manager", to="vp")
    away(world, "manager2", to="vp")
    with pytest.raises(NobodyCanApprove):
        refund(world)
    world.close()


@pytest.mark.parametrize("who", ["manager", "vp"])
def test_a_suspension_of_either_side_ends_it_at_once(world: World, who: str) -> None:
    away(world, "manager", to="vp")
    request = refund(world)
    with world.store.transaction() as tx:
        tx.people.suspend(who, at=world.clock.now(), by="Admin")
    assert not world.clicks("approve", "vp", request).done
    assert ("vp", "manager") not in able(world, Role.MANAGER)


def test_a_delegate_who_lost_their_rank_decides_nothing(world: World) -> None:
    away(world, "legal", to="vp")
    change(world, "vp", roles=frozenset({Role.MANAGER}))
    assert able(world, Role.LEGAL) == []


# -- checked again before anything runs --------------------------------------------------------------


def test_a_delegation_that_ended_after_the_approval_takes_nothing_away(world: World) -> None:
    lent = away(world, "manager", to="vp")
    request = refund(world)
    world.clicks("approve", "vp", request)
    world.clock.moves(minutes=1)
    world.services.delegate.end(lent.id, by=ADMIN)
    world.works()
    assert world.now(request).state is State.SUCCEEDED


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        ("manager", {"active": False}),
        ("manager", {"roles": frozenset()}),
        ("vp", {"active": False}),
        ("vp", {"roles": frozenset({Role.COMPLIANCE})}),
        ("vp", {"slack": None}),
    ],
)
def test_both_must_still_be_who_they_were_when_it_runs(
    world: World, who: str, changes: dict[str, Any]
) -> None:
    away(world, "manager", to="vp")
    request = refund(world)
    world.clicks("approve", "vp", request)
    change(world, who, **changes)
    world.works()
    assert (world.now(request).state, world.billing.effects) == (State.FAILED, [])
    assert "VP for Manager may no longer approve this." in world.now(request).outcome


def test_an_approval_for_somebody_who_never_lent_their_right_does_not_run(world: World) -> None:
    """As if written into the database by hand."""
    request = refund(world)
    world.clicks("approve", "manager2", request)
    with world.store.transaction() as tx:
        (given,) = tx.approvals.of(request.id)
        forged = replace(given, person_id="vp", for_id="manager", for_name="Manager")
        assert approvers.still_entitled(tx, given) is not None
        assert approvers.still_entitled(tx, forged) is None


# -- making and ending one ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "to", "words"),
    [
        ("vp", "manager", "no role that is equal to or higher than VP"),
        ("legal", "specialist", "higher than legal"),
        ("l1", "manager", "approves nothing"),
        ("manager", "l2", "no role"),
        ("manager", "manager", "themselves"),
        ("manager", "unlinked", "not linked to Slack"),
        ("manager", "suspended", "is suspended"),
    ],
)
def test_who_cannot_stand_in_is_said(world: World, who: str, to: str, words: str) -> None:
    everything = frozenset({Role.VP})
    with world.store.transaction() as tx:
        tx.people.save(Person("unlinked", "Unlinked", "u@support.example", everything))
        tx.people.save(Person("suspended", "Suspended", "s@support.example", everything, active=False))
    with pytest.raises(CannotDelegate, match=words):
        away(world, who, to=to)
    assert to not in eligible(world, who)


def test_every_role_that_is_lent_counts(world: World) -> None:
    change(world, "manager", roles=frozenset({Role.MANAGER, Role.LEGAL}))
    with pytest.raises(CannotDelegate, match="higher than legal"):
        away(world, "manager", to="specialist")
    assert eligible(world, "manager") == ["legal", "vp"]
    assert away(world, "manager", to="vp")


def test_the_order_of_roles_is_the_order_of_the_steps() -> None:
    def somebody(role: Role) -> Person:
        return Person("x", "X", "x@y", frozenset({role}))

    ranks = [Role.MANAGER, Role.BILLING_SPECIALIST, Role.LEGAL, Role.VP]
    for i, held in enumerate(ranks):
        assert [may_stand_in(somebody(held), role) for role in ranks] == [j <= i for j in range(4)]
    assert not may_stand_in(somebody(Role.ADMIN), Role.MANAGER)
    assert not may_stand_in(somebody(Role.VP), Role.ADMIN)


def test_a_past_or_reversed_period_is_refused(world: World) -> None:
    with pytest.raises(CannotDelegate, match="over already"):
        away(world, "manager", to="vp", starts_in=-2 * DAY, lasts=2 * DAY)
    with pytest.raises(CannotDelegate, match="ends before it begins"):
        away(world, "manager", to="vp", starts_in=2 * DAY, lasts=-DAY)


def test_a_right_is_never_lent_for_the_past(world: World) -> None:
    assert away(world, "manager", to="vp", starts_in=-DAY, lasts=2 * DAY).starts_at == world.clock.now()


def test_two_delegations_of_one_person_do_not_overlap(world: World) -> None:
    first = away(world, "manager", to="vp")
    with pytest.raises(CannotDelegate, match="away in that time already"):
        away(world, "manager", to="manager2", starts_in=DAY / 2)
    assert away(world, "manager", to="manager2", starts_in=DAY)
    world.services.delegate.end(first.id, by=ADMIN)
    assert away(world, "manager", to="legal", lasts=DAY / 2)


def test_nobody_stands_in_who_is_away_too(world: World) -> None:
    change(world, "legal", roles=frozenset({Role.VP}))
    away(world, "vp", to="legal")
    with pytest.raises(CannotDelegate, match="VP is away in that time too"):
        away(world, "manager", to="vp")


def test_it_is_ended_once_and_only_by_whom_it_belongs_to(world: World) -> None:
    lent = away(world, "manager", to="vp")
    end = world.services.delegate.end
    with pytest.raises(NoSuchDelegation):
        end(lent.id, by=("vp", "VP"), only_of="vp")
    end(lent.id, by=("manager", "Manager"), only_of="manager")
    assert not world.clicks("approve", "vp", refund(world)).done
    with pytest.raises(NoSuchDelegation):
        end(lent.id, by=ADMIN)
    with pytest.raises(NoSuchDelegation):
        end("del_x", by=ADMIN)
    assert [(e["subject"], e["actor"]) for e in entries(world, "people.delegation_ended")] == [
        ("manager", "manager")
    ]


def test_making_one_stands_in_the_log_with_both_names_and_the_period(world: World) -> None:
    lent = away(world, "manager", to="vp")
    (entry,) = entries(world, "people.delegated")
    assert (entry["actor_name"], entry["subject"]) == ("Admin", "manager")
    assert entry["details"] == {
        "name": "Manager",
        "delegation": lent.id,
        "delegate": "vp",
        "delegate_name": "VP",
        "from": lent.starts_at.isoformat(),
        "until": lent.ends_at.isoformat(),
    }


def test_unknown_people_are_named(world: World) -> None:
    for who, to in (("nobody", "vp"), ("manager", "nobody")):
        with pytest.raises(NoSuchPerson, match="'nobody'"):
            away(world, who, to=to)


def test_absences_are_listed_until_they_are_over(world: World) -> None:
    away(world, "manager", to="vp")
    away(world, "legal", to="vp", starts_in=DAY)
    names = [(a.delegator.name, a.delegate.name) for a in world.services.delegate.absences()]
    assert names == [("Manager", "VP"), ("Legal", "VP")]
    world.clock.moves(days=1)
    assert [a.delegator.name for a in world.services.delegate.absences()] == ["Legal"]


def test_two_approvals_of_one_step_at_the_same_moment_both_count(any_world: World) -> None:
    """The second sees the first, so that the step is not left waiting for a third."""
    request = any_world.asks("l1", "refund", amount="1.00")
    two = replace(request.decision, steps=(Step(Role.MANAGER, 2),))
    with any_world.store.transaction() as tx:
        request = tx.requests.touch(request, now=START, decision=two) or request
    answers = []
    threads = [
        threading.Thread(
            target=lambda w=who: answers.append(any_world.clicks("approve", w, request, delivery=w))
        )
        for who in ("manager", "manager2")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.done for a in answers] == [True, True]
    assert any_world.now(request).state is State.APPROVED
