"""A lost webhook is made up for; what we did ourselves is not worked on again."""

import logging
from datetime import timedelta

import pytest

from sidebar_app.domain.redaction_log import Source
from sidebar_app.ports.helpdesk import HelpdeskEvent, HelpdeskUnavailable
from tests.fakes.world import World

PAN = "4111111111111111"


def open_tasks(world: World) -> int:
    with world.store.reading() as tx:
        return tx.tasks.backlog(world.clock.now()).get("redact", (0, 0.0))[0]


def test_a_ticket_whose_webhook_was_lost_is_found_and_cleaned(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.helpdesk.happens(1001, world.clock.now() - timedelta(minutes=2))
    world.services.catch_up.run()
    world.works()
    assert PAN not in world.helpdesk.texts[1001][0].html
    with world.store.reading() as tx:
        assert [e.source for e in tx.redactions.latest()] == [Source.SWEEP]


def test_what_was_scanned_since_its_last_change_is_skipped(world: World) -> None:
    at = world.clock.now() - timedelta(minutes=2)
    world.helpdesk.happens(1001, at)
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "comment_added", 1001, 1))
    world.works()
    world.services.catch_up.run()
    assert open_tasks(world) == 0
    world.helpdesk.happens(1001, at + timedelta(seconds=30))
    world.helpdesk.happens(1012, at + timedelta(seconds=31), deleted=True)
    world.clock.moves(minutes=1)
    world.services.catch_up.run()
    assert open_tasks(world) == 1


def test_a_change_in_the_second_of_the_scan_is_looked_at_again(world: World) -> None:
    world.helpdesk.happens(1001, world.clock.now() - timedelta(seconds=1))
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "comment_added", 1001, 1))
    world.works()
    world.clock.moves(minutes=1)
    world.services.catch_up.run()
    assert open_tasks(world) == 1


def test_it_goes_on_where_it_stopped_a_few_pages_at_a_time(world: World) -> None:
    world.helpdesk.page_size = 1
    for number in range(5):
        world.helpdesk.happens(number + 1, world.clock.now() - timedelta(minutes=2))
    world.services.catch_up.run()
    assert open_tasks(world) == 3
    world.services.catch_up.run()
    assert open_tasks(world) == 5
    assert [a for a in world.helpdesk.asked if a.startswith("changes")][3] == "changes 3"


def test_a_bookmark_that_is_not_taken_any_more_is_made_up_for_by_time(world: World) -> None:
    with world.store.transaction() as tx:
        tx.bookmarks.save("helpdesk.swept", "expired", at=world.clock.now())
    world.helpdesk.happens(1001, world.clock.now() + timedelta(minutes=1))
    world.clock.moves(minutes=3)
    world.services.catch_up.run()
    assert open_tasks(world) == 1


def test_missing_rights_are_complained_about_once_and_asked_about_hourly(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.helpdesk.refused = {"changes"}
    with caplog.at_level(logging.ERROR):
        for _ in range(200):
            world.services.catch_up.run()
            world.clock.moves(minutes=1)
    assert len(caplog.records) == 1
    assert len([a for a in world.helpdesk.asked if a.startswith("changes")]) == 4
    world.helpdesk.refused = set()
    world.helpdesk.happens(1001, world.clock.now() - timedelta(minutes=2))
    world.clock.moves(hours=1)
    world.services.catch_up.run()
    assert open_tasks(world) == 0  # longer ago than it looks back at first
    world.helpdesk.happens(1001, world.clock.now())
    world.services.catch_up.run()
    assert open_tasks(world) == 1


def test_a_helpdesk_that_asks_to_wait_is_left_alone_so_long(world: World) -> None:
    answer = world.helpdesk.changes

    def limited(**_: object) -> None:
        raise HelpdeskUnavailable("429", retry_after_seconds=90)

    world.helpdesk.changes = limited  # type: ignore[method-assign, assignment]
    world.services.catch_up.run()
    world.helpdesk.changes = answer  # type: ignore[method-assign]
    world.clock.moves(seconds=60)
    world.services.catch_up.run()
    assert "changes" not in str(world.helpdesk.asked)
    world.clock.moves(seconds=31)
    world.services.catch_up.run()
    assert "changes" in str(world.helpdesk.asked)


@pytest.mark.parametrize("kind", ["comment_added", "ticket_changed"])
def test_our_own_doing_is_no_news(world: World, kind: str) -> None:
    world.services.catch_up.run()
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", kind, 1001, actor_id=500))
    assert open_tasks(world) == 0
    world.services.receive.from_helpdesk(HelpdeskEvent("e2", kind, 1001, actor_id=2001))
    assert open_tasks(world) == 1


def test_as_long_as_we_do_not_know_who_we_are_everything_is_scanned(world: World) -> None:
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "ticket_changed", 1001, actor_id=500))
    assert open_tasks(world) == 1
