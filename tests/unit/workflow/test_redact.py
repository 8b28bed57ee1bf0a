from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sidebar_app.adapters.beyond_cards import SeparateScan
from sidebar_app.domain.redaction_log import (
    Allowance,
    AllowedAs,
    Outcome,
    Place,
    RedactionEntry,
    Source,
)
from sidebar_app.ports.helpdesk import (
    Comment,
    HelpdeskEvent,
    HelpdeskLockedOut,
    HelpdeskRefused,
    HelpdeskUnavailable,
)
from sidebar_app.redaction import Allowlist, Hit, ScanFailed
from tests.fakes.people import WRITTEN
from tests.fakes.world import World

PAN = "4111111111111111"


def arrives(world: World, event: str = "e1") -> None:
    world.services.receive.from_helpdesk(HelpdeskEvent(event, "comment_added", 1001, 1))


def test_a_card_number_in_a_comment_is_masked_logged_and_announced(world: World) -> None:
    world.helpdesk.writes(1001, "<p>my card is 4111 1111 1111 1111, thanks</p>")
    arrives(world)
    world.works()
    assert world.helpdesk.texts[1001][0].html == "<p>my card is ▇▇▇▇ ▇▇▇▇ ▇▇▇▇ 1111, thanks</p>"
    with world.store.reading() as tx:
        (entry,) = tx.redactions.latest()
    assert (entry.brand, entry.last4, entry.outcome) == ("Visa", "1111", "redacted")
    (warning,) = world.chat.warnings
    assert "Visa ···· 1111" in warning
    assert "#1001" in warning
    assert world.chain_holds()


def test_a_clean_comment_leaves_no_trace(world: World) -> None:
    world.helpdesk.writes(1001, "<p>order 1234567890123 arrived</p>")
    arrives(world)
    world.works()
    assert world.chat.warnings == []
    with world.store.reading() as tx:
        assert tx.redactions.latest() == []


def test_a_webhook_that_comes_twice_is_worked_on_once(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    arrives(world)
    world.works()
    assert len(world.chat.warnings) == 1


def test_when_the_helpdesk_is_down_the_comment_waits_and_is_not_called_clean(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.helpdesk.down = True
    arrives(world)
    world.works()
    world.helpdesk.down = False
    world.clock.moves(minutes=1)
    world.works()
    assert PAN not in world.helpdesk.texts[1001][0].html


def test_a_number_that_stays_is_reported_as_remaining(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.helpdesk.redact_comment = lambda comment, *, marked_html: comment  # type: ignore[method-assign]
    arrives(world)
    world.works()
    with world.store.reading() as tx:
        assert [e.outcome for e in tx.redactions.latest()] == ["remaining"]
    assert "could NOT be masked" in world.chat.warnings[0]


def test_the_number_stands_in_no_table(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    world.works()
    raw = b"".join(path.read_bytes() for path in _files(world))
    assert PAN.encode() not in raw


def _files(world: World) -> list[Path]:
    database = Path(str(world.store.engine.url.database))
    return list(database.parent.glob(database.name + "*"))


# ── the whole ticket ────────────────────────────────────────────────────────

OTHER = "5555555555554444"


def entries(world: World) -> list[RedactionEntry]:
    with world.store.reading() as tx:
        return sorted(tx.redactions.latest(), key=lambda entry: entry.id)


def test_subject_and_fields_are_masked_in_one_update_and_the_log_says_what_stays(world: World) -> None:
    world.helpdesk.tickets[1001] = replace(world.helpdesk.tickets[1001], subject=f"Card {PAN}")
    world.helpdesk.fields[1001] = {7: f"use {OTHER}", 8: "blue"}
    world.helpdesk.writes(1001, "<p>see above</p>")
    arrives(world)
    world.works()
    assert world.helpdesk.tickets[1001].subject == "Card ************1111"
    assert world.helpdesk.fields[1001] == {7: "use ************4444", 8: "blue"}
    assert world.helpdesk.asked == ["mask_ticket"]
    subject, field = entries(world)
    assert (subject.place, subject.channel, subject.last4) == (Place.SUBJECT, "email", "1111")
    assert (field.place, field.place_id, field.place_name) == (Place.FIELD, "7", "Field 7")
    for entry in (subject, field):
        assert (entry.outcome, entry.source) == (Outcome.REDACTED, Source.WEBHOOK)
        assert "history" in entry.remains


def test_an_entry_says_where_how_and_when_a_number_came_in(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    world.works()
    (entry,) = entries(world)
    assert (entry.place, entry.comment_id, entry.channel, entry.written_at) == (
        Place.COMMENT,
        1,
        "email",
        WRITTEN,
    )
    assert entry.rule
    assert entry.remains == ""


def test_a_field_that_takes_no_mask_remains_and_keeps_nothing_else_from_being_masked(world: World) -> None:
    world.helpdesk.fields[1001] = {7: PAN, 8: OTHER}
    world.helpdesk.refused = {"field:7"}
    arrives(world)
    world.works()
    assert world.helpdesk.fields[1001] == {7: PAN, 8: "************4444"}
    strict, free = entries(world)
    assert (strict.outcome, free.outcome) == (Outcome.REMAINING, Outcome.REDACTED)
    assert "422" in strict.remains


def test_a_closed_ticket_keeps_its_subject_and_the_log_says_why(world: World) -> None:
    world.helpdesk.tickets[1001] = replace(world.helpdesk.tickets[1001], subject=f"Card {PAN}")
    world.helpdesk.refused = {"mask_ticket"}
    arrives(world)
    world.works()
    (entry,) = entries(world)
    assert entry.outcome is Outcome.REMAINING
    assert "Closed tickets" in entry.remains


def test_a_copy_of_the_first_message_that_does_not_follow_is_reported(world: World) -> None:
    world.helpdesk.writes(1001, "<p>hello</p>")
    read = world.helpdesk.ticket_text
    world.helpdesk.ticket_text = lambda i: replace(read(i), description=PAN)  # type: ignore[method-assign]
    arrives(world)
    world.works()
    (entry,) = entries(world)
    assert (entry.place_id, entry.outcome) == ("description", Outcome.REMAINING)
    assert world.helpdesk.asked == []


def test_what_may_be_a_card_is_shown_to_a_person_once_and_left_alone(world: World) -> None:
    doubtful = f"<p>parcel tracking {PAN}</p>"
    world.helpdesk.writes(1001, doubtful)
    for event in ("e1", "e2"):
        arrives(world, event)
        world.works()
    assert world.helpdesk.texts[1001][0].html == doubtful
    assert [e.outcome for e in entries(world)] == [Outcome.REVIEW]
    assert len(world.chat.warnings) == 1
    assert "Nothing was changed" in world.chat.warnings[0]


def test_what_was_found_and_is_in_doubt_now_does_not_stay_half_done(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>parcel tracking {PAN}</p>")
    surer = RedactionEntry("red_0", 1001, 1, "Visa", "1111", "older", Outcome.FOUND, world.clock.now())
    with world.store.transaction() as tx:
        tx.redactions.add(surer)
    for event in ("e1", "e2"):
        arrives(world, event)
        world.works()
    (entry,) = entries(world)
    assert (entry.id, entry.outcome) == ("red_0", Outcome.REMAINING)
    assert "in doubt" in entry.remains
    assert len(world.chat.warnings) == 1
    assert world.helpdesk.asked == []


def test_scanning_again_logs_nothing_new(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN} and again {PAN}</p>")
    world.helpdesk.writes(1001, f"<p>{OTHER}</p>")
    world.helpdesk.refused = {"redact_comment"}
    for event in ("e1", "e2", "e3"):
        arrives(world, event)
        world.works()
    assert [(e.last4, e.outcome) for e in entries(world)] == [
        ("1111", Outcome.REMAINING),
        ("1111", Outcome.REMAINING),
        ("4444", Outcome.REMAINING),
    ]
    assert len(world.chat.warnings) == 1
    assert world.helpdesk.asked == ["redact_comment"] * 2  # refused once, not asked with every new comment


def test_what_remained_and_is_gone_now_is_settled(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.helpdesk.refused = {"redact_comment"}
    arrives(world)
    world.works()
    first = world.helpdesk.texts[1001][0]
    world.helpdesk.texts[1001][0] = replace(first, html="<p>removed by hand</p>")
    arrives(world, "e2")
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]
    assert world.chain_holds()


def test_a_number_that_is_allowed_since_is_not_called_gone(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.helpdesk.refused = {"redact_comment"}
    arrives(world)
    world.works()
    shape = Allowance(
        "alw_1", AllowedAs.SHAPE, "411111##########", "ours", "c", "Compliance", world.clock.now()
    )
    with world.store.transaction() as tx:
        tx.allowances.add(shape)
    world.helpdesk.writes(1001, f"<p>{OTHER}</p>")
    world.helpdesk.refused = set()
    arrives(world, "e2")
    world.works()
    assert PAN in world.helpdesk.texts[1001][0].html
    assert [e.outcome for e in entries(world)] == [Outcome.REMAINING, Outcome.REDACTED]


def test_the_same_number_typed_into_a_field_again_is_another_finding(world: World) -> None:
    for event in ("e1", "e2"):
        world.helpdesk.fields[1001] = {7: PAN}
        arrives(world, event)
        world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED] * 2


def test_a_crash_between_the_redaction_and_the_log_loses_no_entry(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    redact = world.helpdesk.redact_comment

    def and_die(comment: Comment, *, marked_html: str) -> Comment:
        redact(comment, marked_html=marked_html)
        world.helpdesk.redact_comment = redact  # type: ignore[method-assign]
        raise SystemExit

    world.helpdesk.redact_comment = and_die  # type: ignore[method-assign]
    arrives(world)
    with pytest.raises(SystemExit):
        world.works()
    assert PAN not in world.helpdesk.texts[1001][0].html
    assert [e.outcome for e in entries(world)] == [Outcome.FOUND]
    world.clock.moves(minutes=1)
    world.works()
    assert [(e.last4, e.outcome) for e in entries(world)] == [("1111", Outcome.REDACTED)]
    assert len(world.chat.warnings) == 1
    assert world.chain_holds()


def test_two_webhooks_of_one_ticket_at_the_same_moment_write_one_entry(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    arrives(world, "e2")
    redact, others = world.helpdesk.redact_comment, list(world.bell.rings)

    def meanwhile(comment: Comment, *, marked_html: str) -> Comment:
        """Another worker, which read the comment before it was redacted."""
        world.helpdesk.redact_comment = redact  # type: ignore[method-assign]
        for task_id in others:
            world.services.tasks.run(task_id)
        return redact(comment, marked_html=marked_html)

    world.helpdesk.redact_comment = meanwhile  # type: ignore[method-assign]
    world.works()
    world.clock.moves(seconds=5)
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]
    assert world.helpdesk.asked == ["redact_comment"]
    with world.store.reading() as tx:
        assert "redact" not in tx.tasks.backlog(world.clock.now())
        assert tx.bookmarks.load("cleaning.1001") is None


def test_a_worker_that_was_killed_does_not_hold_its_ticket_for_long(world: World) -> None:
    with world.store.transaction() as tx:
        tx.bookmarks.save("cleaning.1001", "held until", at=world.clock.now() + timedelta(seconds=60))
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    world.works()
    assert entries(world) == []
    world.clock.moves(seconds=61)
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def test_a_redaction_whose_answer_was_lost_is_read_back_before_it_is_repeated(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    redact = world.helpdesk.redact_comment

    def and_hang(comment: Comment, *, marked_html: str) -> Comment:
        redact(comment, marked_html=marked_html)
        raise HelpdeskUnavailable("time-out")

    world.helpdesk.redact_comment = and_hang  # type: ignore[method-assign]
    arrives(world)
    world.works()
    world.clock.moves(minutes=1)
    world.works()
    assert world.helpdesk.asked == ["redact_comment"]
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def test_a_comment_that_somebody_redacted_meanwhile_is_tried_as_it_is_now(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{OTHER} {PAN}</p>")
    redact = world.helpdesk.redact_comment

    def too_late(comment: Comment, *, marked_html: str) -> Comment:
        world.helpdesk.redact_comment = redact  # type: ignore[method-assign]
        kept = world.helpdesk.texts[1001]
        kept[0] = replace(comment, html=comment.html.replace(OTHER, "▇" * 12 + "4444"))
        raise HelpdeskRefused("It differs (422).")

    world.helpdesk.redact_comment = too_late  # type: ignore[method-assign]
    arrives(world)
    world.works()
    assert PAN not in world.helpdesk.texts[1001][0].html
    assert {e.outcome for e in entries(world)} == {Outcome.REDACTED}


def test_a_token_that_is_refused_is_not_taken_for_a_number_that_must_stay(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    redact = world.helpdesk.redact_comment

    def locked(comment: Comment, *, marked_html: str) -> Comment:
        world.helpdesk.redact_comment = redact  # type: ignore[method-assign]
        raise HelpdeskLockedOut("401")

    world.helpdesk.redact_comment = locked  # type: ignore[method-assign]
    arrives(world)
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.FOUND]
    world.clock.moves(hours=2)
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def test_both_tickets_of_a_merge_are_cleaned(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>Last comment in request #1012: {PAN}</p>", merged=(1012,))
    world.helpdesk.writes(1012, f"<p>{PAN}</p>")
    world.helpdesk.writes(1012, "<p>merged into #1001</p>", merged=(1001,))
    arrives(world)
    world.works()
    assert PAN not in str([c.html for c in world.helpdesk.texts[1001] + world.helpdesk.texts[1012]])
    assert {e.ticket_id for e in entries(world)} == {1001, 1012}


# ── what cannot be read is never clean ──────────────────────────────────────


def test_the_first_failure_is_repeated_the_second_one_reported_and_a_success_settles_it(world: World) -> None:
    world.helpdesk.writes(1001, "<p>clean</p>")
    world.helpdesk.down = True
    arrives(world)
    world.works()
    assert entries(world) == []
    for _ in range(3):
        world.clock.moves(minutes=20)
        world.works()
    (entry,) = entries(world)
    assert (entry.outcome, entry.brand, entry.last4) == (Outcome.NOT_SCANNED, "", "")
    assert len([w for w in world.chat.warnings if "NOT scanned" in w]) == 1
    world.helpdesk.down = False
    world.clock.moves(hours=2)
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.SCANNED]


def test_a_helpdesk_that_asks_to_wait_is_no_alarm_at_once(world: World) -> None:
    def limited(_: int) -> None:
        raise HelpdeskUnavailable("429", retry_after_seconds=30)

    world.helpdesk.ticket_text = limited  # type: ignore[method-assign, assignment]
    arrives(world)
    for tries in range(1, 8):
        world.works()
        world.clock.moves(minutes=1)
        assert bool(entries(world)) is (tries > 5)


def test_cards_do_not_wait_for_an_optional_class_that_fails_and_the_ticket_stays_unscanned(
    tmp_path: Path,
) -> None:
    def broken(*_: object, **__: object) -> list[Hit]:
        raise ScanFailed("time-out")

    world = World(f"sqlite:///{tmp_path}/world.db", scan=broken)
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    world.works()
    assert PAN not in world.helpdesk.texts[1001][0].html
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]
    world.clock.moves(minutes=1)
    world.works()
    assert {e.outcome for e in entries(world)} == {Outcome.REDACTED, Outcome.NOT_SCANNED}
    with world.store.reading() as tx:
        assert tx.scans.of(1001) is None
        assert "redact" in tx.tasks.backlog(world.clock.now())
    world.close()


def test_what_an_optional_class_found_before_is_not_called_gone_while_it_fails(tmp_path: Path) -> None:
    fails = False

    def sometimes(text: str, *, markup: bool = False, allowed: Allowlist | None = None) -> list[Hit]:
        if fails:
            raise ScanFailed("time-out")
        return search(text, markup=markup, allowed=allowed)

    with closing(SeparateScan(["iban"])) as search:
        world = World(f"sqlite:///{tmp_path}/world.db", scan=sometimes)
        world.helpdesk.refused = {"redact_comment"}
        world.helpdesk.writes(1001, f"<p>DE89 3704 0044 0532 0130 00</p><p>{PAN}</p>")
        arrives(world)
        world.works()
        before = {(e.brand, e.outcome) for e in entries(world)}
        fails, world.helpdesk.refused = True, set()
        with world.store.transaction() as tx:
            tx.tasks.add("redact", "1001", detail="backscan:again", now=world.clock.now())
        world.works()
    assert before == {("IBAN", Outcome.REMAINING), ("Visa", Outcome.REMAINING)}
    assert {(e.brand, e.outcome) for e in entries(world)} == {
        ("IBAN", Outcome.REMAINING),
        ("Visa", Outcome.REDACTED),
    }
    world.close()


def test_a_ticket_that_is_gone_is_looked_for_three_times_and_then_reported(world: World) -> None:
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "comment_added", 4040, 1))
    for _ in range(4):
        world.works()
        world.clock.moves(minutes=1)
    (entry,) = entries(world)
    assert (entry.ticket_id, entry.outcome) == (4040, Outcome.NOT_SCANNED)
    with world.store.reading() as tx:
        assert "redact" not in tx.tasks.backlog(world.clock.now())


def test_an_account_number_that_the_company_wants_gone_is_masked_and_told_as_such(tmp_path: Path) -> None:
    with closing(SeparateScan(["iban", "us_ssn"])) as search:
        world = World(f"sqlite:///{tmp_path}/world.db", scan=search)
        world.helpdesk.writes(1001, "<p>DE89 3704 0044 0532 0130 00</p><p>536-90-4399</p>")
        arrives(world)
        world.works()
    assert world.helpdesk.texts[1001][0].html == "<p>▇▇▇▇ ▇▇▇▇ ▇▇▇▇ ▇▇▇▇ ▇▇30 00</p><p>▇▇▇-▇▇-▇▇▇▇</p>"
    with world.store.reading() as tx:
        assert {(e.brand, e.last4, e.outcome) for e in tx.redactions.latest()} == {
            ("IBAN", "3000", Outcome.REDACTED),
            ("US social security number", "", Outcome.REDACTED),
        }
    told = "\n".join(world.chat.warnings)
    assert "A number (IBAN ···· 3000)" in told
    assert "A number (US social security number) was" in told
