"""Golden cases state the verdict, the steps and the rules; a wrong reason fails like a wrong verdict."""

from decimal import Decimal
from importlib.resources import files

import pytest

from sidebar_app.domain.decision import Question
from sidebar_app.domain.people import REQUESTING_ROLES
from sidebar_app.permissions import Policy, PolicyFaults
from sidebar_app.permissions.cases import read_cases, run_cases
from sidebar_app.permissions.matrix import rows

GOOD = """
[[cases]]
name = "a refund"
ask = { action = "refund", amount = "10", currency = "USD" }
l1_agent = { verdict = "needs_approval", steps = ["manager"], rules = ["refund-by-agent"] }
manager = { verdict = "allow", rules = ["refund-within-limit"] }
"""


@pytest.fixture(scope="session")
def shipped() -> str:
    return files("sidebar_app.permissions").joinpath("cases.toml").read_text(encoding="utf-8")


def test_the_shipped_policy_answers_every_shipped_case_and_no_rule_goes_untried(
    policy: Policy, shipped: str
) -> None:
    report = run_cases(policy, shipped)
    assert report.failures == ()
    assert report.unused == ()
    assert report.passed > 400


NEXT = {"amount": Decimal("0.01"), "percent": Decimal("0.01"), "days": Decimal(1)}


def test_the_shipped_cases_stand_on_both_sides_of_every_edge(policy: Policy, shipped: str) -> None:
    asked = {(c.question.action, c.question.role, measure_in_usd(c.question)) for c in read_cases(shipped)}
    for row in rows(policy):
        if row.end is None:
            continue
        value, is_included_below = row.end
        other = value + NEXT[row.measure] if is_included_below else value - NEXT[row.measure]
        for role in REQUESTING_ROLES:
            assert {(row.action, role, value), (row.action, role, other)} <= asked


def measure_in_usd(question: Question) -> Decimal | None:
    if question.amount:
        return question.amount.major if question.amount.currency == "USD" else None
    return Decimal(question.days) if question.days else question.percent


def test_a_good_case_passes(policy: Policy) -> None:
    report = run_cases(policy, GOOD)
    assert (report.passed, report.failures) == (2, ())
    assert "credit-small" in report.unused


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('verdict = "allow"', 'verdict = "deny"', "expected deny by refund-within-limit, got allow by"),
        (
            '"refund-by-agent"',
            '"refund-large"',
            "expected needs_approval [manager] by refund-large, got needs_approval",
        ),
        (
            '["manager"]',
            '["vp"]',
            "expected needs_approval [vp] by refund-by-agent, got needs_approval [manager]",
        ),
        (
            '"10"',
            '"1000.01"',
            "line 6: a refund (manager): expected allow by refund-within-limit, got needs_approval",
        ),
    ],
)
def test_a_case_that_is_answered_otherwise_fails_and_says_how(
    old: str, new: str, found: str, policy: Policy
) -> None:
    failures = run_cases(policy, GOOD.replace(old, new)).failures
    assert len(failures) == 1
    assert found in failures[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "a refund"\n', "", "line 2: A case needs “name”."),
        ("ask = {", "aks = {", "line 2: A case needs “ask”."),
        ('amount = "10"', "amount = 10", "line 4: “amount” is written as decimal digits"),
        ('verdict = "allow"', 'verdict = "alow"', "line 6: “alow” is not a known verdict."),
        ('rules = ["refund-within-limit"]', "rules = []", "line 6: “rules” must be a list of texts."),
        (', rules = ["refund-within-limit"]', "", "line 6: The answer for manager needs “rules”."),
        ("[[cases]]", "[[case]]", "line 2: A cases file has no key “case”."),
        ("[[cases]]", "[[cases", "line 2: This is not TOML"),
        ("ask =", "today = 2026-01-01T00:00:00\nask =", "line 4: “today” must be a date"),
        (GOOD, "", "line 1: A cases file without cases tests nothing."),
    ],
)
def test_a_faulty_cases_file_is_refused_with_its_lines(
    old: str, new: str, fault: str, policy: Policy
) -> None:
    with pytest.raises(PolicyFaults) as caught:
        run_cases(policy, GOOD.replace(old, new, 1))
    assert any(str(each).startswith(fault) for each in caught.value.faults), caught.value
