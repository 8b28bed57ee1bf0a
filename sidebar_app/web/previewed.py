"""A preview as the API says it."""

from typing import Any

from sidebar_app.domain.decision import Verdict, in_turn
from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.permissions.explain import Matched
from sidebar_app.web import schemas
from sidebar_app.web.problems import KINDS
from sidebar_app.workflow.policing import NobodyCanApprove
from sidebar_app.workflow.submit import Preview
from sidebar_app.workflow.why import Asked, Why


def previewed(found: Preview, action: str) -> dict[str, Any]:
    decision, amount = found.decision, found.plan.amount
    return schemas.PreviewSchema().dump(  # type: ignore[no-any-return]
        {
            "action": action,
            "verdict": decision.verdict.value,
            "summary": found.plan.summary,
            "sentence": f"{decision.reason} {decision.next_step}".strip(),
            "reason": decision.reason,
            "next_step": decision.next_step,
            "steps": [
                {"role": s.role.value, "name": ROLE_NAMES[s.role], "quorum": s.quorum} for s in decision.steps
            ],
            "rules": list(decision.rules),
            "policy_version": decision.policy_version,
            "money": {"amount": amount.decimal, "currency": amount.currency, "display": str(amount)},
            "due_at": found.due_at,
            "why": _why(found.why),
            "obstacle": _obstacle(found.why.obstacle),
        }
    )


def _why(why: Why) -> dict[str, Any]:
    told = why.explanation
    return {
        "rules": [_rule(matched) for matched in told.matched],
        "caps": [{"rule": cap.id, "sentence": cap.sentence, "is_over": cap.is_over} for cap in told.caps],
        "ways": told.ways,
        "approvers": [_approvers(asked) for asked in why.asked],
    }


def _rule(matched: Matched) -> dict[str, Any]:
    answers = {Verdict.ALLOW: "runs at once", Verdict.DENY: "denied"}
    answer = answers.get(matched.verdict) or f"needs {in_turn(matched.steps)}"
    return {"rule": matched.id, "sentence": matched.reason, "answer": answer, "decides": matched.decides}


def _approvers(asked: Asked) -> dict[str, Any]:
    role = asked.step.role
    return {"role": role.value, "name": ROLE_NAMES[role], "quorum": asked.step.quorum, "people": asked.names}


def _obstacle(nobody: NobodyCanApprove | None) -> dict[str, str] | None:
    return {"detail": str(nobody), "next_step": KINDS[NobodyCanApprove].next_step} if nobody else None
