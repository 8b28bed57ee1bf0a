"""The shipped policy, and small changes to it."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from sidebar_app.permissions import Policy, PolicyFaults, load_policy

Change = Callable[..., str]


@pytest.fixture(scope="session")
def policy_text() -> str:
    return files("sidebar_app.permissions").joinpath("policy.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def policy(policy_text: str) -> Policy:
    return load_policy(policy_text)


@pytest.fixture
def changed(policy_text: str) -> Change:
    """The shipped text with every (old, new) replaced once, after `within` (the id of a rule) when it is given."""

    def change(*pairs: tuple[str, str], within: str = "") -> str:
        start = policy_text.index(f'id = "{within}"') if within else 0
        head, tail = policy_text[:start], policy_text[start:]
        for old, new in pairs:
            assert old in tail, f"the shipped policy no longer says {old!r}"
            tail = tail.replace(old, new, 1)
        return head + tail

    return change


@pytest.fixture
def faults_of() -> Callable[[str], list[str]]:
    """The faults of a text, each with its line."""

    def faults(text: str) -> list[str]:
        with pytest.raises(PolicyFaults) as caught:
            load_policy(text)
        return [str(fault) for fault in caught.value.faults]

    return faults
