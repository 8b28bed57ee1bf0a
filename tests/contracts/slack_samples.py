"""Requests and cards as the Slack tests need them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sidebar_app.domain.decision import Decision, Step, Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import ActionRequest, Approval, Choice, Requester
from sidebar_app.ports.chat import ApprovalCard

ASKED = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
ONE_STEP = (Step(Role.MANAGER),)
TWO_STEPS = (Step(Role.BILLING_SPECIALIST), Step(Role.VP))


def request(state: State = State.PENDING_APPROVAL, **changes: Any) -> ActionRequest:
    """A refund that an L1 agent asked for, changed as the test needs it."""
    steps = changes.pop("steps", ONE_STEP)
    sample = ActionRequest(
        id="req_01K0SAMPLE",
        ticket_id=1001,
        customer_id="cus_acme",
        customer_name="Acme Corp",
        action="refund",
        params={"payment": "pi_1", "amount": "1450.00", "currency": "USD", "reason": "service_outage"},
        amount=Money(145_000, "USD"),
        summary="Refund $1,450.00 to Visa ···· 4242",
        note="The service was down for a day.\nThe customer has waited since Monday.",
        requester=Requester("zd:501", "L1 agent", "l1@support.example", Role.L1_AGENT),
        decision=Decision(
            verdict=Verdict.NEEDS_APPROVAL,
            rules=("refund-l1-any", "refund-over-1000"),
            reason="An L1 agent's refund needs a manager.",
            next_step="A manager is asked in Slack.",
            policy_version="2026-11-01",
            steps=steps,
        ),
        state=state,
        created_at=ASKED,
        updated_at=ASKED + timedelta(minutes=7),
        expires_at=ASKED + timedelta(hours=24),
    )
    return replace(sample, **changes)


def approval(choice: Choice = Choice.APPROVED, **changes: Any) -> Approval:
    """The manager's decision, five minutes after the question."""
    sample = Approval(
        request_id="req_01K0SAMPLE",
        version=1,
        step=0,
        role=Role.MANAGER,
        person_id="manager",
        person_name="Manager",
        choice=choice,
        at=ASKED + timedelta(minutes=5),
    )
    return replace(sample, **changes)


def card(state: State = State.PENDING_APPROVAL, *approvals: Approval, **changes: Any) -> ApprovalCard:
    return ApprovalCard(request(state, **changes), approvals, "https://sandbox.zendesk.example/tickets/1001")


def credit_card_note() -> str:
    """A note with everything that must not reach Slack alive."""
    number = "4111" + "1111" * 3
    return f"Card {number}, mail jane@customer.example <!channel> <https://evil.example|Approve> &amp; *bold*"
