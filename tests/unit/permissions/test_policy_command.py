"""`sidebar-app policy` as a person or a program uses it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sidebar_app.__main__ import main
from sidebar_app.permissions import Policy

Change = Callable[..., str]
GOOD = '{"id": "a", "role": "manager", "action": "refund", "amount": "10", "currency": "USD"}'


def run(*arguments: str, lines: str | bytes = "", **env: str) -> Result:
    result = CliRunner(env={"POLICY_FILE": None, **env}).invoke(main, ["policy", *arguments], input=lines)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("command", ["", "show", "check", "decide", "explain", "diff", "test"])
def test_every_level_has_help(command: str) -> None:
    assert run(*command.split(), "--help").output.startswith("Usage:")


def test_show_prints_roles_as_columns(policy: Policy) -> None:
    lines = run("show").output.splitlines()
    assert lines[0].split() == ["action", "measure", "L1", "L2", "manager", "billing", "specialist"]
    row = next(line for line in lines if line.startswith("credit") and "< 100" in line)
    assert row.split() == ["credit", "<", "100", "[manager]", "✅", "✅", "✅"]
    assert any("customer-ambiguous" in line for line in lines)
    assert f"- Policy version {policy.version}" in lines


def test_show_lines_up_its_columns_although_marks_are_wide() -> None:
    rows = run("show").output.split("\n\n")[0].splitlines()
    column = rows[0].index("manager")
    for row in rows[2:]:
        seen = row.replace("✅", "✅.").replace("❌", "❌.")  # each takes two columns of a terminal
        assert (seen[column - 1], seen[column] == " ") == (" ", False)


def test_show_as_json_holds_every_cell(policy: Policy) -> None:
    shown = json.loads(run("show", "--format", "json").output)
    assert shown["policy_version"] == policy.version
    large = next(row for row in shown["rows"] if (row["action"], row["condition"]) == ("credit", "> 500"))
    assert large["cells"]["billing_specialist"] == {
        "verdict": "needs_approval",
        "steps": [{"role": "vp", "quorum": 1}],
        "rules": ["credit-large-by-specialist"],
    }


def test_check_accepts_the_shipped_policy(policy: Policy) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert policy.version in result.output
    assert (
        "It needs people who approve: 2 managers, 1 billing specialist, 1 of legal and 1 VP." in result.output
    )


def test_check_names_every_fault_with_its_place(tmp_path: Path, changed: Change) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(
        changed(('"l2_agent"', '"l2_agnet"'), ('measure = "days"', 'measure = "dyas"')), encoding="utf-8"
    )
    result = run("check", str(path))
    assert result.exit_code == 1
    assert "“dyas” is not a known measure. Did you mean “days”?" in result.stderr
    assert "“l2_agnet” is not a known role" in result.stderr
    assert all(line.startswith(f"{path}:") for line in result.stderr.splitlines()[:-1])
    assert result.stderr.splitlines()[-1] == "2 faults"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_check_says_when_a_file_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    if content is not None:
        path.write_bytes(content)
    result = run("check", str(path))
    assert result.exit_code == 1
    assert str(path) in result.stderr
    assert "Traceback" not in result.stderr


def test_decide_answers_in_order_and_goes_on_after_a_bad_line(policy: Policy) -> None:
    lines = "\n".join([GOOD, "?", "", GOOD.replace('"a"', '"b"').replace("10", "1000.01")])
    result = run("decide", lines=lines)
    first, second, third = answers(result)
    assert result.exit_code == 1
    assert (first["id"], first["verdict"], first["policy_version"]) == ("a", "allow", policy.version)
    assert second == {"error": "This line is not JSON."}
    assert (third["id"], third["verdict"], third["rules"]) == ("b", "needs_approval", ["refund-over-limit"])


def test_decide_succeeds_when_every_line_was_read_whatever_the_verdict() -> None:
    lines = f'{GOOD}\n{{"id": 1, "role": "vp", "action": "refund"}}\n'
    result = run("decide", lines=lines)
    assert result.exit_code == 0
    assert [answer["verdict"] for answer in answers(result)] == ["allow", "deny"]


def test_decide_of_nothing_is_nothing() -> None:
    result = run("decide", lines="")
    assert (result.exit_code, result.stdout) == (0, "")


def test_decide_reads_a_file_and_another_policy(tmp_path: Path, changed: Change) -> None:
    questions, other = tmp_path / "questions.jsonl", tmp_path / "policy.toml"
    questions.write_text(f"{GOOD}\n")
    other.write_text(
        changed(('"1000"', '"5"'), ('"1000"', '"5"'), within="refund-within-limit"), encoding="utf-8"
    )
    assert answers(run("decide", str(questions)))[0]["verdict"] == "allow"
    assert answers(run("decide", str(questions), "--policy", str(other)))[0]["verdict"] == "needs_approval"
    assert answers(run("decide", str(questions), POLICY_FILE=str(other)))[0]["verdict"] == "needs_approval"


def test_decide_gives_up_on_a_line_without_an_end_but_not_on_the_next() -> None:
    result = run("decide", lines=b'{"id": "' + b"x" * 200_000 + b'"}\n' + GOOD.encode() + b"\n")
    first, second = answers(result)
    assert first == {"error": "This line is longer than a question can be."}
    assert second["id"] == "a"


def test_decide_judges_the_rates_by_the_day() -> None:
    line = GOOD.replace("USD", "EUR")
    assert answers(run("decide", "--today", "2026-11-21", lines=line))[0]["verdict"] == "allow"
    assert answers(run("decide", "--today", "2029-01-01", lines=line))[0]["rules"][0] == "rate-stale"


def test_explain_says_what_would_make_it_allowed() -> None:
    result = run("explain", "--role", "l2_agent", "--action", "credit", "--amount", "119.98")
    assert "$19.99 less would need no approval: up to $99.99 runs at once." in result.output


def test_explain_takes_the_circumstances() -> None:
    options = [
        "--amount",
        "10",
        "--multi-year-contract",
        "--recent-refund-count",
        "3",
        "--customer-match",
        "ambiguous",
    ]
    result = run("explain", "--role", "manager", "--action", "refund", *options, "--json")
    explained = json.loads(result.output)
    assert explained["decision"]["rules"] == ["refund-multi-year", "customer-ambiguous", "refund-pattern"]
    assert explained["matched"][0]["id"] == "refund-within-limit"


def test_explain_refuses_what_is_no_question() -> None:
    result = run("explain", "--role", "manager", "--action", "refund", "--amount", "ten")
    assert result.exit_code == 2
    assert "“amount” is written as decimal digits" in result.stderr


def test_diff_speaks_in_words(tmp_path: Path, policy_text: str, changed: Change) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(policy_text, encoding="utf-8")
    new.write_text(changed(('over = "10000"', 'over = "5000"')), encoding="utf-8")
    result = run("diff", str(old), str(new))
    assert (
        "refund by L1 agent, L2 agent, manager and billing specialist: > 5,000 … ≤ 10,000: needs"
        in result.output
    )
    assert run("diff", str(old)).output == "Both say the same.\n"


def test_test_asks_the_shipped_cases() -> None:
    result = run("test")
    assert result.exit_code == 0
    assert result.output.endswith(" passed, 0 failed\n")


def test_test_fails_when_an_answer_differs(tmp_path: Path, changed: Change) -> None:
    other = tmp_path / "policy.toml"
    other.write_text(changed(('over = "10000"', 'over = "5000"')), encoding="utf-8")
    result = run("test", "--policy", str(other))
    assert result.exit_code == 1
    assert "a refund of 10,000 (manager): expected needs_approval [manager]" in result.output


def test_test_refuses_a_faulty_cases_file(tmp_path: Path) -> None:
    cases = tmp_path / "cases.toml"
    cases.write_text("[[cases]]\nname = 3\n")
    result = run("test", str(cases))
    assert result.exit_code == 1
    assert f"{cases}:2: “name” must be a text on one line." in result.stderr
