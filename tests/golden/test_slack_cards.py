"""What the cards and forms look like, frozen as JSON.

After a wanted change: `REFRESH_GOLDEN=1 bin/test tests/golden/test_slack_cards.py`, then read the diff.
"""

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sidebar_app.adapters.chat.slack import forms
from sidebar_app.adapters.chat.slack.cards import Message, approval_card
from sidebar_app.adapters.chat.slack.texts import escaped, quoted, shortened
from sidebar_app.domain.decision import Step
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.request import Choice
from sidebar_app.ports.chat import ApprovalCard
from sidebar_app.sandbox.slack import block_kit
from tests.contracts.slack_samples import TWO_STEPS, approval, card, credit_card_note

FILES = Path(__file__).parent / "slack"
SPECIALIST: dict[str, Any] = {
    "role": Role.BILLING_SPECIALIST,
    "person_id": "specialist",
    "person_name": "Billing specialist",
}
CREDIT: dict[str, Any] = {
    "summary": "Credit $750.00 to the account balance",
    "action": "credit",
    "amount": Money(75_000, "USD"),
}

CARDS: dict[str, ApprovalCard] = {
    "pending": card(),
    "pending_second_step": card(
        State.PENDING_APPROVAL, approval(**SPECIALIST), steps=TWO_STEPS, step=1, **CREDIT
    ),
    "pending_first_step": card(steps=TWO_STEPS, **CREDIT),
    "pending_quorum": card(State.PENDING_APPROVAL, approval(), steps=(Step(Role.MANAGER, 2),)),
    "pending_hostile": card(
        customer_name="jane@customer.example",
        note=credit_card_note(),
        summary="Refund <!here> & more",
        version=3,
    ),
    "approved": card(State.APPROVED, approval()),
    "approved_for_somebody": card(
        State.APPROVED,
        approval(person_id="vp", person_name="VP", for_id="manager", for_name="First manager"),
    ),
    "executing": card(State.EXECUTING, approval()),
    "succeeded": card(
        State.SUCCEEDED, approval(), outcome="The refund is pending at the bank.", reference="re_1"
    ),
    "failed": card(State.FAILED, approval(), outcome="This payment has already been refunded in full."),
    "unknown": card(State.UNKNOWN, approval(), outcome="Stripe did not answer."),
    "unknown_needs_human": card(State.UNKNOWN, approval(), needs_human=True),
    "rejected": card(State.REJECTED, approval(Choice.REJECTED, reason="Not covered by the contract.\n> no")),
    "expired": card(State.EXPIRED),
    "withdrawn": card(State.WITHDRAWN),
}
VIEWS = {
    "form_reject": forms.reject_form("req_01K0SAMPLE", version=3, about="Refund $1,450.00 to Visa ···· 4242"),
    "form_notice": forms.notice("This was already approved by Manager at 10:35 UTC."),
}


def check_golden(name: str, shape: Any) -> None:
    path = FILES / f"{name}.json"
    text = json.dumps(shape, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("REFRESH_GOLDEN"):
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_agreed(name: str) -> None:
    check_golden(name, asdict(approval_card(CARDS[name])))


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_looks_as_agreed(name: str) -> None:
    check_golden(name, VIEWS[name])


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in FILES.glob("*.json")} == {*CARDS, *VIEWS}


def check_fits_slack(message: Message) -> None:
    """Slack's limits, as the SDK's models and the sandbox know them."""
    for block in Block.parse_all(message.blocks):
        block.to_dict()
    assert block_kit.faults_of(message.blocks, "message") == []
    assert len(json.dumps(message.blocks, ensure_ascii=False)) < block_kit.MAX_CHARACTERS
    assert 0 < len(message.text) <= 4000


@pytest.mark.parametrize("name", CARDS)
def test_a_card_keeps_slacks_limits(name: str) -> None:
    check_fits_slack(approval_card(CARDS[name]))


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_keeps_slacks_limits(name: str) -> None:
    View(**VIEWS[name]).to_dict()
    assert block_kit.faults_of_view(VIEWS[name]) == []


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_card_and_only_a_pending_one_has_buttons(state: State) -> None:
    message = approval_card(card(state, approval()))
    buttons = [b for b in message.blocks if b["type"] == "actions"]
    assert bool(buttons) is (state is State.PENDING_APPROVAL)
    check_fits_slack(message)


def test_a_button_carries_the_id_and_the_version_only() -> None:
    (actions,) = (b for b in approval_card(card(version=4)).blocks if b["type"] == "actions")
    assert {e["value"] for e in actions["elements"]} == {'{"id": "req_01K0SAMPLE", "v": 4}'}


def test_the_text_alone_says_everything_a_screen_reader_needs() -> None:
    text = approval_card(card()).text
    for fact in ("Refund $1,450.00", "Acme Corp", "#1001", "L1 agent", "a manager", "22 Nov 2026, 10:30 UTC"):
        assert fact in text


def test_a_decided_card_says_who_and_when() -> None:
    text = approval_card(CARDS["rejected"]).text
    assert "Rejected by Manager, 21 Nov 2026, 10:35 UTC: Not covered by the contract." in text


def test_no_card_number_and_no_customers_address_reaches_slack() -> None:
    shown = json.dumps(asdict(approval_card(CARDS["pending_hostile"])))
    assert "4111" not in shown
    assert "jane@" not in shown
    assert "l1@support.example" not in shown


def live_markup(message: Message) -> set[str]:
    """What stands in angle brackets and would come alive, apart from our own dates and ticket link."""
    texts = [message.text]
    for block in message.blocks:
        for part in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
            if isinstance(part, dict) and part.get("type") == "mrkdwn":
                texts.append(part["text"])
    found = {tag for text in texts for tag in re.findall(r"<[^>]*>?", text)}
    return {t for t in found if not t.startswith(("<!date^", "<https://sandbox.zendesk.example/"))}


def test_nothing_a_person_typed_comes_alive() -> None:
    assert live_markup(approval_card(CARDS["pending_hostile"])) == set()


ANY_TEXT = st.text(max_size=400) | st.sampled_from(["<!channel>" * 60, "&" * 3000, "\n" * 500, "x" * 6000])


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_keeps_within_the_limits_and_stays_dead(
    note: str, name: str, summary: str, why: str
) -> None:
    # A summary is ours and never empty; everything else may be anything.
    decided = approval(Choice.REJECTED, reason=why, person_name=name)
    for state in (State.PENDING_APPROVAL, State.REJECTED, State.FAILED):
        message = approval_card(
            card(state, decided, note=note, customer_name=name, summary=f"Refund {summary}", outcome=why)
        )
        check_fits_slack(message)
        assert live_markup(message) == set()


@given(st.text(max_size=60), st.integers(5, 40))
def test_escaping_cuts_between_characters_and_within_the_limit(text: str, limit: int) -> None:
    cut = escaped(text, limit)
    assert len(cut) <= limit
    assert re.fullmatch(r"(?:[^&<>]|&(?:amp|lt|gt);)*", cut)
    assert len(shortened(text, limit)) <= limit


def test_every_line_of_a_quotation_is_marked() -> None:
    assert quoted("one\n\n*Customer*\r\ntwo") == "> one\n> *Customer*\n> two"
