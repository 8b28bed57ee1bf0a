"""Golden cases: questions with the answers a policy must give, rule ids included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sidebar_app.domain.decision import Decision, Question, Verdict
from sidebar_app.domain.people import Role
from sidebar_app.permissions.decide import decide
from sidebar_app.permissions.faults import PolicyFaults
from sidebar_app.permissions.matrix import step_text
from sidebar_app.permissions.parsing import parsed
from sidebar_app.permissions.policy import Policy
from sidebar_app.permissions.reading import Table
from sidebar_app.permissions.wire import UnreadableQuestion, read_question

_OWN_KEYS = ("name", "ask", "today")


@dataclass(frozen=True, slots=True)
class Case:
    """What one role must be answered; `line` is where the file says so."""

    name: str
    line: int
    question: Question
    today: date | None
    verdict: str
    steps: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`failures` are sentences with their lines; `unused` are rules no case was answered by."""

    passed: int
    failures: tuple[str, ...]
    unused: tuple[str, ...]


def run_cases(policy: Policy, text: str) -> Report:
    """Asks every case of a cases file; raises PolicyFaults when the file itself is wrong."""
    cases = read_cases(text)
    answers = [(case, decide(policy, case.question, today=case.today)) for case in cases]
    failures = [sentence for case, decision in answers if (sentence := _failure(case, decision))]
    used = {rule for _, decision in answers for rule in decision.rules}
    unused = tuple(rule.id for rule in policy.book.rules if rule.id not in used)
    return Report(len(cases) - len(failures), tuple(failures), unused)


def read_cases(text: str) -> list[Case]:
    """Raises PolicyFaults with every fault of the file."""
    document, findings = parsed(text)
    top = Table(document, (), findings, "A cases file")
    top.only(("cases",))
    cases = [case for table in top.tables("cases", name="A case") for case in _cases(table)]
    if not document.get("cases"):
        top.fault("", "A cases file without cases tests nothing.")
    if findings.faults:
        raise PolicyFaults(findings.certain)
    return cases


def _cases(table: Table) -> Iterator[Case]:
    """One case per role that the table names an answer for."""
    name, ask = table.text("name"), table.table("ask")
    today = _day(table)
    roles = [key for key in table.values if key not in _OWN_KEYS]
    if not roles:
        table.fault("", "A case names at least one role and its answer.")
    if name is None or ask is None:
        return
    for role in roles:
        case = _case(table, ask, name, role, today)
        if case:
            yield case


def _day(table: Table) -> date | None:
    day = table.values.get("today")
    if day is None or (isinstance(day, date) and not isinstance(day, datetime)):
        return day
    table.fault("today", "“today” must be a date, such as 2026-11-01.")
    return None


def _case(table: Table, ask: Table, name: str, role: str, today: date | None) -> Case | None:
    try:
        question = read_question({**ask.values, "role": role})
    except UnreadableQuestion as error:
        table.fault("ask", str(error))
        return None
    expected = table.table(role)
    if expected is None:
        return None
    expected.name = f"The answer for {role}"
    expected.only(("verdict", "steps", "rules"))
    verdict = expected.choice("verdict", Verdict, word="verdict")
    steps, rules = _names(expected, "steps", required=False), _names(expected, "rules", required=True)
    line = table.findings.line(expected.path)
    return Case(name, line, question, today, verdict, steps, rules) if verdict else None


def _names(table: Table, key: str, *, required: bool) -> tuple[str, ...]:
    value = table.required(key) if required else table.values.get(key, [])
    if (
        not isinstance(value, list)
        or not all(isinstance(name, str) for name in value)
        or (required and not value)
    ):
        if value is not None:
            table.fault(key, f"“{key}” must be a list of texts.")
        return ()
    return tuple(value)


def _failure(case: Case, decision: Decision) -> str:
    expected = (case.verdict, case.steps, case.rules)
    found = (decision.verdict.value, tuple(step_text(decision.steps)), decision.rules)
    if expected == found:
        return ""
    role = case.question.role
    known = role if role in set(Role) else "someone else"
    return f"line {case.line}: {case.name} ({known}): expected {_said(*expected)}, got {_said(*found)}."


def _said(verdict: str, steps: tuple[str, ...], rules: tuple[str, ...]) -> str:
    asked = f" [{', '.join(steps)}]" if steps else ""
    return f"{verdict}{asked} by {', '.join(rules)}"
