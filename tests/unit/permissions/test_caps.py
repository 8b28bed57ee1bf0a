"""Limits over time: what one person asked for lately counts, and only ever tightens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sidebar_app.domain.decision import Question, Step, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import Role
from sidebar_app.domain.tally import Tally
from sidebar_app.permissions import Lately, Policy, capped, decide, load_policy, print_policy, reach
from sidebar_app.permissions.diff import differences
from sidebar_app.permissions.explain import as_text, explain
from sidebar_app.permissions.matrix import notes
from sidebar_app.permissions.rulebook import Period
from sidebar_app.permissions.staffing import people_needed

Faults = Callable[[str], list[str]]

DAILY = """
[[caps]]
id = "agent-daily"
actions = ["credit", "refund"]
roles = ["l1_agent", "l2_agent"]
per = "day"
amount = "200"
verdict = "needs_approval"
steps = [{ role = "billing_specialist" }]
reason = "More than {amount} in {per} by one agent is looked at."
"""
WEEKLY = """
[[caps]]
id = "agent-weekly"
actions = ["credit"]
roles = ["l2_agent"]
per = "week"
count = 3
verdict = "deny"
reason = "Nobody gives more than {count} credits in {per}."
next_step = "Hand the ticket to a manager."
"""
TODAY = date(2026, 11, 20)


@pytest.fixture
def with_caps(policy_text: str) -> Policy:
    return load_policy(policy_text + DAILY + WEEKLY)


def usd(major: int | str) -> Money:
    return Money.parse(str(major), "USD")


def credit(amount: Money, role: Role = Role.L2_AGENT) -> Question:
    return Question(role, "credit", amount)


def today(*tallies: Tally) -> Lately:
    return {Period.DAY: tallies}


def ask(policy: Policy, question: Question, lately: Lately, on: date | None = TODAY) -> tuple[object, ...]:
    found = capped(policy, question, decide(policy, question, today=on), lately, today=on)
    return found.verdict, found.rules, tuple(step.role for step in found.steps)


AT_ONCE = (Verdict.ALLOW, ("credit-small",), ())
LOOKED_AT = (Verdict.NEEDS_APPROVAL, ("agent-daily",), (Role.BILLING_SPECIALIST,))


def test_reaching_a_cap_is_fine_and_a_cent_beyond_is_not(with_caps: Policy) -> None:
    asked = today(Tally("credit", 2, usd(101)), Tally("refund", 1, usd(50)))
    assert ask(with_caps, credit(usd(49)), asked) == AT_ONCE
    assert ask(with_caps, credit(usd("49.01")), asked) == LOOKED_AT


def test_other_actions_and_roles_are_not_counted(with_caps: Policy) -> None:
    assert ask(with_caps, credit(usd(49)), today(Tally("payment_link", 99))) == AT_ONCE
    asked = today(Tally("credit", 1, usd(400)))
    assert ask(with_caps, credit(usd(49), Role.MANAGER), asked)[0] is Verdict.ALLOW


def test_a_count_is_a_number_of_requests(with_caps: Policy) -> None:
    assert ask(with_caps, credit(usd(1)), {Period.WEEK: [Tally("credit", 2, usd(2))]}) == AT_ONCE
    verdict, rules, steps = ask(with_caps, credit(usd(1)), {Period.WEEK: [Tally("credit", 3, usd(2))]})
    assert (verdict, rules, steps) == (Verdict.DENY, ("agent-weekly",), ())


def test_steps_and_ids_of_rules_and_caps_are_united_in_order(with_caps: Policy) -> None:
    found = ask(with_caps, credit(usd(300)), today())
    assert found == (
        Verdict.NEEDS_APPROVAL,
        ("credit-by-l2", "agent-daily"),
        (Role.MANAGER, Role.BILLING_SPECIALIST),
    )


def test_the_sentences_say_how_much_it_is(with_caps: Policy) -> None:
    question = credit(usd(60))
    found = capped(with_caps, question, decide(with_caps, question), today(Tally("credit", 1, usd(150))))
    assert found.reason == (
        "More than $200.00 in 24 hours by one agent is looked at. With this one it would be $210.00 in 24 hours."
    )
    assert found.next_step == "Ask for approval: a billing specialist decides within 24 hours."
    lately = {Period.WEEK: [Tally("credit", 7, usd(7))]}
    denied = capped(with_caps, question, decide(with_caps, question), lately)
    assert denied.reason.endswith("more than 3 credits in 7 days. This one would be number 8 in 7 days.")
    assert denied.next_step == "Hand the ticket to a manager."


CURRENCIES = [
    (Money(10_000, "EUR"), usd("85.00"), False),  # €100 are $115: 200 exactly
    (Money(10_000, "EUR"), usd("85.01"), True),
    (Money(10_000, "JPY"), usd("99.99"), False),  # ¥10,000 are $67
    (Money(19_850, "JPY"), usd("67.01"), True),  # ¥19,850 are $132.995
    (Money(19_850, "JPY"), usd("67.00"), False),
    (Money(31_000, "KWD"), usd("99.25"), True),  # KWD 31.000 are $100.75, so it is 200 exactly …
    (Money(30_999, "KWD"), usd("99.25"), False),  # … and one fils less is within
]


@pytest.mark.parametrize(("earlier", "now", "is_over"), CURRENCIES)
def test_other_currencies_are_converted_exactly(
    earlier: Money, now: Money, is_over: bool, with_caps: Policy
) -> None:
    if earlier.minor == 31_000:
        now = Money(now.minor + 1, "USD")
    found = ask(with_caps, credit(now), today(Tally("refund", 1, earlier)))
    assert found == (LOOKED_AT if is_over else AT_ONCE)


def test_a_missing_or_stale_rate_counts_as_passed(with_caps: Policy) -> None:
    unrated = today(Tally("refund", 1, Money(1, "XAF")))
    assert ask(with_caps, credit(usd(1)), unrated) == LOOKED_AT
    rated = today(Tally("refund", 1, Money(1, "EUR")))
    assert ask(with_caps, credit(usd(1)), rated) == AT_ONCE
    assert ask(with_caps, credit(usd(1)), rated, date(2030, 1, 1)) == LOOKED_AT
    assert ask(with_caps, credit(usd(1)), today(Tally("credit", 1, usd(1))), date(2030, 1, 1)) == AT_ONCE


def test_an_error_while_counting_is_a_denial(with_caps: Policy) -> None:
    broken: Lately = {Period.DAY: [Tally("credit", 1, "ten")]}  # type: ignore[arg-type]
    question = credit(usd(1))
    assert capped(with_caps, question, decide(with_caps, question), broken).rules == ("policy-error",)


def test_what_a_button_promises_is_what_the_caps_leave(with_caps: Policy) -> None:
    for earlier, expected in (("0", "99.99"), ("101", "99.00"), ("199.99", "0.01")):
        found = reach(
            with_caps, role="l2_agent", action="credit", currency="USD", context=credit(usd(1)).context,
            lately=today(Tally("refund", 1, usd(earlier))),
        )  # fmt: skip
        assert found.at_once_up_to == usd(expected)
    full = reach(
        with_caps, role="l2_agent", action="credit", currency="USD", context=credit(usd(1)).context,
        lately=today(Tally("refund", 1, usd(200))),
    )  # fmt: skip
    assert full.smallest.rules == ("agent-daily",)
    assert full.at_once_up_to is None


def test_an_explanation_shows_how_far_a_cap_is_used_and_what_is_left(with_caps: Policy) -> None:
    found = explain(with_caps, credit(usd(60)), lately=today(Tally("credit", 1, usd(150))), today=TODAY)
    assert found.decision.rules == ("agent-daily",)
    assert [(cap.id, cap.is_over) for cap in found.caps] == [("agent-daily", True), ("agent-weekly", False)]
    assert found.caps[0].sentence == (
        "More than $200.00 in 24 hours by one L1 agent or L2 agent: needs a billing specialist. "
        "With this one: $210.00, 2 requests."
    )
    assert found.ways[0] == "$10.00 less would need no approval: up to $50.00 runs at once."
    assert "What was asked for more than 24 hours ago no longer counts." in found.ways
    full = explain(with_caps, credit(usd(60)), lately=today(Tally("credit", 1, usd(200))), today=TODAY)
    assert not any("less would" in way for way in full.ways)


def test_without_a_person_an_explanation_names_the_caps_that_may_come(with_caps: Policy) -> None:
    text = as_text(explain(with_caps, credit(usd(60))))
    assert "agent-daily: More than $200.00 in 24 hours by one L1 agent or L2 agent: needs a billing" in text
    assert "With this one" not in text
    assert "Limits over time" not in as_text(explain(with_caps, credit(usd(60), Role.MANAGER)))


def test_caps_belong_to_the_version_whatever_their_order(
    policy_text: str, with_caps: Policy, policy: Policy
) -> None:
    assert load_policy(policy_text + WEEKLY + DAILY).version == with_caps.version
    assert with_caps.version != policy.version
    assert load_policy(policy_text + DAILY.replace('"200"', '"201"') + WEEKLY).version != with_caps.version
    assert load_policy(print_policy(with_caps)) == with_caps


def test_notes_and_differences_say_caps_in_words(policy: Policy, policy_text: str, with_caps: Policy) -> None:
    assert (
        "credit, refund by one L1 agent or L2 agent: more than $200.00 in 24 hours → [billing_specialist] on top. "
        "(agent-daily)"
    ) in notes(with_caps)
    said = (
        "credit and refund by one L1 agent or L2 agent, more than {} in 24 hours: needs a billing specialist"
    )
    higher = load_policy(policy_text + DAILY.replace('"200"', '"250.50"') + WEEKLY)
    before, after = said.format("$200.00"), said.format("$250.50")
    assert differences(policy, with_caps) == [
        f"{before} (stricter). (cap agent-daily added)",
        "credit by one L2 agent, more than 3 requests in 7 days: denied (stricter). (cap agent-weekly added)",
    ]
    assert differences(with_caps, higher) == [f"{before} → {after} (looser). (cap agent-daily)"]
    assert differences(higher, with_caps) == [f"{after} → {before} (stricter). (cap agent-daily)"]
    assert differences(with_caps, policy)[0] == f"{before} no longer (looser). (cap agent-daily removed)"
    mixed = load_policy(policy_text + DAILY.replace('amount = "200"', 'amount = "300"\ncount = 9') + WEEKLY)
    both = said.format("$300.00 or 9 requests")
    assert differences(with_caps, mixed) == [f"{before} → {both}. (cap agent-daily)"]
    reworded = load_policy(policy_text + DAILY.replace("looked at", "seen") + WEEKLY)
    assert differences(with_caps, reworded) == [f"{before}, in other words. (cap agent-daily)"]


def test_the_people_a_cap_needs_are_counted(policy_text: str) -> None:
    text = policy_text + DAILY.replace('{ role = "billing_specialist" }', '{ role = "legal", quorum = 3 }')
    assert people_needed(load_policy(text))[Role.LEGAL] == 3


FAULTY = {
    "nothing to hold to": (DAILY.replace('amount = "200"\n', ""), "limits nothing: give it an “amount”, a “count” or"),
    "an unknown key": (DAILY.replace("per =", "every ="), "The cap “agent-daily” has no key “every”."),
    "no period": (DAILY.replace('per = "day"\n', ""), "The cap “agent-daily” needs “per”."),
    "a period nobody knows": (DAILY.replace('"day"', '"month"'), "“month” is not a known period."),
    "a role nobody knows": (DAILY.replace('"l1_agent"', '"l1_agnet"'), "Did you mean “l1_agent”?"),
    "a role that never asks": (DAILY.replace('"l1_agent"', '"vp"'), "“vp” decides or reads, but never asks"),
    "an action nobody knows": (DAILY.replace('"refund"', '"refnud"'), "“refnud” is not a known action."),
    "an amount of what has none": (
        DAILY.replace('"refund"', '"extend_trial"'), "“extend_trial” has no amount to add up; limit it by “count”.",
    ),
    "a float": (DAILY.replace('"200"', "200.5"), "“amount” must be a positive number; decimals in quotes"),
    "nothing at all": (DAILY.replace('"200"', '"0"'), "“amount” must be a positive number"),
    "no request at all": (WEEKLY.replace("count = 3", "count = 0"), "“count” must be a whole number, 1 or more."),
    "an allow": (
        DAILY.replace('"needs_approval"\nsteps = [{ role = "billing_specialist" }]', '"allow"'), "A cap only tightens",
    ),
    "approval by nobody": (DAILY.replace('steps = [{ role = "billing_specialist" }]\n', ""), "so it needs steps."),
    "a step nobody could fill": (DAILY.replace('"billing_specialist"', '"l2_agent"'), "Nobody could fill this step"),
    "a denial with steps": (WEEKLY.replace("deny", 'deny"\nsteps = [{ role = "vp" }]#'), "this one says deny."),
    "a denial without a next step": (WEEKLY.split("next_step")[0], "needs “next_step”."),
    "a number it has not": (DAILY.replace("{amount}", "{count}"), "must name “amount”, “count” or “per” of this cap."),
    "the id of a rule": (DAILY.replace("agent-daily", "refund-by-agent"), "is already used on line"),
    "an id used twice": (DAILY + DAILY.replace("200", "100"), "The id “agent-daily” is already used on line"),
    "what is denied anyway": (
        WEEKLY.replace('"credit"', '"force_cancel"'), "The cap “agent-weekly” never decides anything",
    ),
    "what a stricter cap says first": (
        WEEKLY + WEEKLY.replace("agent-weekly", "agent-day").replace("week", "day"),
        "The cap “agent-day” never matters: “agent-weekly” is reached first and is no easier.",
    ),
    "the same again": (
        DAILY + DAILY.replace("agent-daily", "again"),
        "The cap “again” never matters: “agent-daily” is reached first and is no easier.",
    ),
    "caps that are no list": ("caps = 3", "“caps” must be a list of tables."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_cap_is_refused_for(name: str, policy_text: str, faults_of: Faults) -> None:
    addition, expected = FAULTY[name]
    text = f"{addition}\n{policy_text}" if name == "caps that are no list" else policy_text + addition
    found = [fault for fault in faults_of(text) if expected in fault]
    assert found
    begins = 1 if text.startswith("caps") else policy_text.count("\n") + 1
    assert all(int(fault.split(":")[0].removeprefix("line ")) >= begins for fault in found)


def test_two_caps_that_each_catch_something_live_together(policy_text: str) -> None:
    deny_later = DAILY.replace("agent-daily", "agent-stop").replace('"200"', '"400"').replace(
        'needs_approval"\nsteps = [{ role = "billing_specialist" }]', 'deny"\nnext_step = "Ask a manager."'
    )  # fmt: skip
    both = load_policy(policy_text + DAILY + deny_later)
    assert ask(both, credit(usd(50)), today(Tally("credit", 1, usd(200)))) == LOOKED_AT
    stopped = ask(both, credit(usd(50)), today(Tally("credit", 1, usd(400))))
    assert stopped == (Verdict.DENY, ("agent-stop",), ())


def test_a_denial_by_the_rules_stays_as_it_is(with_caps: Policy) -> None:
    question = replace(credit(usd(1)), amount=None)
    assert ask(with_caps, question, today(Tally("credit", 9, usd(900))))[1] == ("measure-missing",)


def test_the_larger_quorum_counts(policy_text: str) -> None:
    text = DAILY.replace('{ role = "billing_specialist" }', '{ role = "manager", quorum = 2 }')
    question = credit(usd(300))
    loaded = load_policy(policy_text + text)
    found = capped(loaded, question, decide(loaded, question), {})
    assert found.steps == (Step(Role.MANAGER, 2),)
    assert found.next_step == "Ask for approval: 2 managers decide within 24 hours."
