"""Labels and names that several parts of the panel use. Sentences of one part stand in its own module."""

from sidebar_app.domain.churn import Reason, Signal
from sidebar_app.domain.decision import CustomerMatch
from sidebar_app.domain.lifecycle import State
from sidebar_app.web.view.dates import count
from sidebar_app.web.view.shapes import Badge

DOTS = " · "
NOT_READ = "–"

# The policy's word for an action → how a button names it. An ellipsis promises a form.
ACTIONS = {
    "refund": "Refund",
    "credit": "Credit",
    "payment_link": "Payment link",
    "resend_invoice": "Resend invoice",
    "extend_trial": "Extend trial",
    "grace_period": "Grace period",
    "pause_subscription": "Pause",
    "upgrade_plan": "Upgrade plan",
    "downgrade_plan": "Downgrade plan",
    "update_payment_method": "Send update link",
    "adjust_seats": "Adjust seats",
    "cancel_subscription": "Cancel plan",
    "force_cancel": "Force cancel",
    "apply_discount": "Discount",
    "set_tax_exemption": "Tax exemption",
}

MATCHES = {
    CustomerMatch.VERIFIED: Badge(
        "verified",
        "good",
        "The helpdesk verified the requester's address; billing has exactly one such customer.",
    ),
    CustomerMatch.EMAIL: Badge(
        "by e-mail", "mute", "Found by the requester's e-mail address, which the helpdesk has not verified."
    ),
    CustomerMatch.AMBIGUOUS: Badge(
        "ambiguous", "warn", "Several customers of billing share the requester's e-mail address."
    ),
}

# The state of a request → (word, tone).
STATES = {
    State.DENIED: ("not permitted", "bad"),
    State.SUBMITTED: ("running", "info"),
    State.PENDING_APPROVAL: ("waiting", "warn"),
    State.APPROVED: ("running", "info"),
    State.REJECTED: ("rejected", "bad"),
    State.EXPIRED: ("expired", "mute"),
    State.WITHDRAWN: ("withdrawn", "mute"),
    State.EXECUTING: ("running", "info"),
    State.SUCCEEDED: ("done", "good"),
    State.FAILED: ("not done", "bad"),
    State.UNKNOWN: ("unclear", "warn"),
}

# The status of a payment or invoice → (word, tone).
PAYMENT_STATES = {
    "succeeded": ("paid", "good"),
    "pending": ("pending", "warn"),
    "failed": ("failed", "bad"),
}

SUBSCRIPTION_STATES = {
    "trialing": "on trial",
    "past_due": "past due",
    "unpaid": "unpaid",
    "paused": "paused",
    "incomplete": "incomplete",
}

_SIGNALS = {
    Signal.OVERDUE: "a payment is overdue",
    Signal.CANCELING: "cancels at the end of the period",
    Signal.CARD_EXPIRES: "card expires before the next charge",
    Signal.TRIAL_WITHOUT_METHOD: "trial ends soon, no payment method",
    Signal.DISPUTE_OR_REFUND: "refund or dispute in 90 days",
    Signal.PAUSED: "paused",
    Signal.LOYAL: "with us for more than 2 years",
}


def risk_reason(reason: Reason) -> str:
    """ "a payment is overdue (+30)"."""
    if reason.signal is Signal.FAILED_ATTEMPTS:
        text = f"{count(reason.count, 'failed attempt')} in 30 days"
    else:
        text = _SIGNALS[reason.signal]
    return f"{text} ({'+' if reason.points >= 0 else '−'}{abs(reason.points)})"


def action_label(action: str) -> str:
    return ACTIONS.get(action, action.replace("_", " ").capitalize())


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")
