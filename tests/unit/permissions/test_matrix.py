"""The rows of the matrix; the shipped ones are in tests/golden/test_policy_table.py."""

from collections.abc import Callable

from sidebar_app.permissions import Policy, load_policy
from sidebar_app.permissions.matrix import notes, rows
from sidebar_app.permissions.show import as_markdown

TIGHTENING = """
[[on_top]]
id = "credit-huge"
actions = ["credit"]
roles = ["manager"]
{edges}
verdict = "needs_approval"
steps = [{{ role = "vp" }}]
reason = "Large."
"""


def conditions(policy: Policy, action: str) -> list[str]:
    return [row.condition for row in rows(policy) if row.action == action]


def test_bands_that_answer_alike_are_one_row(policy: Policy, policy_text: str) -> None:
    text = policy_text + TIGHTENING.format(edges='over = "700"\nup_to = "900"')
    assert conditions(load_policy(text), "credit") == ["< 100", "100 … 500 (both included)", "> 500"]


def test_a_band_on_top_makes_rows_of_its_own(policy: Policy, policy_text: str) -> None:
    text = policy_text + TIGHTENING.format(edges='from = "499.50"')
    assert conditions(load_policy(text), "credit") == [
        "< 100",
        "≥ 100 … < 499.5",
        "499.5 … 500 (both included)",
        "> 500",
    ]


def test_a_role_without_a_rule_is_shown_as_denied(changed: Callable[..., str]) -> None:
    text = changed(('roles = ["l1_agent", "l2_agent"]', 'roles = ["l2_agent"]'), within="pause-by-agent")
    assert "| pause_subscription | – | ❌ | [manager] | ✅ | ✅ |" in as_markdown(load_policy(text))


def test_a_quorum_is_shown(changed: Callable[..., str]) -> None:
    text = changed(('{ role = "manager" }', '{ role = "manager", quorum = 2 }'), within="pause-by-agent")
    assert "| pause_subscription | – | [2 × manager] | [2 × manager] | ✅ | ✅ |" in as_markdown(
        load_policy(text)
    )


def test_notes_name_the_rules_that_hang_on_circumstances(policy: Policy) -> None:
    said = notes(policy)
    assert "refund: recent_refund_count ≥ 3 → [manager] on top. (refund-pattern)" in said
    assert "refund: multi_year_contract = true → [legal, vp] on top. (refund-multi-year)" in said
    assert any(note.endswith("within 24 hours.") for note in said)
