"""Old tickets are cleaned by whoever works, a few at a time, and no crash makes the run forget."""

from datetime import timedelta
from pathlib import Path

import pytest

from sidebar_app.domain.backscan import BackScan, Progress, RunState
from sidebar_app.domain.redaction_log import Outcome, Source
from sidebar_app.ports.helpdesk import HelpdeskEvent, HelpdeskRefused, HelpdeskUnavailable, Ticket
from sidebar_app.ports.outbox import Task
from sidebar_app.redaction import Hit, ScanFailed
from sidebar_app.workflow.back_scan import BackScanner
from tests.fakes.people import WRITTEN
from tests.fakes.world import World

PAN = "4111111111111111"
LONG_AGO = WRITTEN - timedelta(days=30)


def old_tickets(world: World, number: int, html: str = f"<p>{PAN}</p>") -> list[int]:
    """Tickets with one comment each, which changed before the run starts."""
    ids = [3001 + i for i in range(number)]
    for ticket in ids:
        world.helpdesk.tickets[ticket] = Ticket(ticket, "Old", "closed", 2001, "Acme", "a@acme.example")
        world.helpdesk.writes(ticket, html)
        world.helpdesk.happens(ticket, WRITTEN)
    return ids


def started(world: World, *, dry_run: bool = False, at_once: int = 4) -> BackScan:
    return world.services.back_scan.start(since=LONG_AGO, until=None, dry_run=dry_run, at_once=at_once)


def runs(
    world: World, run: BackScan, *, turns: int = 100, scanner: BackScanner | None = None
) -> tuple[BackScan, Progress]:
    """Turn by turn as the command does it, the worker working in between."""
    feeder = scanner or world.services.back_scan
    for _ in range(turns):
        now, progress = feeder.turn(run.id)
        if now.state is not RunState.RUNNING:
            break
        world.services.tasks.run_due()
        world.clock.moves(seconds=1)
    world.works()
    return now, progress


def open_tasks(world: World) -> int:
    with world.store.reading() as tx:
        return tx.tasks.backlog(world.clock.now()).get("backscan", (0, 0.0))[0]


def test_every_old_ticket_is_cleaned_and_the_end_is_reported_as_numbers(world: World) -> None:
    ids = old_tickets(world, 10)
    world.helpdesk.writes(ids[0], f"<p>parcel tracking {PAN}</p>")
    run, progress = runs(world, started(world))
    assert run.state is RunState.DONE
    assert (progress.listed, progress.scanned, progress.not_scanned) == (10, 10, 0)
    assert (progress.found, progress.redacted, progress.remaining, progress.review) == (11, 10, 0, 1)
    assert all(PAN not in world.helpdesk.texts[ticket][0].html for ticket in ids)
    with world.store.reading() as tx:
        assert {e.source for e in tx.redactions.latest()} == {Source.BACKSCAN}
    (told,) = world.chat.warnings
    assert "10 tickets scanned, 11 card numbers found" in told
    assert world.notifier.sent == {}
    assert world.chain_holds()


def test_only_so_many_are_handed_out_at_a_time(world: World) -> None:
    old_tickets(world, 30)
    run = started(world, at_once=3)
    for _ in range(5):
        world.services.back_scan.turn(run.id)
    assert open_tasks(world) == 3


def test_live_work_does_not_wait_for_the_past(world: World) -> None:
    ids = old_tickets(world, 30)
    run = started(world, at_once=3)
    world.services.back_scan.turn(run.id)
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "comment_added", 1001, 1))
    world.services.tasks.run_due()
    assert PAN not in world.helpdesk.texts[1001][0].html
    assert sum(PAN in world.helpdesk.texts[ticket][0].html for ticket in ids) == 27


def test_a_dry_run_changes_nothing_and_lists_what_it_saw(world: World) -> None:
    ids = old_tickets(world, 3)
    world.helpdesk.writes(ids[0], f"<p>parcel tracking {PAN}</p>")
    run, progress = runs(world, started(world, dry_run=True))
    assert [a for a in world.helpdesk.asked if not a.startswith("changes")] == []
    assert all(PAN in world.helpdesk.texts[ticket][0].html for ticket in ids)
    with world.store.reading() as tx:
        assert tx.redactions.latest() == []
        assert tx.scans.of(ids[0]) is None
        assert list(tx.audit.entries()) == []
    assert world.chat.warnings == []
    assert (progress.found, progress.review) == (4, 1)
    seen = world.services.back_scan.seen(run.id)
    assert [(t, n.brand, n.last4, n.certain) for t, n in seen] == [
        (ids[0], "Visa", "1111", True),
        (ids[0], "Visa", "1111", False),
        (ids[1], "Visa", "1111", True),
        (ids[2], "Visa", "1111", True),
    ]


def test_whoever_feeds_it_may_be_killed_and_another_one_goes_on(world: World) -> None:
    world.helpdesk.page_size = 4
    old_tickets(world, 10)
    started(world, at_once=2)
    first = world.services.back_scan
    with world.store.reading() as tx:
        run = tx.backscans.latest()
    assert run is not None
    for _ in range(3):
        first.turn(run.id)
        world.services.tasks.run_due()
    fresh = BackScanner(
        store=world.store,
        helpdesk=world.helpdesk,
        tasks=world.services.tasks,
        clock=world.clock,
        ids=world.services.outside.ids,
    )
    resumed = fresh.resume(at_once=2)
    assert resumed is not None
    assert resumed.bookmark == "4"
    run, progress = runs(world, resumed, scanner=fresh)
    assert (run.state, progress.scanned, progress.redacted) == (RunState.DONE, 10, 10)
    assert fresh.resume(at_once=2) is None


def test_a_worker_that_is_killed_between_cleaning_and_counting_does_not_make_it_forget(world: World) -> None:
    (ticket,) = old_tickets(world, 1)
    run = started(world)
    world.services.back_scan.turn(run.id)
    clean = world.services.cleaning.redact.clean

    def and_die(ticket_id: int, *, source: Source) -> None:
        clean(ticket_id, source=source)
        world.services.cleaning.redact.clean = clean  # type: ignore[method-assign]
        raise SystemExit

    world.services.cleaning.redact.clean = and_die  # type: ignore[method-assign, assignment]
    with pytest.raises(SystemExit):
        world.services.tasks.run_due()
    assert PAN not in world.helpdesk.texts[ticket][0].html
    world.clock.moves(minutes=1)
    _, progress = runs(world, run)
    assert (progress.found, progress.redacted) == (1, 1)


def test_a_helpdesk_that_asks_to_wait_makes_the_whole_run_wait(world: World) -> None:
    old_tickets(world, 8)
    run = started(world, at_once=2)
    world.services.back_scan.turn(run.id)
    read = world.helpdesk.ticket_text

    def limited(ticket_id: int) -> None:
        world.helpdesk.asked.append("limited")
        raise HelpdeskUnavailable("429", retry_after_seconds=120)

    world.helpdesk.ticket_text = limited  # type: ignore[method-assign, assignment]
    world.services.tasks.run_due()
    for _ in range(30):
        world.clock.moves(seconds=3)
        world.services.back_scan.turn(run.id)
        world.services.tasks.run_due()
    assert world.helpdesk.asked.count("limited") == 1
    world.helpdesk.ticket_text = read  # type: ignore[method-assign]
    world.clock.moves(seconds=60)
    _, progress = runs(world, run)
    assert (progress.scanned, progress.not_scanned) == (8, 0)


def test_the_last_part_of_the_accounts_requests_is_left_to_live_work(world: World) -> None:
    old_tickets(world, 4)
    world.helpdesk.left = 0.2
    run = started(world)
    _, progress = runs(world, run, turns=20)
    assert progress.scanned == 0
    world.helpdesk.left = 0.5
    _, progress = runs(world, run)
    assert progress.scanned == 4


def test_what_cannot_be_scanned_is_reported_and_tried_again_on_request(tmp_path: Path) -> None:
    failing = True

    def scan(text: str, **_: object) -> list[Hit]:
        if failing and "poison" in text:
            raise ScanFailed("time-out")
        return []

    world = World(f"sqlite:///{tmp_path}/world.db", scan=scan)
    old_tickets(world, 2, "<p>hello</p>")
    world.helpdesk.writes(3002, "<p>poison</p>")
    run, progress = runs(world, started(world), turns=3000)
    assert (run.state, progress.scanned, progress.not_scanned) == (RunState.DONE, 1, 1)
    assert world.services.back_scan.not_scanned(run.id) == [3002]
    with world.store.reading() as tx:
        assert [(e.ticket_id, e.outcome) for e in tx.redactions.latest()] == [(3002, Outcome.NOT_SCANNED)]
    failing = False
    resumed = world.services.back_scan.resume(at_once=4)
    assert resumed is not None
    run, progress = runs(world, resumed)
    assert (progress.scanned, progress.not_scanned) == (2, 0)
    with world.store.reading() as tx:
        assert [e.outcome for e in tx.redactions.latest()] == [Outcome.SCANNED]
    world.close()


def test_a_ticket_that_is_gone_does_not_hold_up_the_run(world: World) -> None:
    old_tickets(world, 2)
    del world.helpdesk.tickets[3001]
    _, progress = runs(world, started(world))
    assert (progress.scanned, progress.not_scanned) == (1, 1)


def test_until_leaves_out_what_was_opened_later_and_deleted_tickets_are_no_tickets(world: World) -> None:
    old_tickets(world, 2)
    world.helpdesk.happens(3009, WRITTEN, deleted=True)
    run = world.services.back_scan.start(since=LONG_AGO, until=WRITTEN, dry_run=False, at_once=4)
    _, progress = runs(world, run)
    assert progress.listed == 0


def test_a_new_run_takes_the_place_of_one_that_was_not_done(world: World) -> None:
    old_tickets(world, 6)
    first = started(world, at_once=2)
    world.services.back_scan.turn(first.id)
    second = started(world)
    assert runs(world, second)[1].scanned == 6
    with world.store.reading() as tx:
        abandoned = tx.backscans.get(first.id)
        assert abandoned is not None
        assert abandoned.state is RunState.ABANDONED
        assert tx.backscans.progress(first.id).scanned == 0


def test_our_own_redactions_do_not_make_the_list_endless(world: World) -> None:
    world.helpdesk.page_size = 1
    old_tickets(world, 2)
    run = started(world)
    world.clock.moves(minutes=1)
    for number in range(50):
        world.helpdesk.happens(3001 + number % 2, world.clock.now())
    run, progress = runs(world, run)
    assert (run.listed_all, progress.listed, progress.scanned) == (True, 2, 2)


def test_without_the_right_to_list_the_command_hears_it(world: World) -> None:
    world.helpdesk.refused = {"changes"}
    with pytest.raises(HelpdeskRefused):
        world.services.back_scan.turn(started(world).id)


def test_a_task_of_a_run_that_nobody_knows_is_done_with(world: World) -> None:
    world.services.cleaning.old_ticket.scan(Task("t", "backscan", "3001", "scan_9.0", 1, world.clock.now()))
    assert world.helpdesk.asked == []


def test_files_are_looked_into_beside_the_run_and_the_report_waits_for_them(world: World) -> None:
    (ticket,) = old_tickets(world, 1, "<p>see the file</p>")
    world.helpdesk.attaches(ticket, PAN.encode())
    world.helpdesk.attaches(ticket, f"{PAN} and 5555555555554444".encode(), "two.txt")
    world.helpdesk.attaches(ticket, b"locked")
    run = started(world)
    for _ in range(3):
        world.services.back_scan.turn(run.id)
        with world.store.reading() as tx:
            due = tx.tasks.due(world.clock.now(), without=("file",))
        for task in due:
            world.services.tasks.run(task)
    assert world.services.back_scan.turn(run.id)[0].state is RunState.DONE
    assert world.services.back_scan.files(run).waiting == 3
    assert world.chat.warnings == []
    world.works()
    files = world.services.back_scan.files(run)
    assert (files.waiting, files.removed, files.remaining, files.not_scanned) == (0, 2, 0, 1)
    world.clock.moves(seconds=20)
    world.works()
    (report,) = world.chat.warnings
    assert "2 removed, 0 remaining, 0 for review; 1 files not scanned." in report


def test_a_file_that_nobody_hands_out_holds_no_report_back_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise HelpdeskUnavailable("down")

    (ticket,) = old_tickets(world, 1, "<p>see the file</p>")
    world.helpdesk.attaches(ticket, b"x")
    monkeypatch.setattr(world.helpdesk, "download", fails)
    runs(world, started(world))
    for _ in range(4):
        world.clock.moves(minutes=10)
        world.works()
    assert "1 files not scanned" in world.chat.warnings[0]


def test_a_dry_run_looks_into_no_file(world: World) -> None:
    (ticket,) = old_tickets(world, 1)
    world.helpdesk.attaches(ticket, PAN.encode())
    runs(world, started(world, dry_run=True))
    assert "download" not in world.helpdesk.asked
