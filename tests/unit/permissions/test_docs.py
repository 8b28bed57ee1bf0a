"""docs/policy.md teaches what is so."""

import re
from pathlib import Path

import pytest

from sidebar_app.permissions import Policy, load_policy
from sidebar_app.permissions.diff import differences
from sidebar_app.permissions.explain import explain
from sidebar_app.permissions.show import as_text
from sidebar_app.permissions.vocabulary import BUILT_IN
from sidebar_app.permissions.wire import read_question

GUIDE = (Path(__file__).parents[3] / "docs/policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```\n\n```text\n(.*?)```", GUIDE, re.DOTALL)
_RULE = re.compile(
    r'^\[\[(?:rules|on_top|caps)\]\]\nid = "([a-z0-9-]+)"\n.*?(?=^\[\[|^# ----|\Z)', re.DOTALL | re.MULTILINE
)


def with_rules(policy_text: str, changes: str) -> str:
    """The policy with rules replaced by those of the same id, and the others added."""
    text = policy_text
    for rule in _RULE.finditer(changes):
        old = next((found for found in _RULE.finditer(text) if found[1] == rule[1]), None)
        new = rule[0].rstrip() + "\n\n"
        text = text[: old.start()] + new + text[old.end() :] if old else f"{text}\n{new}"
    return text


def test_there_are_four_worked_examples() -> None:
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("example", range(4))
def test_an_example_changes_what_the_guide_says(example: int, policy: Policy, policy_text: str) -> None:
    changes, expected = EXAMPLES[example]
    changed = load_policy(with_rules(policy_text, changes))
    assert differences(policy, changed) == expected.splitlines()


def test_the_rule_that_is_explained_is_the_shipped_one(policy: Policy) -> None:
    shown = re.search(r'```\n\[\[rules\]\]\n(id = "credit-by-l2".*?)```', GUIDE, re.DOTALL)
    assert shown
    keys = dict(line.split("#")[0].split(" = ", 1) for line in shown[1].splitlines())
    rule = next(rule for rule in policy.book.rules if rule.id == "credit-by-l2")
    assert rule.band.low
    assert rule.band.high
    assert keys["from"].strip() == f'"{rule.band.low.value}"'
    assert keys["up_to"].strip() == f'"{rule.band.high.value}"'
    assert keys["reason"].strip() == f'"{rule.reason}"'


def test_every_built_in_answer_is_explained() -> None:
    assert all(f"`{name}`" in GUIDE for name in BUILT_IN)


def test_the_quoted_outputs_are_real(policy: Policy) -> None:
    question = read_question({"role": "l2_agent", "action": "credit", "amount": "119.98", "currency": "USD"})
    assert f"*{explain(policy, question).ways[0]}*" in GUIDE
    shown = {" ".join(line.split()) for line in as_text(policy).splitlines()}
    quoted = re.search(r"```\n(action .*?)```", GUIDE, re.DOTALL)
    assert quoted
    assert {" ".join(line.split()) for line in quoted[1].splitlines()} <= shown
