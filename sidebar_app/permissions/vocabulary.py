"""The words a policy may use: actions and what each is measured by, and the rules this service adds itself."""

from enum import StrEnum

from sidebar_app.domain.people import ROLE_NAMES, Role


class Measure(StrEnum):
    """What an action is measured by; a threshold compares against it."""

    NONE = "none"
    AMOUNT = "amount"
    PERCENT = "percent"
    DAYS = "days"


# Every action the service has a word for, as people say it after "to". A policy cannot invent actions: a
# misspelt one would quietly guard nothing.
ACTION_WORDS = {
    "view_billing": "see the billing of a customer",
    "view_payment_history": "see the payment history",
    "payment_link": "send a payment link",
    "resend_invoice": "send an invoice again",
    "credit": "give a credit",
    "refund": "refund a payment",
    "extend_trial": "extend a trial",
    "grace_period": "give a grace period",
    "pause_subscription": "pause a subscription",
    "upgrade_plan": "upgrade a plan",
    "downgrade_plan": "downgrade a plan",
    "update_payment_method": "update a payment method",
    "adjust_seats": "change the number of seats",
    "cancel_subscription": "cancel a subscription",
    "force_cancel": "force a cancellation",
    "apply_discount": "apply a discount",
    "set_tax_exemption": "set a tax exemption",
}

# The measures an action could be limited by: a trial has no amount to compare with.
POSSIBLE_MEASURES = {
    "credit": Measure.AMOUNT,
    "refund": Measure.AMOUNT,
    "extend_trial": Measure.DAYS,
    "grace_period": Measure.DAYS,
    "apply_discount": Measure.PERCENT,
}

CUMULATIVE = "recent_credit_total"

# Ids of the answers no rule of the file gives. A file may not use them.
NOT_LISTED = "not-listed"
MEASURE_MISSING = "measure-missing"
MEASURE_INVALID = "measure-invalid"
RATE_MISSING = "rate-missing"
RATE_STALE = "rate-stale"
POLICY_ERROR = "policy-error"
BUILT_IN = frozenset({NOT_LISTED, MEASURE_MISSING, MEASURE_INVALID, RATE_MISSING, RATE_STALE, POLICY_ERROR})


def a_person(role: Role, *, other: bool = False, count: int = 1) -> str:
    """Somebody holding the role: "a manager", "another manager", "2 other VPs", "an L1 agent", "legal"."""
    name = ROLE_NAMES[role]
    if role is Role.LEGAL:
        return name if count == 1 else f"{count} people of legal"
    if count > 1:
        return f"{count} {'other ' if other else ''}{name}s"
    if other:
        return f"another {name}"
    return f"an {name}" if name.startswith("L") else f"a {name}"


def listed(parts: list[str], *, last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def several(count: int, noun: str) -> str:
    """ "1 request", "20 requests"."""
    return f"{count} {noun}{'s' * (count != 1)}"
