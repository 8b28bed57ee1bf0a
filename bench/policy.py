"""Decisions per second, beside casbin and Cedar holding the same table; and `policy decide` on 100,000 lines.

Both engines answer yes or no, so each rule is told to them twice: may it run "at_once", may one "ask" for it.
Approval is then a no to the first and a yes to the second. Before anything is timed, all three must agree on
every sampled question. They name neither approvers nor reasons; ours does, in the same time.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from importlib.resources import files
from itertools import cycle
from pathlib import Path
from typing import Any

import casbin
import cedarpy
from casbin.model import FastModel, Model

from sidebar_app.domain.decision import Context, CustomerMatch, Question, Verdict
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import REQUESTING_ROLES
from sidebar_app.permissions import Policy, decide, load_policy
from sidebar_app.permissions.rulebook import Condition, Rule
from sidebar_app.permissions.vocabulary import Measure

_SAMPLE = 2_000
_LINES = 100_000
_SECONDS = 1.5  # per timed round; the best of three counts, the machine being shared
_SCALE = 100  # both engines compare whole numbers: cents, hundredths of a percent, hundredths of a day

Answer = Callable[[Question], Verdict]


def main(argv: list[str]) -> None:
    """Prints one JSON line per figure. `--no-command` leaves out the run of the command line."""
    policy = load_policy(files("sidebar_app.permissions").joinpath("policy.toml").read_text(encoding="utf-8"))
    questions = _questions(policy, random.Random(7))
    ours = _rate(lambda question: decide(policy, question), questions)
    _print("decisions", ours, "1/s", {"target": 200_000})
    others = {"casbin": _casbin(policy, fast=False), "casbin FastEnforcer": _casbin(policy, fast=True)}
    for name, answer in {**others, "cedarpy": _cedar(policy)}.items():
        _agree(policy, questions, answer, name)
        theirs = _rate(answer, questions)
        _print(f"decisions, {name}", theirs, "1/s", {})
        target = {"target": 20} if name == "casbin" else {}
        _print(f"times as fast as {name}", ours / theirs, "x", {name: round(theirs), **target})
    if "--no-command" not in argv:
        _command(policy)


def _print(figure: str, value: float, unit: str, vs: dict[str, float]) -> None:
    print(json.dumps({"bench": "policy", "figure": figure, "value": round(value, 2), "unit": unit, "vs": vs}))


def _rate(answer: Callable[[Question], Any], questions: list[Question]) -> float:
    """Answers per second on one core, the best of three rounds."""
    chunks = [questions[start : start + 50] for start in range(0, len(questions), 50)]
    return max(_round(answer, chunks) for _ in range(3))


def _round(answer: Callable[[Question], Any], chunks: list[list[Question]]) -> float:
    count, began, passed = 0, time.perf_counter(), 0.0
    for chunk in cycle(chunks):
        for question in chunk:
            answer(question)
        count += len(chunk)
        passed = time.perf_counter() - began
        if passed > _SECONDS:
            break
    return count / passed


def _questions(policy: Policy, rng: random.Random) -> list[Question]:
    return [_question(policy, rng) for _ in range(_SAMPLE)]


def _question(policy: Policy, rng: random.Random) -> Question:
    terms = rng.choice(policy.book.actions)
    measure = terms.measure
    return Question(
        role=rng.choice(REQUESTING_ROLES),
        action=terms.name,
        amount=Money(rng.randint(1, 1_500_000), "USD") if measure is Measure.AMOUNT else None,
        percent=Decimal(rng.randint(1, 10_000)) / 100 if measure is Measure.PERCENT else None,
        days=rng.randint(1, 30) if measure is Measure.DAYS else None,
        context=Context(
            customer_requested=rng.random() < 0.5,
            multi_year_contract=rng.random() < 0.2,
            recent_credit_total=Money(rng.randint(0, 60_000), "USD") if rng.random() < 0.5 else None,
            recent_refund_count=rng.randint(0, 4),
            customer_match=rng.choice(list(CustomerMatch)),
        ),
    )


def _measure(question: Question) -> int:
    if question.amount is not None:
        recent = question.context.recent_credit_total
        return question.amount.minor + (recent.minor if recent and question.action == "credit" else 0)
    return int((question.percent or Decimal(question.days or 0)) * _SCALE)


def _agree(policy: Policy, questions: list[Question], answer: Answer, name: str) -> None:
    for question in questions:
        if answer(question) is not decide(policy, question).verdict:
            raise SystemExit(f"{name} does not hold the same table: {question}")


def _statements(rule: Rule) -> Iterable[tuple[str, str]]:
    """What a rule says to an engine that knows yes and no: (kind, effect)."""
    if rule.verdict is Verdict.ALLOW:
        yield from (("at_once", "allow"), ("ask", "allow"))  # a rule on top may leave only the asking
    elif rule.verdict is Verdict.DENY:
        yield from (("at_once", "deny"), ("ask", "deny"))
    else:
        yield "at_once", "deny"
        yield "ask", "allow"


def _tests(rule: Rule, name: Callable[[str], str], literal: Callable[[Condition], str]) -> list[str]:
    found = [literal(condition) for condition in rule.when]
    if low := rule.band.low:
        found.append(f"{name('measure')} {'>=' if low.included else '>'} {int(low.value * _SCALE)}")
    if high := rule.band.high:
        found.append(f"{name('measure')} {'<=' if high.included else '<'} {int(high.value * _SCALE)}")
    return found


_CASBIN_MODEL = """
[request_definition]
r = role, action, kind, measure, customer_requested, multi_year_contract, recent_refund_count, customer_match
[policy_definition]
p = role, action, kind, rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.role == p.role && r.action == p.action && r.kind == p.kind && eval(p.rule)
"""


def _casbin(policy: Policy, *, fast: bool) -> Answer:
    key = [0, 1, 2]
    model = FastModel(key) if fast else Model()
    model.load_model_from_text(_CASBIN_MODEL)
    enforcer = casbin.FastEnforcer(model, cache_key_order=key) if fast else casbin.Enforcer(model)
    lines = [
        [role, action, kind, " && ".join(_tests(rule, lambda n: f"r.{n}", _casbin_test)) or "1 == 1", effect]
        for rule in policy.book.rules
        for role in rule.roles
        for action in rule.actions
        for kind, effect in _statements(rule)
    ]
    enforcer.add_policies([list(map(str, line)) for line in lines])

    def answer(question: Question) -> Verdict:
        asked = _casbin_request(question)
        if enforcer.enforce(asked[0], asked[1], "at_once", *asked[2:]):
            return Verdict.ALLOW
        may_ask = enforcer.enforce(asked[0], asked[1], "ask", *asked[2:])
        return Verdict.NEEDS_APPROVAL if may_ask else Verdict.DENY

    return answer


def _casbin_test(condition: Condition) -> str:
    if isinstance(condition.value, bool):
        return f"r.{condition.key} == {condition.value}"
    if isinstance(condition.value, int):
        return f"r.{condition.key} >= {condition.value}"
    return " || ".join(f'r.{condition.key} == "{match}"' for match in condition.value)


def _casbin_request(question: Question) -> list[Any]:
    context = question.context
    return [
        str(question.role),
        question.action,
        _measure(question),
        context.customer_requested,
        context.multi_year_contract,
        context.recent_refund_count,
        str(context.customer_match),
    ]


def _cedar(policy: Policy) -> Answer:
    texts = [
        f"{'permit' if effect == 'allow' else 'forbid'}(principal, action in [{_cedar_actions(rule, kind)}], resource) "
        f"when {{ {' && '.join([_cedar_roles(rule), *_tests(rule, lambda n: f'context.{n}', _cedar_test)])} }};"
        for rule in policy.book.rules
        for kind, effect in _statements(rule)
    ]
    held = cedarpy.PolicySet.from_str("\n".join(texts))
    entities = cedarpy.Entities.from_json_str("[]")

    def permits(question: Question, kind: str) -> bool:
        context = question.context
        request = {
            "principal": f'Role::"{question.role}"',
            "action": f'Action::"{kind}:{question.action}"',
            "resource": 'Account::"any"',
            "context": {
                "measure": _measure(question),
                "customer_requested": context.customer_requested,
                "multi_year_contract": context.multi_year_contract,
                "recent_refund_count": context.recent_refund_count,
                "customer_match": str(context.customer_match),
            },
        }
        return bool(cedarpy.is_authorized(request, held, entities).allowed)

    def answer(question: Question) -> Verdict:
        if permits(question, "at_once"):
            return Verdict.ALLOW
        return Verdict.NEEDS_APPROVAL if permits(question, "ask") else Verdict.DENY

    return answer


def _cedar_actions(rule: Rule, kind: str) -> str:
    return ", ".join(f'Action::"{kind}:{action}"' for action in rule.actions)


def _cedar_roles(rule: Rule) -> str:
    return "[" + ", ".join(f'Role::"{role}"' for role in rule.roles) + "].contains(principal)"


def _cedar_test(condition: Condition) -> str:
    if isinstance(condition.value, bool):
        return f"context.{condition.key} == {str(condition.value).lower()}"
    if isinstance(condition.value, int):
        return f"context.{condition.key} >= {condition.value}"
    return "(" + " || ".join(f'context.{condition.key} == "{match}"' for match in condition.value) + ")"


def _command(policy: Policy) -> None:
    """Seconds and memory of the command on 100,000 lines, start of the interpreter included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "questions.jsonl")
        lines = [_line(n, _question(policy, random.Random(n))) for n in range(1_000)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        _run_command(path)
        small = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        with path.open("w", encoding="utf-8") as file:
            for _ in range(_LINES // len(lines)):
                file.write("\n".join(lines) + "\n")
        seconds = _run_command(path)
        large = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    _print(f"policy decide, {_LINES} lines", seconds, "s", {"target": 8})
    _print(
        f"memory growth from 1000 to {_LINES} lines",
        (large - small) / 1024,
        "MiB",
        {"1000 lines": small // 1024},
    )


def _run_command(path: Path) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "sidebar_app", "policy", "decide", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)
    return time.perf_counter() - began


def _line(number: int, question: Question) -> str:
    context = question.context
    values: dict[str, Any] = {"id": str(number), "role": question.role, "action": question.action}
    if question.amount:
        values |= {"amount": question.amount.decimal, "currency": question.amount.currency}
    if question.percent:
        values["percent"] = str(question.percent)
    if question.days:
        values["days"] = question.days
    values["context"] = {
        "customer_requested": context.customer_requested,
        "multi_year_contract": context.multi_year_contract,
        "recent_refund_count": context.recent_refund_count,
        "customer_match": context.customer_match,
    }
    return json.dumps(values)


if __name__ == "__main__":
    main(sys.argv[1:])
