import threading
from dataclasses import replace

import pytest

from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import SlackIdentity
from sidebar_app.workflow.withdraw import NotYours, TooLate
from tests.fakes.world import AGENTS, World


def test_an_approved_refund_runs_once_and_everybody_is_told(world: World) -> None:
    request = world.asks("l1", "refund", amount="1450.00")
    world.works()
    assert world.chat.posts == [request.id]
    answer = world.clicks("approve", "manager", request)
    assert answer.done
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    assert len(world.billing.effects) == 1
    assert [marker for marker, _ in world.helpdesk.notes[1001]] == [
        f"[{request.id}:asked]",
        f"[{request.id}:succeeded]",
    ]
    assert [m.to for m in world.notifier.sent.values()] == ["billing@acme.example"]
    assert world.chat.cards["1.0"][-1].request.state is State.SUCCEEDED
    assert world.chain_holds()
    assert [e for e in world.events(request) if e.startswith("request.")] == [
        "request.approval_asked",
        "request.approved",
        "request.execution_started",
        "request.execution_succeeded",
    ]


def test_two_steps_are_asked_in_order_and_of_different_people(world: World) -> None:
    request = world.asks("l2", "credit", amount="500.01")
    assert not world.clicks("approve", "vp", request).done
    assert world.clicks("approve", "specialist", request).text == "Approved. Next: VP."
    world.works()
    assert world.now(request).state is State.PENDING_APPROVAL
    assert not world.clicks("approve", "specialist", request).done
    assert world.clicks("approve", "vp", request).done
    world.works()
    assert world.now(request).state is State.SUCCEEDED


def test_one_person_holding_both_roles_cannot_fill_two_steps(world: World) -> None:
    with world.store.transaction() as tx:
        specialist, vp = tx.people.get("specialist"), tx.people.get("vp")
        assert specialist
        assert vp
        tx.people.save(replace(specialist, roles=specialist.roles | vp.roles))
    request = world.asks("l2", "credit", amount="500.01")
    assert world.clicks("approve", "specialist", request).done
    assert "another person" in world.clicks("approve", "specialist", request).text
    assert world.now(request).state is State.PENDING_APPROVAL


def test_the_requester_is_refused_before_anything_else(world: World) -> None:
    request = world.asks("manager", "refund", amount="1000.01")
    answer = world.clicks("approve", "manager", request)
    assert (answer.done, "yourself" in answer.text) == (False, True)
    assert "request.click_refused" in world.events(request)
    assert world.clicks("approve", "manager2", request).done


def test_two_accounts_with_one_address_are_one_person(world: World) -> None:
    with world.store.transaction() as tx:
        second = tx.people.get("manager2")
        assert second
        tx.people.save(replace(second, email="MANAGER@support.example"))
    request = world.asks("manager", "credit", amount="500.01")
    assert "yourself" in world.clicks("approve", "manager2", request).text


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("l2", "decided by: manager"),
        ("vp", "decided by: manager"),
        (SlackIdentity("T0SANDBOX", "U0NOBODY"), "not linked"),
        (SlackIdentity("T0FOREIGN", "U0MANAGER"), "not linked"),
    ],
)
def test_who_may_not_decide_is_told_why(world: World, who: str | SlackIdentity, words: str) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    for button in ("approve", "reject"):
        answer = world.clicks(button, who, request)
        assert not answer.done
        assert words in answer.text
    assert world.now(request).state is State.PENDING_APPROVAL


def test_a_suspended_manager_decides_nothing(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    with world.store.transaction() as tx:
        manager = tx.people.get("manager")
        assert manager
        tx.people.save(replace(manager, active=False))
    assert not world.clicks("approve", "manager", request).done


def test_a_guest_of_the_workspace_decides_nothing(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.chat.inactive.add(world.identities["manager"])
    assert "full members" in world.clicks("approve", "manager", request).text


def test_when_chat_cannot_confirm_the_account_nothing_is_decided(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.chat.down = True
    assert "click again" in world.clicks("approve", "manager", request).text
    world.chat.down = False
    assert world.clicks("approve", "manager", request).done


def test_a_rejection_ends_it_with_its_reason(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    assert world.clicks("reject", "manager", request, reason="not our fault, see 4111111111111111").done
    world.works()
    assert world.now(request).state is State.REJECTED
    assert world.billing.effects == []
    note = dict(world.helpdesk.notes[1001])[f"[{request.id}:rejected]"]
    assert "not our fault" in note
    assert "411111111111" not in note
    assert not world.clicks("approve", "manager2", request).done


def test_the_slower_of_two_managers_hears_who_was_faster(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.clicks("approve", "manager", request)
    assert "already approved by Manager" in world.clicks("reject", "manager2", request).text


def test_ten_clicks_at_once_decide_once(any_world: World) -> None:
    request = any_world.asks("l1", "refund", amount="1.00")
    answers = []
    threads = [
        threading.Thread(
            target=lambda n=n: answers.append(
                any_world.clicks(
                    "approve" if n % 2 else "reject",
                    "manager" if n % 3 else "manager2",
                    request,
                    delivery=f"d{n}",
                )
            )
        )
        for n in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(a.done for a in answers) == 1
    any_world.works()
    assert len(any_world.billing.effects) <= 1
    assert any_world.chain_holds()


def test_a_click_that_is_delivered_twice_counts_once(world: World) -> None:
    request = world.asks("l2", "credit", amount="500.01")
    assert world.clicks("approve", "specialist", request, delivery="same").done
    assert not world.clicks("approve", "specialist", request, delivery="same").done
    assert world.now(request).step == 1


def test_a_button_of_an_older_version_decides_nothing(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    assert "newer card" in world.clicks("approve", "manager", request, version=2).text


def test_an_unknown_request_is_refused_politely(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    assert "not known" in world.clicks("approve", "manager", replace(request, id="req_x")).text


def test_nobody_can_approve_after_the_deadline(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.works()
    world.clock.moves(hours=24)
    assert "time to decide is over" in world.clicks("approve", "manager", request).text
    assert world.services.expire.expire_overdue() == 1
    world.works()
    assert world.now(request).state is State.EXPIRED
    assert f"[{request.id}:expired]" in dict(world.helpdesk.notes[1001])
    assert world.chat.cards["1.0"][-1].request.state is State.EXPIRED
    assert world.services.expire.expire_overdue() == 0


def test_a_second_before_the_deadline_counts(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.clock.moves(hours=23, minutes=59, seconds=59)
    assert world.clicks("approve", "manager", request).done


def test_a_reject_form_is_opened_only_for_who_may_decide(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")

    def may(who: str) -> bool:
        return world.services.decide.may_decide(request.id, version=1, actor=world.identities[who]).done

    assert [may(who) for who in ("manager", "l2", "vp")] == [True, False, False]


def test_the_agent_can_take_a_waiting_request_back(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.works()
    withdraw = world.services.withdraw.withdraw
    with pytest.raises(NotYours):
        withdraw(request.id, agent_id=AGENTS["l2"], ticket_id=1001)
    with pytest.raises(NotYours):
        withdraw(request.id, agent_id=AGENTS["l1"], ticket_id=1012)
    assert withdraw(request.id, agent_id=AGENTS["l1"], ticket_id=1001).state is State.WITHDRAWN
    world.works()
    assert world.chat.cards["1.0"][-1].request.state is State.WITHDRAWN
    assert not world.clicks("approve", "manager", request).done
    with pytest.raises(TooLate):
        withdraw(request.id, agent_id=AGENTS["l1"], ticket_id=1001)
