"""What can be done to a customer's billing: one file per verb."""

from sidebar_app.actions.action import (
    Action,
    Facts,
    InvalidParams,
    NotEligible,
    PanelOutOfDate,
    Plan,
    UnknownAction,
)
from sidebar_app.actions.credit import Credit
from sidebar_app.actions.refund import Refund

ACTIONS: dict[str, Action] = {action.name: action for action in (Refund(), Credit())}


def action_named(name: str) -> Action:
    """Raises UnknownAction."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise UnknownAction(name) from None


__all__ = [
    "ACTIONS",
    "Action",
    "Facts",
    "InvalidParams",
    "NotEligible",
    "PanelOutOfDate",
    "Plan",
    "UnknownAction",
    "action_named",
]
