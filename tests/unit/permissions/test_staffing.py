"""Who must exist so that no request waits for nobody."""

from collections.abc import Callable

from sidebar_app.domain.people import Role
from sidebar_app.permissions import Policy, load_policy
from sidebar_app.permissions.staffing import people_needed, too_few

ENOUGH = {Role.MANAGER: 2, Role.BILLING_SPECIALIST: 1, Role.LEGAL: 1, Role.VP: 1}


def test_a_manager_who_asks_needs_another_one(policy: Policy) -> None:
    assert people_needed(policy) == ENOUGH


def test_a_larger_quorum_needs_more_people(changed: Callable[..., str]) -> None:
    text = changed(('{ role = "manager" }', '{ role = "manager", quorum = 2 }'), within="refund-large")
    assert people_needed(load_policy(text))[Role.MANAGER] == 3


def test_too_few_people_are_named(policy: Policy) -> None:
    assert too_few(policy, ENOUGH) == []
    assert too_few(policy, {**ENOUGH, Role.MANAGER: 1, Role.VP: 0}) == [
        "The policy needs 2 people in the role manager; there is 1.",
        "The policy needs 1 person in the role vp; there are 0.",
    ]
