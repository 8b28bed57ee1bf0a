"""What every action promises, and the ways it says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sidebar_app.domain.billing import Account, Payment
from sidebar_app.domain.money import Money
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.billing import Order


class UnknownAction(Exception):
    """No action of that name."""


class InvalidParams(Exception):
    """What a person or program sent cannot be read; `errors` maps a field to sentences."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(texts)}" for field, texts in errors.items()))
        self.errors = errors


class NotEligible(Exception):
    """The facts do not allow this, whoever asks. `code` is stable, the text is for people."""

    def __init__(self, code: str, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.next_step = next_step


class PanelOutOfDate(Exception):
    """What the person saw is no longer so; `facts` are the new ones, as the panel names them."""

    def __init__(self, sentence: str, facts: Mapping[str, str]) -> None:
        super().__init__(sentence)
        self.facts = facts


class Facts(Protocol):
    """The facts an action may ask for: live ones before money moves, mirrored ones for a preview."""

    customer_id: str

    def account(self) -> Account: ...

    def payment(self, payment_id: str) -> Payment:
        """Raises NoSuchObject, also for another customer's payment."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done. `params` are complete (an empty amount filled in) and are what gets frozen."""

    params: Mapping[str, Any]
    amount: Money
    summary: str
    seen: Mapping[str, str]


class Action(Protocol):
    @property
    def name(self) -> str:
        """The word of the policy and of the API."""
        ...

    def parse(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Checked params and nothing else; raises InvalidParams."""
        ...

    def plan(self, params: Mapping[str, Any], facts: Facts) -> Plan:
        """Raises NotEligible, or InvalidParams for an amount that is none in this currency."""
        ...

    def order(self, request: ActionRequest) -> Order: ...


def check_seen(plan: Plan, seen: Mapping[str, str]) -> None:
    """Compares what the panel showed with what is so; raises PanelOutOfDate."""
    if any(seen.get(name) != value for name, value in plan.seen.items()):
        raise PanelOutOfDate("The customer's billing changed since this panel was drawn.", plan.seen)
