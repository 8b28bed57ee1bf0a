"""The two buttons of a card that waits for a decision."""

import json

from sidebar_app.adapters.chat.slack.texts import Json, escaped, mrkdwn, plain, safe, shortened
from sidebar_app.adapters.chat.slack.words import customer_name, someone
from sidebar_app.domain.request import ActionRequest

APPROVE = "approve"
REJECT = "reject"


def decision_buttons(request: ActionRequest) -> Json:
    """Approve asks once more; Reject opens a form. Both carry the request's id and version and nothing else."""
    value = json.dumps({"id": request.id, "v": request.version})
    about = f"{safe(request.summary)} for {customer_name(request)}"
    return {
        "type": "actions",
        "block_id": f"decide:{request.version}",
        "elements": [
            {
                "type": "button",
                "action_id": APPROVE,
                "style": "primary",
                "text": plain("Approve", 75),
                "value": value,
                "accessibility_label": shortened(f"Approve: {about}", 75),
                "confirm": _confirm(request),
            },
            {
                "type": "button",
                "action_id": REJECT,
                "style": "danger",
                "text": plain("Reject …", 75),
                "value": value,
                "accessibility_label": shortened(f"Reject: {about}", 75),
            },
        ],
    }


def _confirm(request: ActionRequest) -> Json:
    """Says again what is about to happen, and whether it happens at once."""
    about = f"*{escaped(safe(request.summary), 120)}*\nfor {escaped(customer_name(request), 80)}"
    return {
        "title": plain("Approve this?", 100),
        "text": mrkdwn(f"{about}\n{_afterwards(request)}"),
        "confirm": plain("Approve", 30),
        "deny": plain("Go back", 30),
        "style": "primary",
    }


def _afterwards(request: ActionRequest) -> str:
    step = request.open_step
    later = request.decision.steps[request.step + 1 :]
    if step and step.quorum > 1:
        return "It is carried out when enough people have approved."
    return f"Then {someone(later[0].role)} decides." if later else "It is carried out at once."
