"""Asking the policy about a plan, with everything it wants to know."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sidebar_app.actions import Plan
from sidebar_app.domain.billing import Subscriptions
from sidebar_app.domain.decision import Context, CustomerMatch, Decision, Question
from sidebar_app.domain.people import ROLE_NAMES, Role
from sidebar_app.domain.request import Requester
from sidebar_app.permissions import Lately, Policy, capped, decide
from sidebar_app.permissions.explain import Explanation, explain
from sidebar_app.permissions.vocabulary import POLICY_ERROR
from sidebar_app.ports.store import Transaction
from sidebar_app.workflow.approvers import Roster, first_empty_seat

log = logging.getLogger(__name__)

RECENT = timedelta(days=30)
_MORE_THAN_A_YEAR_MONTHS = 12
_RUNNING = ("active", "trialing", "past_due", "unpaid", "paused")


class NotPermitted(Exception):
    """The policy says no."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


class NobodyCanApprove(Exception):
    """A step that no active, linked colleague could fill who is there and not the requester."""

    def __init__(self, role: Role) -> None:
        super().__init__(
            f"This needs {_article(ROLE_NAMES[role])} to approve, and nobody else who could is linked to Slack "
            "and present."
        )
        self.role = role


def _article(name: str) -> str:
    return name if name == "legal" else f"a {name}"


@dataclass(frozen=True, slots=True)
class Police:
    """One policy version, asked in the words of this service."""

    policy: Policy

    @property
    def answer_within(self) -> timedelta:
        """The deadline of an approval, from the request on."""
        return self.policy.settings.expire_after

    @property
    def approval_lasts(self) -> timedelta:
        """How long an approval may wait to run."""
        return self.policy.settings.run_within

    def question(
        self,
        tx: Transaction,
        *,
        role: Role,
        action: str,
        plan: Plan,
        customer_id: str,
        match: CustomerMatch,
        multi_year: bool,
        now: datetime,
    ) -> Question:
        context = context_of(
            tx, customer_id, match=match, multi_year=multi_year, currency=plan.amount.currency, now=now
        )
        asked_for = plan.params.get("reason") == "requested_by_customer"
        context = replace(context, customer_requested=asked_for)
        return Question(role=role, action=action, amount=plan.amount, context=context)

    def lately(self, tx: Transaction, requester: Requester, *, now: datetime) -> Lately:
        """What the requester asked for in the period of every cap there is; read under their lock when it decides."""
        periods = {cap.per for cap in self.policy.book.caps}
        return {per: tx.requests.lately(requester.id, since=now - per.span) for per in periods}

    def ask(self, question: Question, lately: Lately, *, now: datetime) -> Decision:
        decision = decide(self.policy, question, today=now.date())
        decision = capped(self.policy, question, decision, lately, today=now.date())
        _alarm(question, decision)
        return decision

    def explain(self, question: Question, lately: Lately, *, now: datetime) -> Explanation:
        """The same answer with everything behind it."""
        explained = explain(self.policy, question, lately=lately, today=now.date())
        _alarm(question, explained.decision)
        return explained


def _alarm(question: Question, decision: Decision) -> None:
    """An error while deciding has denied something: somebody has to know."""
    if POLICY_ERROR in decision.rules:
        log.critical("the policy failed on %s by %s: denied", question.action, question.role)


def context_of(
    tx: Transaction, customer_id: str, *, match: CustomerMatch, multi_year: bool, currency: str, now: datetime
) -> Context:
    """What is known around any question about this customer."""
    recent = tx.requests.recent(customer_id, since=now - RECENT, currency=currency)
    return Context(
        multi_year_contract=multi_year,
        recent_credit_total=recent.credit_total,
        recent_refund_count=recent.refund_count,
        customer_match=match,
    )


def has_multi_year_contract(subscriptions: Subscriptions) -> bool:
    """A running subscription bound for more than a year."""
    return any(
        s.contract_months is not None and s.contract_months > _MORE_THAN_A_YEAR_MONTHS
        for s in subscriptions.items
        if s.status in _RUNNING
    )


def require_approvers(roster: Roster, decision: Decision, requester: Requester) -> None:
    """Every step can be filled, by different people, none of them the requester; raises NobodyCanApprove."""
    seats = [step.role for step in decision.steps for _ in range(step.quorum)]
    empty = first_empty_seat([roster.able(role, requester=requester) for role in seats])
    if empty is not None:
        raise NobodyCanApprove(seats[empty])
