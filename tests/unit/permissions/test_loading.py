"""A policy file is read whole, or refused with everything that is wrong with it."""

from collections.abc import Callable

import pytest

from sidebar_app.permissions import Policy, PolicyFaults, load_policy, print_policy

Change = Callable[..., str]
Faults = Callable[[str], list[str]]


def line_of(text: str, words: str, *, after: str = "") -> int:
    start = text.index(after) if after else 0
    return text[: text.index(words, start)].count("\n") + 1


def test_the_shipped_policy_has_no_fault_and_prints_to_itself(policy: Policy) -> None:
    again = load_policy(print_policy(policy))
    assert again == policy
    assert again.version == policy.version


def test_the_version_ignores_layout_and_order_but_nothing_else(
    policy: Policy, policy_text: str, changed: Change
) -> None:
    head, *rules = policy_text.split("\n[[rules]]\n")
    last, *on_top = rules.pop().split("\n[[on_top]]\n")
    tables = [f"[[rules]]\n{rule}" for rule in (last, *reversed(rules))]
    tables += [f"[[on_top]]\n{rule}" for rule in reversed(on_top)]
    shuffled = "\n".join([head, *tables])
    assert load_policy(shuffled).book != policy.book
    assert load_policy(shuffled).version == policy.version
    assert load_policy(policy_text.replace("# ", "#  ")).version == policy.version
    assert (
        load_policy(changed(('"1000"', '"1000.00"'), within="refund-within-limit")).version == policy.version
    )
    assert load_policy(changed(("on their own", "alone"), within="pause")).version != policy.version
    assert load_policy(changed(('EUR = "1.15"', 'EUR = "1.16"'))).version != policy.version


def test_every_fault_is_told_at_once_each_with_its_line(changed: Change, faults_of: Faults) -> None:
    text = changed(
        ("answer_within_hours = 24", "answer_within_hours = 0"),
        ('EUR = "1.15"', "EUR = 1.15"),
        ('id = "view"', 'id = "view"\nroels = []'),
        ('"l2_agent"', '"l2_agnet"'),
        ('actions = ["payment_link"', 'actions = ["payment_lnik"'),
    )
    assert faults_of(text) == [
        f"line {line_of(text, 'answer_within_hours')}: “answer_within_hours” must be a whole number, 1 or more.",
        f'line {line_of(text, "EUR = 1.15")}: A rate is a positive decimal number in quotes, such as "1.15".',
        f"line {line_of(text, 'roels')}: The rule “view” has no key “roels”. Did you mean “roles”?",
        f"line {line_of(text, 'l2_agnet')}: “l2_agnet” is not a known role. Did you mean “l2_agent”?",
        f"line {line_of(text, 'payment_lnik')}: “payment_lnik” is not a known action. Did you mean “payment_link”?",
    ]


FAULTY = {
    "a gap between bands": (
        "credit-by-l2", [('up_to = "500"', 'up_to = "400"')],
        "There is a gap: no rule speaks about an L2 agent asking for “credit” over 400.",
    ),
    "a gap of a cent, which another currency could fall into": (
        "credit-small", [('below = "100"', 'up_to = "99.99"')],
        "There is a gap: no rule speaks about an L2 agent asking for “credit” over 99.99.",
    ),
    "a gap at the end": (
        "refund-over-limit", [('over = "1000"', 'over = "1000"\nup_to = "99999"')],
        "There is a gap: no rule speaks about a manager and a billing specialist asking for “refund” over 99999.",
    ),
    "an edge that both bands include": (
        "credit-small", [('below = "100"', 'up_to = "100"')],
        "The rules “credit-small” and “credit-by-l2” overlap: both speak about an L2 agent asking for “credit”.",
    ),
    "two rules for the same role": (
        "pause-by-agent", [('"l2_agent"', '"l2_agent", "manager"')],
        "The rules “pause-by-agent” and “pause” overlap: both speak about a manager asking for “pause_subscription”.",
    ),
    "an allow that opens with more money": (
        "credit-by-l2",
        [
            ('verdict = "needs_approval"\nsteps = [{ role = "manager" }]', 'verdict = "deny"\nnext_step = "No."'),
            ('up_to = "500"', 'up_to = "500"'),
        ],
        "More would be easier: an L2 agent asking for “credit” over 500 meets less than below that.",
    ),
    "a rule that no question reaches": (
        "refund-pattern",
        [
            ('actions = ["refund"]', 'actions = ["force_cancel"]'),
            ('["l1_agent", "l2_agent", "manager", "billing_specialist"]', '["manager"]'),
        ],
        "The rule “refund-pattern” never decides anything",
    ),
    "an id used twice": ("pause", [('id = "pause"', 'id = "view"')], "The id “view” is already used on line"),
    "a built-in id": ("pause", [('id = "pause"', 'id = "not-listed"')], "none of the built-in ones"),
    "a step that only asks": (
        "refund-by-agent", [('role = "manager"', 'role = "l2_agent"')],
        "Nobody could fill this step: “l2_agent” never approves.",
    ),
    "a step that only reads": (
        "refund-by-agent", [('role = "manager"', 'role = "compliance"')], "“compliance” never approves.",
    ),
    "a quorum of nobody": (
        "refund-by-agent", [('role = "manager"', 'role = "manager", quorum = 0')], "“quorum” must be a whole number",
    ),
    "a quorum that no company has": (
        "refund-by-agent", [('role = "manager"', 'role = "manager", quorum = 11')], "No more than 10 people",
    ),
    "steps in another order than they are asked": (
        "credit-large", [('{ role = "billing_specialist" }, { role = "vp" }', '{ role = "vp" }, { role = "manager" }')],
        "Steps are asked in the order manager, billing_specialist, legal, vp",
    ),
    "a role in two steps": (
        "credit-large", [('{ role = "billing_specialist" }', '{ role = "vp" }')], "A role stands in two steps",
    ),
    "approval without steps": ("pause-by-agent", [('steps = [{ role = "manager" }]\n', "")], "so it needs steps."),
    "an allow with steps": (
        "view", [('verdict = "allow"', 'verdict = "allow"\nsteps = [{ role = "vp" }]')], "this one says allow.",
    ),
    "a denial without a next step": (
        "force-cancel", [('next_step = "Hand the ticket to a billing specialist."\n', "")], "needs “next_step”.",
    ),
    "a role that never asks": ("view", [('"l1_agent"', '"vp"')], "“vp” decides or reads, but never asks"),
    "an allow on top": (
        "refund-pattern", [('verdict = "needs_approval"', 'verdict = "allow"')], "A rule on top only tightens",
    ),
    "a band for what has no measure": ("pause", [("roles", 'below = "5"\nroles')], "all measured by the same thing."),
    "a band that holds nothing": ("credit-by-l2", [('from = "100"', 'from = "600"')], "holds no value at all"),
    "two lower edges": ("credit-by-l2", [('from = "100"', 'from = "100"\nover = "100"')], "not both."),
    "a float as a threshold": ("credit-small", [('"100"', "100.5")], "decimals in quotes"),
    "a negative threshold": ("credit-small", [('"100"', '"-100"')], "must be a positive number"),
    "half a day": ("trial-short", [("up_to = 14", 'up_to = "14.5"')], "Days are whole."),
    "more than the whole": ("discount-large", [('from = "15"', 'from = "150"')], "A percentage ends at 100."),
    "over the whole": ("discount-large", [('from = "15"', 'over = "100"')], "No percentage is over 100."),
    "an edge in a sentence that the rule has not": (
        "credit-small", [("{below}", "{up_to}")], "“{up_to}” in a sentence must name an edge of this rule.",
    ),
    "a condition nobody knows": (
        "cancel-requested", [("customer_requested = true", "custmer_requested = true")],
        "“when” has no key “custmer_requested”. Did you mean “customer_requested”?",
    ),
    "a condition of the wrong kind": (
        "cancel-requested", [("customer_requested = true", 'customer_requested = "yes"')], "is true or false.",
    ),
    "an allow that opens with a longer history": (
        "cancel-requested", [("customer_requested = true", "recent_refund_count = { at_least = 2 }")],
        "“recent_refund_count” only tightens, so it belongs to a rule on top.",
    ),
    "a count without at least": ("refund-pattern", [("{ at_least = 3 }", "3")], "must be a table."),
    "a match nobody knows": ("customer-ambiguous", [('"ambiguous"', '"sure"')], "“sure” is not a known match."),
    "a sentence on two lines": ("view", [("Everybody", "Every\\nbody")], "must be a text on one line."),
    "a sentence no card could show": ("view", [("Everybody", "Everybody" * 40)], "longer than 300 characters."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_policy_is_refused_for(name: str, changed: Change, faults_of: Faults) -> None:
    rule, pairs, expected = FAULTY[name]
    text = changed(*pairs, within=rule)
    first = line_of(changed(), f'id = "{rule}"') - 1
    found = [fault for fault in faults_of(text) if expected in fault]
    assert found
    if "overlap" not in expected and "easier" not in expected:  # those stand at the other rule
        assert all(first <= int(fault.split(":")[0].removeprefix("line ")) <= first + 12 for fault in found)


def test_two_people_for_what_one_decided_is_stricter_and_fine(changed: Change) -> None:
    text = changed(
        ('steps = [{ role = "manager" }]', 'steps = [{ role = "manager", quorum = 2 }]'),
        within="refund-by-agent",
    )
    assert load_policy(text)


def test_fewer_people_for_more_money_is_refused(changed: Change, faults_of: Faults) -> None:
    text = changed(
        ('steps = [{ role = "manager" }]', 'steps = [{ role = "manager", quorum = 3 }]'),
        within="credit-by-l2",
    )
    assert any(
        "More would be easier: an L2 agent asking for “credit” over 500" in fault for fault in faults_of(text)
    )


def test_a_rule_that_cannot_be_read_does_not_make_its_neighbours_faulty(
    changed: Change, faults_of: Faults
) -> None:
    found = faults_of(changed(('verdict = "allow"', 'verdict = "alow"'), within="credit-small"))
    assert [fault.split(": ", 1)[1] for fault in found] == [
        "“alow” is not a known verdict. Did you mean “allow”?"
    ]


def test_days_are_whole_so_over_14_and_from_15_meet(changed: Change, policy: Policy) -> None:
    text = changed(("over = 14", "from = 15"), ("{over} in all", "{from} in all"), within="trial-long")
    plan = load_policy(text).index["l1_agent", "extend_trial"]
    assert plan.cuts == policy.index["l1_agent", "extend_trial"].cuts


def test_lines_that_are_no_toml_hide_no_other_fault(changed: Change, faults_of: Faults) -> None:
    text = changed(
        ("stale_after_days = 366", "stale_after_days = 36six"),
        ('EUR = "1.15"', "EUR = 1.15"),
        ('verdict = "allow"', 'verdict = "allow'),
        ('actions = ["payment_link"', 'actions = ["payment_lnik"'),
        ('id = "credit-by-l1"', 'id = "credit-by-l1"\nid = "again"'),
        ('roles = ["l2_agent"]', "roles = [l2_agent]"),
    )
    found = faults_of(text)
    assert [fault.split(":")[0] for fault in found] == [
        f"line {line_of(text, words)}"
        for words in ("36six", "EUR = 1.15", '"allow\n', "payment_lnik", 'id = "again"', "[l2_agent]")
    ]
    assert [fault.split(": ")[1] == "This is not TOML" for fault in found] == [
        True,
        False,
        True,
        False,
        True,
        True,
    ]


def test_a_line_that_others_hang_on_is_the_last_fault_that_can_be_told(
    changed: Change, faults_of: Faults
) -> None:
    text = changed(("stale_after_days = 366", "stale_after_days = 36six"), ("[[rules]]\nid", "[[rules\nid"))
    assert [int(fault.split(":")[0].split()[1]) for fault in faults_of(text)] == [
        line_of(text, "36six"),
        line_of(text, "[[rules\nid"),
    ]


def test_a_broken_file_is_not_read_for_ever() -> None:
    with pytest.raises(PolicyFaults) as caught:
        load_policy("\n".join(f"a{n} = ?" for n in range(5000)))
    assert len(caught.value.faults) == 50


BROKEN = {
    "": 1,
    "[settings": 1,
    'a = 1\nb = "': 2,
    "a = 1\na = 2": 2,
    "rules = 3": 1,
    "[[rules]]\n[[rules]]\nid = 3": 1,
    "actions = 3\nrules = [1]": 1,
    "x = " + "[" * 3000: 1,
    "x = " + "9" * 5000: 1,
    "\ufeffa = 1": 1,
    "a\x00 = 1": 1,
}


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_text_that_is_no_policy_is_refused_with_a_line(text: str) -> None:
    with pytest.raises(PolicyFaults) as caught:
        load_policy(text)
    assert caught.value.faults[0].line == BROKEN[text]


@pytest.mark.parametrize("depth", range(100, 700, 7))
def test_a_text_nested_deeper_than_anybody_writes_is_refused_like_any_other(depth: int) -> None:
    with pytest.raises(PolicyFaults):
        load_policy("x = " + "[" * depth + "]" * depth)


def test_a_file_larger_than_any_policy_is_not_even_parsed() -> None:
    with pytest.raises(PolicyFaults, match="larger than a policy can be"):
        load_policy("#" * 1_000_001)


SETTINGS = {
    'currency = "USD"': ('currency = "XXX"', "“XXX” is not a known currency."),
    "[12, 20]": ("[20, 12]", "Reminders are a list of rising whole hours"),
    "remind_after_hours = [12, 20]": ("remind_after_hours = [12, 24]", "reminds of an expired request"),
    "escalate_after_hours = 20": ("escalate_after_hours = 25", "comes after the request has expired"),
    "as_of = 2026-11-01": ("as_of = 2026-11-01T00:00:00Z", "“as_of” must be a date"),
    "stale_after_days = 366": ("stale_after_days = -1", "must be a whole number, 1 or more"),
    'JPY = "0.0067"': ('JPY = "0"', "A rate is a positive decimal number"),
    'KWD = "3.25"': ('XYZ = "3.25"', "“XYZ” is not a currency this service can move money in."),
    'refund = { measure = "amount" }': (
        'refund = { measure = "days" }',
        "“refund” cannot be measured by days.",
    ),
    'pause_subscription = { measure = "none" }': (
        'pause_subscriptoin = { measure = "none" }',
        "“pause_subscriptoin” is not an action of this service. Did you mean “pause_subscription”?",
    ),
    'extend_trial = { measure = "days" }': (
        'extend_trial = { measure = "days", adds = "recent_credit_total" }',
        "Recent credits are added to the amount of a credit, and to nothing else.",
    ),
}


@pytest.mark.parametrize("old", SETTINGS)
def test_a_setting_that_cannot_be_is_refused(old: str, changed: Change, faults_of: Faults) -> None:
    new, expected = SETTINGS[old]
    assert any(expected in fault for fault in faults_of(changed((old, new))))
