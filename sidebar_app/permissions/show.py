"""The matrix as a text, a Markdown or a JSON document."""

import json
from typing import Any

from sidebar_app.domain.decision import Decision, Verdict
from sidebar_app.domain.people import REQUESTING_ROLES, ROLE_NAMES, Role
from sidebar_app.permissions.matrix import Row, notes, rows, step_text
from sidebar_app.permissions.policy import Policy

_ROLE_LABELS = {Role.L1_AGENT: "L1", Role.L2_AGENT: "L2"}


def _symbol(decision: Decision) -> str:
    if decision.verdict is Verdict.NEEDS_APPROVAL:
        return f"[{', '.join(step_text(decision.steps))}]"
    return "✅" if decision.verdict is Verdict.ALLOW else "❌"


def _cells(policy: Policy) -> list[list[str]]:
    labels = [_ROLE_LABELS.get(role, ROLE_NAMES[role]) for role in REQUESTING_ROLES]
    return [
        ["action", "measure", *labels],
        *([row.action, row.condition, *map(_symbol, row.cells)] for row in rows(policy)),
    ]


def as_text(policy: Policy) -> str:
    table = _cells(policy)
    widths = [max(_width(row[n]) for row in table) for n in range(len(table[0]))]
    lines = [
        "  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)) for row in table
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    told = [f"- {note}" for note in notes(policy)]
    return "\n".join(
        [*(line.rstrip() for line in lines), "", *told, f"- Policy version {policy.version}", ""]
    )


def as_markdown(policy: Policy) -> str:
    head, *body = ([text.replace("|", "\\|") for text in row] for row in _cells(policy))
    lines = [head, ["---"] * len(head), *body]
    told = [f"- {note}" for note in notes(policy)]
    table = [f"| {' | '.join(row)} |" for row in lines]
    return "\n".join([*table, "", *told, f"- Policy version {policy.version}", ""])


def as_json(policy: Policy) -> str:
    return json.dumps(
        {
            "policy_version": policy.version,
            "currency": policy.settings.currency,
            "roles": list(REQUESTING_ROLES),
            "rows": [_row_values(row) for row in rows(policy)],
            "notes": notes(policy),
        },
        indent=2,
        ensure_ascii=False,
    )


def _row_values(row: Row) -> dict[str, Any]:
    return {
        "action": row.action,
        "measure": row.measure,
        "condition": row.condition,
        "cells": {
            role: {
                "verdict": decision.verdict,
                "steps": [{"role": step.role, "quorum": step.quorum} for step in decision.steps],
                "rules": list(decision.rules),
            }
            for role, decision in zip(REQUESTING_ROLES, row.cells, strict=True)
        },
    }


def _width(text: str) -> int:
    """Columns in a terminal: the two marks are twice as wide as letters."""
    return len(text) + sum(text.count(mark) for mark in "✅❌")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
