"""The table as it was agreed (DESIGN §4.3), cell by cell: what is asked, and what `policy show` prints."""

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

import pytest

from sidebar_app.domain.decision import Context, CustomerMatch, Question, Step, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import REQUESTING_ROLES, Role
from sidebar_app.permissions import Policy, decide, load_policy
from sidebar_app.permissions.matrix import rows
from sidebar_app.permissions.show import as_markdown

TABLE = """
| view_billing | – | ✅ | ✅ | ✅ | ✅ |
| view_payment_history | – | ✅ | ✅ | ✅ | ✅ |
| payment_link | – | ✅ | ✅ | ✅ | ✅ |
| resend_invoice | – | ✅ | ✅ | ✅ | ✅ |
| credit | < 100 | [manager] | ✅ | ✅ | ✅ |
| credit | 100 … 500 (both included) | [manager] | [manager] | ✅ | ✅ |
| credit | > 500 | [billing_specialist, vp] | [billing_specialist, vp] | [billing_specialist, vp] | [vp] |
| refund | ≤ 1,000 | [manager] | [manager] | ✅ | ✅ |
| refund | > 1,000 … ≤ 10,000 | [manager] | [manager] | [manager] | [manager] |
| refund | > 10,000 | [manager, vp] | [manager, vp] | [manager, vp] | [manager, vp] |
| extend_trial | ≤ 14 days | ✅ | ✅ | ✅ | ✅ |
| extend_trial | > 14 days | [manager] | [manager] | [manager] | [manager] |
| grace_period | ≤ 7 days | ✅ | ✅ | ✅ | ✅ |
| grace_period | > 7 days | [manager] | [manager] | [manager] | [manager] |
| pause_subscription | – | [manager] | [manager] | ✅ | ✅ |
| upgrade_plan | – | [manager] | ✅ | ✅ | ✅ |
| downgrade_plan | – | [manager] | ✅ | ✅ | ✅ |
| update_payment_method | – | [manager] | ✅ | ✅ | ✅ |
| adjust_seats | – | [manager] | ✅ | ✅ | ✅ |
| cancel_subscription | customer_requested = true | [manager] | [manager] | ✅ | ✅ |
| cancel_subscription | customer_requested = false | ❌ | ❌ | ❌ | ❌ |
| force_cancel | – | ❌ | ❌ | ❌ | [legal] |
| apply_discount | < 15 % | [manager] | [manager] | ✅ | ✅ |
| apply_discount | ≥ 15 % | [billing_specialist, vp] | [billing_specialist, vp] | [billing_specialist, vp] | [vp] |
| set_tax_exemption | – | [billing_specialist] | [billing_specialist] | [billing_specialist] | ✅ |
""".strip().splitlines()

# Measures at both ends and in the middle of each row's band.
MEASURES: dict[str, tuple[object, ...]] = {
    "credit | < 100": ("0.01", "50", "99.99"),
    "credit | 100 … 500 (both included)": ("100", "300", "500"),
    "credit | > 500": ("500.01", "99999"),
    "refund | ≤ 1,000": ("0.01", "1000"),
    "refund | > 1,000 … ≤ 10,000": ("1000.01", "10000"),
    "refund | > 10,000": ("10000.01", "9999999"),
    "extend_trial | ≤ 14 days": (1, 14),
    "extend_trial | > 14 days": (15, 400),
    "grace_period | ≤ 7 days": (1, 7),
    "grace_period | > 7 days": (8, 400),
    "apply_discount | < 15 %": (Decimal("0.01"), Decimal("14.99")),
    "apply_discount | ≥ 15 %": (Decimal(15), Decimal(100)),
}
MANAGER, LEGAL, VP = Step(Role.MANAGER), Step(Role.LEGAL), Step(Role.VP)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(files("sidebar_app.permissions").joinpath("policy.toml").read_text(encoding="utf-8"))


def cells() -> list[tuple[str, str, Role, str]]:
    found = []
    for line in TABLE:
        action, condition, *answers = [cell.strip() for cell in line.strip("|").split("|")]
        found += [
            (action, condition, role, answer) for role, answer in zip(REQUESTING_ROLES, answers, strict=True)
        ]
    return found


def asked(action: str, condition: str, role: Role) -> list[Question]:
    question = Question(role, action, context=Context(customer_requested=condition.endswith("= true")))
    measures = MEASURES.get(f"{action} | {condition}", (None,))
    return [measured(question, measure) for measure in measures]


def measured(question: Question, measure: object) -> Question:
    if isinstance(measure, str):
        return replace(question, amount=Money.parse(measure, "USD"))
    if isinstance(measure, Decimal):
        return replace(question, percent=measure)
    return replace(question, days=measure) if isinstance(measure, int) else question


def expected(answer: str) -> tuple[Verdict, list[str]]:
    if answer.startswith("["):
        return Verdict.NEEDS_APPROVAL, answer.strip("[]").split(", ")
    return (Verdict.ALLOW if answer == "✅" else Verdict.DENY), []


@pytest.mark.parametrize(("action", "condition", "role", "answer"), cells())
def test_the_cell_is_decided_as_agreed(
    action: str, condition: str, role: Role, answer: str, policy: Policy
) -> None:
    for question in asked(action, condition, role):
        decision = decide(policy, question)
        assert (decision.verdict, [str(step.role) for step in decision.steps]) == expected(answer)
        assert all(step.quorum == 1 for step in decision.steps)


def test_the_printed_table_is_the_agreed_one(policy: Policy) -> None:
    head, line, *printed = as_markdown(policy).split("\n\n", 1)[0].splitlines()
    assert head == "| action | measure | L1 | L2 | manager | billing specialist |"
    assert line == "| --- | --- | --- | --- | --- | --- |"
    assert printed == TABLE
    assert len(rows(policy)) == len(TABLE)


AMBIGUOUS = Context(customer_match=CustomerMatch.AMBIGUOUS, customer_requested=True)
ON_TOP = [
    ("refund", Context(recent_refund_count=3), (MANAGER,)),
    ("refund", Context(recent_refund_count=2), ()),
    ("refund", Context(multi_year_contract=True), (LEGAL, VP)),
    ("refund", Context(multi_year_contract=True, recent_refund_count=3), (MANAGER, LEGAL, VP)),
    ("refund", AMBIGUOUS, (MANAGER,)),
    ("credit", AMBIGUOUS, (MANAGER,)),
    ("update_payment_method", AMBIGUOUS, (MANAGER,)),
    ("cancel_subscription", AMBIGUOUS, (MANAGER,)),
    ("pause_subscription", AMBIGUOUS, ()),
    ("credit", Context(multi_year_contract=True, recent_refund_count=9), ()),
]


@pytest.mark.parametrize(("action", "context", "steps"), ON_TOP)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.BILLING_SPECIALIST])
def test_what_comes_on_top_for_those_who_act_alone(
    role: Role, action: str, context: Context, steps: tuple[Step, ...], policy: Policy
) -> None:
    decision = decide(policy, Question(role, action, Money.parse("10", "USD"), context=context))
    assert decision.steps == steps
    assert decision.verdict is (Verdict.NEEDS_APPROVAL if steps else Verdict.ALLOW)


@pytest.mark.parametrize(
    ("amount", "recent", "alone"), [("50", "49.99", True), ("50", "50", False), ("99.99", "0", True)]
)
def test_credits_are_measured_with_those_of_the_last_30_days(
    amount: str, recent: str, alone: bool, policy: Policy
) -> None:
    context = Context(recent_credit_total=Money.parse(recent, "USD"))
    decision = decide(policy, Question("l2_agent", "credit", Money.parse(amount, "USD"), context=context))
    assert (decision.verdict is Verdict.ALLOW) is alone


def test_the_agreed_times(policy: Policy) -> None:
    hours = [
        span.total_seconds() / 3600
        for span in (policy.settings.answer_within, policy.settings.expire_after, policy.settings.run_within)
    ]
    assert hours == [24, 24, 24]
