"""The two months before a preview: believable, finished, and recorded as the service records."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sidebar_app.adapters import people_file
from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.migrate import upgrade
from sidebar_app.audit import chain
from sidebar_app.commands.past import furnish
from sidebar_app.commands.past.stories import stories
from sidebar_app.domain.decision import Verdict
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import Person
from sidebar_app.domain.request import ActionRequest
from sidebar_app.permissions import load_policy
from sidebar_app.sandbox import cast
from sidebar_app.workflow.simulate import simulate
from tests.fakes.world import POLICY, ROOT

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def people() -> list[Person]:
    return people_file.load((ROOT / "sidebar_app/sandbox/people.toml").read_text())[1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    made = SqlStore(f"sqlite:///{tmp_path_factory.mktemp('past')}/past.db")
    upgrade(made.engine)
    assert furnish(made, people(), now=NOW) == 80
    yield made
    made.close()


def requests(store: SqlStore) -> list[ActionRequest]:
    with store.reading() as tx:
        return tx.requests.asked_since(EPOCH)


def entries(store: SqlStore) -> list[dict[str, Any]]:
    with store.reading() as tx:
        return [json.loads(entry.canonical) for entry in tx.audit.entries()]


def test_every_story_has_ended_days_ago(store: SqlStore) -> None:
    found = requests(store)
    assert all(request.is_final for request in found)
    assert all(
        NOW - timedelta(days=61) < r.created_at < r.updated_at < NOW - timedelta(days=2) for r in found
    )
    ends = Counter(request.state for request in found)
    assert ends[State.SUCCEEDED] > 50
    assert {State.REJECTED, State.EXPIRED, State.WITHDRAWN, State.FAILED} < set(ends)
    assert {r.amount.currency for r in found if r.amount} >= {"USD", "EUR", "JPY", "KWD"}


def test_the_log_holds_and_runs_with_time(store: SqlStore) -> None:
    with store.reading() as tx:
        assert isinstance(chain.verify(tx.audit.entries()), chain.Verified)
    told = entries(store)
    assert [entry["at"] for entry in told] == sorted(entry["at"] for entry in told)
    assert {entry["actor"] for entry in told} <= {"system", *(person.id for person in people())}
    asked = Counter(entry["subject"] for entry in told if entry["event"].startswith("request."))
    assert set(asked) == {request.id for request in requests(store)}
    assert min(asked.values()) >= 2


def test_the_shipped_policy_decided_and_can_be_asked_again(store: SqlStore) -> None:
    policy = load_policy(POLICY.read_text())
    found = simulate(requests(store), policy)
    assert (len(found.replayed), found.skipped, found.changed) == (80, 0, ())
    assert {r.decision.policy_version for r in requests(store)} == {policy.version}
    assert [e["subject"] for e in entries(store) if e["event"] == "policy.in_force"] == [policy.version]


def test_another_policy_changes_some_of_it(store: SqlStore) -> None:
    tighter = (
        POLICY.read_text().replace('below = "100"', 'below = "40"').replace('from = "100"', 'from = "40"')
    )
    found = simulate(requests(store), load_policy(tighter))
    before, after = found.verdicts(Verdict.NEEDS_APPROVAL)
    assert before < after
    assert set(found.by_requester()) == {"L2 agent"}


def test_nothing_of_it_touches_the_seeded_stories(store: SqlStore) -> None:
    seeded = {story.ticket for story in cast.STORIES}
    assert all(801 <= r.ticket_id <= 999 and r.ticket_id not in seeded for r in requests(store))
    assert all(request.customer_id.startswith("cus_past_") for request in requests(store))
    companies = {story.company for story in cast.STORIES}
    assert not companies & {request.customer_name for request in requests(store)}


def test_nobody_is_told_of_it_any_more(store: SqlStore) -> None:
    with store.reading() as tx:
        assert tx.tasks.backlog(NOW) == {}
        assert tx.requests.needing_people() == []


def test_it_happens_once_and_only_where_nothing_happened_yet(store: SqlStore, tmp_path: Path) -> None:
    assert furnish(store, people(), now=NOW + timedelta(days=1)) == 0
    assert len(requests(store)) == 80


def test_the_stories_are_the_same_every_time_and_move_with_the_day() -> None:
    assert list(stories(NOW)) == list(stories(NOW))
    moved = [story.ticket for story in stories(NOW + timedelta(days=7))]
    assert moved == [story.ticket for story in stories(NOW)]
