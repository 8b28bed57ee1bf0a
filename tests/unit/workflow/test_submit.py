import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sidebar_app.actions import InvalidParams, NotEligible, PanelOutOfDate, UnknownAction
from sidebar_app.domain.billing import CustomerRef, Subscription, Subscriptions
from sidebar_app.domain.decision import Step, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.ports.billing import BillingUnavailable
from sidebar_app.ports.helpdesk import HelpdeskUnavailable
from sidebar_app.workflow.identify import NotAColleague
from sidebar_app.workflow.policing import NobodyCanApprove, NotPermitted
from sidebar_app.workflow.record import KeyReused
from sidebar_app.workflow.tickets import CustomerNotOfTicket
from tests.fakes.time import START
from tests.fakes.world import AGENTS, POLICY, SEEN, World


def recorded(world: World) -> int:
    """Requests and what the log says of them."""
    with world.store.reading() as tx:
        told = [entry for entry in tx.audit.entries() if "policy.in_force" not in entry.canonical]
        return len(tx.requests.of_ticket(1001)) + len(told)


def test_a_refund_by_an_agent_waits_for_a_manager(world: World) -> None:
    request = world.asks("l1", "refund", amount="1450.00")
    assert request.state is State.PENDING_APPROVAL
    assert request.decision.steps == (Step(Role.MANAGER),)
    assert request.expires_at == world.clock.now().replace(day=11)
    assert world.events(request) == ["request.approval_asked"]
    assert world.billing.effects == []


def test_a_refund_by_a_manager_runs_at_once(world: World) -> None:
    request = world.asks("manager", "refund", amount="999.99")
    assert request.state is State.SUBMITTED
    world.works()
    assert world.now(request).state is State.SUCCEEDED
    assert world.billing.effects[0].amount == Money(99_999, "USD")


def test_an_empty_amount_means_the_whole_refundable_rest(world: World) -> None:
    request = world.asks("l1", "refund", amount="")
    assert request.amount == Money(240_000, "USD")
    assert request.params["amount"] == "2400.00"


def test_a_preview_leaves_no_trace(world: World) -> None:
    preview = world.previews("l1", "refund", amount="10.00")
    assert preview.decision.verdict is Verdict.NEEDS_APPROVAL
    assert recorded(world) == 0


def test_the_same_key_and_body_get_the_same_request(world: World) -> None:
    first = world.asks("l1", "refund", amount="10.00")
    world.billing.pays("pay_1", Money(1, "USD"))  # whatever changed since
    assert world.asks("l1", "refund", amount="10.00").id == first.id
    assert world.events(first) == ["request.approval_asked"]


def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    world.asks("l1", "refund", amount="10.00")
    with pytest.raises(KeyReused):
        world.asks("l1", "refund", amount="11.00")


def test_a_key_is_a_persons_own(world: World) -> None:
    first = world.asks("l1", "refund", amount="10.00")
    assert world.asks("l2", "refund", amount="10.00").id != first.id


def test_fifty_submissions_of_one_key_make_one_request(any_world: World) -> None:
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(any_world.asks("l1", "refund", amount="1.00").id))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 50
    assert len(set(found)) == 1


def test_a_stale_panel_gets_the_new_facts_and_nothing_happens(world: World) -> None:
    payment = world.billing.payments["pay_1"]
    world.billing.payments["pay_1"] = replace(payment, refunded=Money(100_000, "USD"))
    with pytest.raises(PanelOutOfDate) as caught:
        world.asks("l1", "refund", amount="10.00")
    assert caught.value.facts == {"refundable": "1400.00", "currency": "USD"}
    assert recorded(world) == 0


def test_a_submission_without_what_was_seen_is_out_of_date(world: World) -> None:
    with pytest.raises(PanelOutOfDate):
        world.asks("l1", "refund", amount="10.00", seen={"customer": "cus_1"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "failed"}, "not-paid"),
        ({"disputed": True}, "disputed"),
        ({"refunded": Money(240_000, "USD")}, "already-refunded"),
        ({"amount": Money(5, "ZZZ"), "refunded": Money(0, "ZZZ")}, "unknown-currency"),
    ],
)
def test_a_payment_that_cannot_be_refunded_says_why(
    world: World, change: dict[str, object], code: str
) -> None:
    payment = world.billing.payments["pay_1"]
    world.billing.payments["pay_1"] = replace(payment, **change)  # type: ignore[arg-type]
    with pytest.raises(NotEligible) as caught:
        world.asks("manager", "refund", amount="")
    assert (caught.value.code, recorded(world)) == (code, 0)
    assert caught.value.next_step


def test_more_than_the_refundable_rest_is_refused(world: World) -> None:
    with pytest.raises(NotEligible, match=r"\$2,400.01 is more than the \$2,400.00"):
        world.asks("l1", "refund", amount="2400.01")


def test_another_customers_payment_is_not_found(world: World) -> None:
    world.billing.pays("pay_2", Money(100, "USD"), customer="cus_2")
    with pytest.raises(NotEligible) as caught:
        world.asks("l1", "refund", payment="pay_2", amount="1.00")
    assert caught.value.code == "no-such-payment"


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "1.001", "1e3", "NaN", "Infinity", "1,5", "١٢", "9" * 30, "abc", "1.", ".5"]
)
def test_an_amount_that_is_none_is_said_at_its_field(world: World, amount: str) -> None:
    with pytest.raises(InvalidParams) as caught:
        world.asks("l1", "refund", amount=amount)
    assert list(caught.value.errors) == ["amount"]
    assert recorded(world) == 0


@pytest.mark.parametrize("amount", [5, 5.0, True, None, ["1"], {"a": 1}])
def test_an_amount_of_another_type_is_refused_or_empty(world: World, amount: object) -> None:
    if amount is None:
        assert world.asks("l1", "refund", amount=None).params["amount"] == "2400.00"
        return
    with pytest.raises(InvalidParams, match="must be a text"):
        world.asks("l1", "refund", amount=amount)


def test_unknown_fields_and_reasons_are_all_named(world: World) -> None:
    with pytest.raises(InvalidParams) as caught:
        world.asks("l1", "refund", reason="because", role="manager", approved=True)
    assert set(caught.value.errors) == {"reason", "role", "approved"}


def test_a_yen_amount_has_no_decimals(world: World) -> None:
    world.billing.pays("pay_y", Money(5000, "JPY"))
    seen = {"customer": "cus_1", "refundable": "5000", "currency": "JPY"}
    with pytest.raises(InvalidParams, match="no decimals"):
        world.asks("l1", "refund", payment="pay_y", amount="10.5", seen=seen)
    assert world.asks("l1", "refund", payment="pay_y", amount="10", seen=seen).amount == Money(10, "JPY")


def test_an_unknown_action_is_refused(world: World) -> None:
    with pytest.raises(UnknownAction):
        world.asks("l1", "give_everything")


def test_a_customer_of_somebody_else_is_refused(world: World) -> None:
    with pytest.raises(CustomerNotOfTicket):
        world.asks("l1", "refund", seen={**SEEN, "customer": "cus_9"})


def test_a_requester_unknown_to_billing_can_be_given_nothing(world: World) -> None:
    with pytest.raises(CustomerNotOfTicket):
        world.asks("l1", "refund", ticket=1012, seen={"customer": "cus_1"})
    with pytest.raises(CustomerNotOfTicket):
        world.asks("l1", "refund", ticket=1012, seen={})


def test_an_ambiguous_customer_needs_a_manager_even_for_a_small_credit(world: World) -> None:
    twin = CustomerRef("cus_2", "Acme Two", "billing@acme.example")
    world.billing.customers.append(twin)
    request = world.asks("l2", "credit", amount="5.00")
    assert request.state is State.PENDING_APPROVAL
    assert Step(Role.MANAGER) in request.decision.steps


def test_a_demoted_agent_loses_the_right_at_once(world: World) -> None:
    world.asks("l2", "credit", amount="5.00", key="a")
    profile = world.helpdesk.agents[AGENTS["l2"]]
    world.helpdesk.agents[AGENTS["l2"]] = replace(profile, groups=())
    with pytest.raises(NotAColleague):
        world.asks("l2", "credit", amount="5.00", key="b")


@pytest.mark.parametrize("change", [{"active": False}, {"role": "end-user"}])
def test_suspended_people_and_end_users_can_do_nothing(world: World, change: dict[str, object]) -> None:
    profile = world.helpdesk.agents[AGENTS["l2"]]
    world.helpdesk.agents[AGENTS["l2"]] = replace(profile, **change)  # type: ignore[arg-type]
    with pytest.raises(NotAColleague):
        world.asks("l2", "credit", amount="5.00")


def test_when_the_helpdesk_is_down_nobody_acts(world: World) -> None:
    world.helpdesk.down = True
    with pytest.raises(HelpdeskUnavailable):
        world.asks("l2", "credit", amount="5.00")


def test_when_billing_is_down_nothing_is_recorded(world: World) -> None:
    world.services.look_up.context(agent_id=501, ticket_id=1001)
    world.billing.down = True
    before = recorded(world)
    with pytest.raises(BillingUnavailable):
        world.asks("l2", "credit", amount="5.00")
    assert recorded(world) == before


def test_split_credits_add_up(world: World) -> None:
    for n in range(2):
        assert world.asks("l2", "credit", amount="49.00", key=f"k{n}").state is State.SUBMITTED
    assert world.asks("l2", "credit", amount="2.00", key="k9").state is State.PENDING_APPROVAL


def test_two_credits_at_the_same_moment_cannot_both_slip_under_the_limit(any_world: World) -> None:
    states = []
    threads = [
        threading.Thread(
            target=lambda n=n: states.append(
                any_world.asks("l2", "credit", amount="60.00", key=f"k{n}").state
            )
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == [State.PENDING_APPROVAL] * 3 + [State.SUBMITTED]


def test_refunds_that_wait_speak_for_their_part_of_the_payment(world: World) -> None:
    world.asks("l1", "refund", amount="2000.00", key="a")
    with pytest.raises(NotEligible) as caught:
        world.asks("l1", "refund", amount="400.01", key="b")
    assert caught.value.code == "refund-waiting"
    assert world.asks("l1", "refund", amount="400.00", key="c").state is State.PENDING_APPROVAL


def test_a_multi_year_contract_calls_legal_and_vp(world: World) -> None:
    bound = Subscription("sub_1", "active", START, (), contract_months=36)
    world.billing.subscriptions = Subscriptions((bound,))
    request = world.asks("manager", "refund", amount="10.00")
    assert {s.role for s in request.decision.steps} >= {Role.LEGAL, Role.VP}


def test_a_step_that_nobody_could_fill_is_refused_at_once(world: World) -> None:
    with world.store.transaction() as tx:
        vp = tx.people.get("vp")
        assert vp
        tx.people.save(replace(vp, active=False))
    with pytest.raises(NobodyCanApprove) as caught:
        world.asks("l2", "credit", amount="500.01")
    assert caught.value.role is Role.VP
    assert recorded(world) == 0


def test_the_requester_does_not_count_as_an_approver(world: World) -> None:
    with world.store.transaction() as tx:
        second = tx.people.get("manager2")
        assert second
        tx.people.save(replace(second, active=False))
    with pytest.raises(NobodyCanApprove):
        world.asks("manager", "refund", amount="1000.01")


def test_a_denied_attempt_is_recorded_and_stays_denied(tmp_path: Path) -> None:
    """The shipped policy denies no refund to somebody who may open the panel, so this one takes it from L1."""
    strict = POLICY.read_text() + DENIED_TO_L1
    world = World(f"sqlite:///{tmp_path}/strict.db", policy_text=strict)
    for _ in range(2):
        with pytest.raises(NotPermitted) as caught:
            world.asks("l1", "refund", amount="1.00")
        assert "refund-never-by-l1" in caught.value.decision.rules
    with world.store.reading() as tx:
        assert [r.state for r in tx.requests.of_ticket(1001)] == [State.DENIED]
    world.works()
    assert world.billing.effects == []
    world.close()


DENIED_TO_L1 = """
[[on_top]]
id = "refund-never-by-l1"
actions = ["refund"]
roles = ["l1_agent"]
verdict = "deny"
reason = "L1 agents do not refund."
next_step = "Hand the ticket to L2."
"""


def test_card_numbers_in_notes_are_masked_before_anything_is_kept(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00", note="card 4111 1111 1111 1111 as promised")
    assert "4111" not in request.note
    assert request.note.endswith("1111 as promised")
