"""What changes between two policies, in words."""

from collections.abc import Callable

import pytest

from sidebar_app.permissions import Policy, load_policy
from sidebar_app.permissions.diff import differences

Change = Callable[..., str]

CHANGES = {
    "a higher limit": (
        "credit-small",
        [('below = "100"', 'below = "150"'), ('from = "100"', 'from = "150"')],
        "credit by L2 agent: ≥ 100 … < 150: needs a manager → runs at once (looser).",
    ),
    "a second manager": (
        "pause-by-agent",
        [('role = "manager"', 'role = "manager", quorum = 2')],
        "pause_subscription by L1 agent and L2 agent: needs a manager → needs 2 managers (stricter).",
    ),
    "somebody else": (
        "tax-exemption",
        [('steps = [{ role = "billing_specialist" }]', 'steps = [{ role = "legal" }]')],
        ("set_tax_exemption by L1 agent, L2 agent and manager: needs a billing specialist → needs legal"
        " (different people)."),
    ),
    "a circumstance": (
        "refund-multi-year",
        [('{ role = "legal" }, ', "")],
        ("refund by L1 agent and L2 agent: with multi_year_contract, needs a manager, then legal, then a VP → "
        "needs a manager, then a VP (looser)."),
    ),
    "an allow taken away": (
        "tax-exemption-by-specialist",
        [('verdict = "allow"', 'verdict = "deny"\nnext_step = "Ask legal."')],
        "set_tax_exemption by billing specialist: runs at once → denied (stricter).",
    ),
    "a rate": ("", [('EUR = "1.15"', 'EUR = "1.2"')], "Rate of EUR: 1.15 → 1.2."),
    "a new rate": ("", [('ZAR = "0.057"', 'ZAR = "0.057"\nXAF = "0.0017"')], "Rate of XAF: none → 0.0017."),
    "the date of the rates": ("", [("2026-11-01", "2027-01-31")], "Rates are of 2027-01-31 instead of 2026-11-01."),
    "their age": ("", [("stale_after_days = 366", "stale_after_days = 90")], "Rates are stale after 90 instead of"),
    "a time": ("", [("run_within_hours = 24", "run_within_hours = 4")], "run_within: 24 hours → 4 hours."),
    "a list of times": ("", [("hours = [12, 20]", "hours = [20]")], "remind_after: 12, 20 hours → 20 hours."),
    "no reminders": ("", [("hours = [12, 20]", "hours = []")], "remind_after: 12, 20 hours → never."),
    "the currency": ("", [('currency = "USD"', 'currency = "EUR"')], "Thresholds are in EUR instead of USD."),
    "words only": ("view", [("Everybody", "Everyone")], "Rules changed: view."),
    "another id": ("view", [('id = "view"', 'id = "looking"')], "Rules added: looking."),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_said_in_words(name: str, policy: Policy, changed: Change) -> None:
    rule, pairs, expected = CHANGES[name]
    found = differences(policy, load_policy(changed(*pairs, within=rule)))
    assert any(sentence.startswith(expected) for sentence in found), found


def test_the_same_policy_differs_in_nothing(policy: Policy) -> None:
    assert differences(policy, policy) == []


def test_only_what_changes_is_said(policy: Policy, changed: Change) -> None:
    text = changed(
        ('below = "100"', 'below = "150"'), ('from = "100"', 'from = "150"'), within="credit-small"
    )
    assert differences(policy, load_policy(text)) == [
        "credit by L2 agent: ≥ 100 … < 150: needs a manager → runs at once (looser).",
        "Rules changed: credit-by-l2, credit-small.",
    ]


def test_an_action_that_is_no_longer_listed_is_denied(policy: Policy, policy_text: str) -> None:
    before, _, after = policy_text.partition('[[rules]]\nid = "links-and-copies"')
    text = before + "[[rules]]" + after.partition("[[rules]]")[2]
    found = differences(policy, load_policy(text))
    assert (
        "payment_link by L1 agent, L2 agent, manager and billing specialist: runs at once → denied (stricter)."
        in found
    )
    assert "Rules removed: links-and-copies." in found
