"""A request as its ticket's panel tells it, in every state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sidebar_app.domain.context import RequestHistory
from sidebar_app.domain.decision import Step, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import Choice
from sidebar_app.web.view.shapes import RequestView
from sidebar_app.web.view_model import panel_view, request_view
from tests.fakes.contexts import NOW, acme, ago, allowed, approval, needs, request, usd


def view(history: RequestHistory, viewer: str = "l1") -> RequestView:
    return request_view(history, viewer=viewer, now=NOW)


def told(found: RequestView) -> list[tuple[str, str]]:
    return [(step.state, step.text) for step in found.steps]


def test_waiting_names_who_decides_and_until_when() -> None:
    found = view(RequestHistory(request()))
    assert (found.title, found.status_text, found.tone) == ("Refund $480.00", "waiting", "warn")
    assert found.detail == "Duplicate charge, asked by you 2 h ago"
    assert told(found) == [
        ("done", "Checked: refundable, not disputed"),
        ("now", "A manager decides, due in 22 h"),
        ("todo", "The money goes back to Visa ···· 4242"),
        ("todo", "Customer and ticket are told"),
    ]
    assert found.due_at == "2026-01-11T12:05:00+00:00"
    assert found.amount
    assert (found.amount.amount, found.amount.currency, found.amount.display) == ("480.00", "USD", "$480.00")


def test_only_the_requester_may_withdraw_and_only_while_it_waits() -> None:
    waiting = RequestHistory(request())
    assert view(waiting, "l1").can_withdraw
    assert not view(waiting, "l2").can_withdraw
    assert not view(waiting, "").can_withdraw
    assert not view(RequestHistory(request(State.EXECUTING)), "l1").can_withdraw


def test_somebody_else_reads_the_name_of_who_asked() -> None:
    assert view(RequestHistory(request()), "l2").detail == "Duplicate charge, asked by l1 2 h ago"


def test_two_steps_are_told_one_after_the_other() -> None:
    asked = request(decision=needs(Role.BILLING_SPECIALIST, Role.VP))
    assert told(view(RequestHistory(asked)))[1:3] == [
        ("now", "A billing specialist decides, due in 22 h"),
        ("todo", "A VP decides"),
    ]
    first = approval(role=Role.BILLING_SPECIALIST, person_name="specialist")
    assert told(view(RequestHistory(replace(asked, step=1), (first,))))[1:3] == [
        ("done", "Approved by specialist 20 min ago"),
        ("now", "A VP decides, due in 22 h"),
    ]


def test_who_stood_in_is_named_with_whom_they_stood_in_for() -> None:
    lent = approval(person_id="vp", person_name="VP", for_id="manager", for_name="Manager")
    approved = RequestHistory(request(State.SUCCEEDED), (lent,))
    assert ("done", "Approved by VP for Manager 20 min ago") in told(view(approved))
    refused = replace(lent, choice=Choice.REJECTED, reason="no")
    rejected = RequestHistory(request(State.REJECTED), (refused,))
    assert told(view(rejected))[-1] == ("failed", "Rejected by VP for Manager: no")


def test_a_quorum_counts_who_has_approved_so_far() -> None:
    asked = request(decision=replace(needs(), steps=(Step(Role.MANAGER, 2),)))
    assert told(view(RequestHistory(asked, (approval(),))))[1] == (
        "now",
        "2 managers decide, 1 so far, due in 22 h",
    )


def test_an_approval_of_an_older_version_does_not_count() -> None:
    renewed = request(version=2)
    assert told(view(RequestHistory(renewed, (approval(),))))[1] == ("now", "A manager decides, due in 22 h")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED, State.EXECUTING])
def test_running_is_the_step_of_now(state: State) -> None:
    found = view(RequestHistory(request(state), (approval(),)))
    assert (found.status_text, found.tone) == ("running", "info")
    assert told(found)[1:] == [
        ("done", "Approved by manager 20 min ago"),
        ("now", "The money is going back to Visa ···· 4242"),
        ("todo", "Customer and ticket are told"),
    ]


def test_done_has_every_step_done() -> None:
    done = request(
        State.SUCCEEDED, decision=allowed(), action="credit", summary="Credit $480.00 to the balance",
        outcome="refund pending at the bank",
    )  # fmt: skip
    found = view(RequestHistory(done))
    assert found.status_text == "done"
    assert found.due_at is None
    assert {state for state, _ in told(found)} == {"done"}
    assert told(found)[1][1] == "The credit was added to the balance: refund pending at the bank"


def test_failed_says_why_and_that_no_money_moved() -> None:
    failed = request(State.FAILED, outcome="This payment has already been refunded")
    found = view(RequestHistory(failed, (approval(),)))
    assert told(found)[-1] == ("failed", "Not done, no money moved. This payment has already been refunded.")


def test_unclear_asks_nobody_to_repeat_it() -> None:
    found = view(RequestHistory(request(State.UNKNOWN), (approval(),)))
    assert (found.status_text, found.tone) == ("unclear", "warn")
    assert told(found)[2] == ("now", "Not confirmed yet. We keep asking; do not repeat it.")
    held = view(RequestHistory(request(State.UNKNOWN, needs_human=True), (approval(),)))
    assert held.status_text == "needs a person"
    assert told(held)[2][0] == "failed"


def test_rejected_gives_the_reason_and_ends_there() -> None:
    refused = approval(Choice.REJECTED, reason="Refunded by hand already")
    found = view(RequestHistory(request(State.REJECTED), (refused,)))
    assert told(found)[1:] == [("failed", "Rejected by manager: Refunded by hand already")]


@pytest.mark.parametrize(
    ("state", "text"),
    [(State.EXPIRED, "Nobody decided in time"), (State.WITHDRAWN, "Taken back before a decision")],
)
def test_what_was_never_decided_ends_there(state: State, text: str) -> None:
    assert told(view(RequestHistory(request(state))))[1:] == [("failed", text)]


def test_denied_says_the_policy_reason() -> None:
    no = replace(allowed(), verdict=Verdict.DENY, reason="Only legal may force a cancellation")
    found = view(RequestHistory(request(State.DENIED, decision=no)))
    assert told(found) == [("failed", "Only legal may force a cancellation.")]


@pytest.mark.parametrize("state", list(State))
def test_every_state_and_every_action_has_words(state: State) -> None:
    for action in ("refund", "credit", "an_action_of_tomorrow"):
        found = view(RequestHistory(request(state, action=action), (approval(),)))
        assert found.status_text
        assert found.steps


class TestCards:
    """What has a card of its own in the panel."""

    @staticmethod
    def shown(*requests: RequestHistory) -> list[str]:
        return [card.id for card in panel_view(acme(history=requests)).requests]

    def test_show_what_is_going_on_and_what_just_ended(self) -> None:
        recent = request(State.SUCCEEDED, id="recent", updated_at=ago(minutes=14))
        old = request(State.SUCCEEDED, id="old", updated_at=ago(minutes=16))
        unclear = request(State.UNKNOWN, id="unclear", updated_at=ago(days=3))
        assert self.shown(*map(RequestHistory, (recent, old, unclear))) == ["recent", "unclear"]

    @pytest.mark.parametrize("state", [State.DENIED, State.WITHDRAWN])
    def test_do_not_show_what_leads_nowhere(self, state: State) -> None:
        assert self.shown(RequestHistory(request(state, updated_at=NOW))) == []

    def test_make_the_panel_ask_more_often_while_one_waits(self) -> None:
        assert panel_view(acme(history=(RequestHistory(request()),))).waiting
        assert not panel_view(acme(history=(RequestHistory(request(State.EXECUTING)),))).waiting
        assert not panel_view(acme()).waiting


def test_a_deadline_that_passed_is_now() -> None:
    late = request(expires_at=NOW - timedelta(minutes=1))
    assert told(view(RequestHistory(late)))[1][1] == "A manager decides, due now"


def test_an_amount_is_left_out_where_there_is_none() -> None:
    found = view(RequestHistory(request(amount=None, action="payment_link")))
    assert (found.title, found.amount) == ("Payment link", None)
    assert view(RequestHistory(request(amount=usd("0")))).title == "Refund $0.00"
