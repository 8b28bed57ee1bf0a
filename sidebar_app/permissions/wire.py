"""A question and a decision as one line of JSON each (DESIGN §4.3)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sidebar_app.domain.decision import Context, CustomerMatch, Decision, Question
from sidebar_app.domain.money import MINOR_DIGITS, InvalidAmount, Money

_KEYS = frozenset({"id", "role", "action", "amount", "currency", "percent", "days", "context"})
_CONTEXT_KEYS = frozenset(
    {
        "customer_requested",
        "multi_year_contract",
        "recent_credit_total",
        "recent_refund_count",
        "customer_match",
    }
)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_WORD = re.compile(r"[a-z_]{1,40}", re.ASCII)


class UnreadableQuestion(ValueError):
    """The message says what to correct; it never repeats values. `id` is the line's own, where it could be read."""

    def __init__(self, sentence: str, id: str | int | None = None) -> None:
        super().__init__(sentence)
        self.id = id


@dataclass(frozen=True, slots=True)
class Asked:
    id: str | int
    question: Question


def parse_line(line: str | bytes) -> Asked:
    """The question on one line; raises UnreadableQuestion for anything that is not exactly one."""
    values = _object(line)
    known = values.get("id")
    if isinstance(known, bool) or not isinstance(known, str | int):
        raise UnreadableQuestion("“id” is missing, or neither a text nor a whole number.")
    try:
        return Asked(known, read_question(values))
    except UnreadableQuestion as error:
        raise UnreadableQuestion(str(error), known) from None


def read_question(values: Mapping[str, Any]) -> Question:
    """The question these values ask, as parse_line reads them; raises UnreadableQuestion."""
    _only(values, _KEYS, "the question")
    for key in ("role", "action"):
        if not isinstance(values.get(key), str):
            raise UnreadableQuestion(f"“{key}” is missing or not a text.")
    currency = values.get("currency")
    if "currency" in values and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise UnreadableQuestion("“currency” is written as three capital letters, such as USD.")
    return Question(
        role=values["role"],
        action=values["action"],
        amount=_money(values, "amount", currency),
        percent=_percent(values),
        days=_whole(values, "days"),
        context=_context(values["context"], currency) if "context" in values else Context(),
    )


def decision_line(asked: Asked, decision: Decision) -> str:
    return json.dumps({"id": asked.id, **decision_values(decision)})


def error_line(error: UnreadableQuestion) -> str:
    known = {} if error.id is None else {"id": error.id}
    return json.dumps({**known, "error": str(error)})


def decision_values(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "steps": [{"role": step.role, "quorum": step.quorum} for step in decision.steps],
        "rules": list(decision.rules),
        "reason": decision.reason,
        "next_step": decision.next_step,
        "policy_version": decision.policy_version,
    }


def _object(line: str | bytes) -> dict[str, Any]:
    """Strictly UTF-8, a byte order mark allowed: json itself would guess encodings and let halves of characters by."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8-sig")
        values = json.loads(text, object_pairs_hook=_pairs)
    except UnreadableQuestion:
        raise
    except (ValueError, RecursionError):
        raise UnreadableQuestion("This line is not JSON.") from None
    if not isinstance(values, dict):
        raise UnreadableQuestion("A question is a JSON object.")
    return values


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice could be read either way, so it is not read at all."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise UnreadableQuestion("A key stands twice in this line.")
    return values


def _only(values: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in values:
        if key not in known:
            name = f"key “{key}”" if _WORD.fullmatch(key) else "key"
            raise UnreadableQuestion(f"There is an unknown {name} in {where}.")


def _money(values: Mapping[str, Any], key: str, currency: str | None) -> Money | None:
    """None without a currency: an amount of nothing in particular is no measure."""
    if key not in values:
        return None
    text = values[key]
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise UnreadableQuestion(f'“{key}” is written as decimal digits in a text, such as "12.50".')
    if currency is None:
        return None
    if currency not in MINOR_DIGITS:
        return Money(
            1, currency
        )  # whatever its size: the policy refuses a currency nobody knows the decimals of
    try:
        return Money.parse(text, currency)
    except InvalidAmount as error:
        raise UnreadableQuestion(f"“{key}”: {error}") from None


def _percent(values: Mapping[str, Any]) -> Decimal | None:
    if "percent" not in values:
        return None
    text = values["percent"]
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise UnreadableQuestion('“percent” is written as decimal digits in a text, such as "12.5".')
    return Decimal(text)


def _whole(values: Mapping[str, Any], key: str) -> int | None:
    if key not in values:
        return None
    if type(values[key]) is not int:
        raise UnreadableQuestion(f"“{key}” is a whole number.")
    return int(values[key])


def _context(values: Any, currency: str | None) -> Context:
    if not isinstance(values, dict):
        raise UnreadableQuestion("“context” is a JSON object.")
    _only(values, _CONTEXT_KEYS, "the context")
    count = _whole(values, "recent_refund_count") or 0
    if count < 0:
        raise UnreadableQuestion("“recent_refund_count” is 0 or more.")
    return Context(
        customer_requested=_truth(values, "customer_requested"),
        multi_year_contract=_truth(values, "multi_year_contract"),
        recent_credit_total=_money(values, "recent_credit_total", currency),
        recent_refund_count=count,
        customer_match=_match(values),
    )


def _truth(values: Mapping[str, Any], key: str) -> bool:
    value = values.get(key, False)
    if not isinstance(value, bool):
        raise UnreadableQuestion(f"“{key}” is true or false.")
    return value


def _match(values: Mapping[str, Any]) -> CustomerMatch:
    value = values.get("customer_match", CustomerMatch.EMAIL)
    if value not in list(CustomerMatch):
        raise UnreadableQuestion(f"“customer_match” is one of {', '.join(CustomerMatch)}.")
    return CustomerMatch(value)
