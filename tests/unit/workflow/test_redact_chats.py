"""Chats: the transcript beside the comments of a ticket."""

from datetime import timedelta

import pytest

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.helpdesk import HelpdeskEvent, HelpdeskUnavailable
from sidebar_app.ports.transcripts import ChatMessage
from tests.fakes.people import WRITTEN
from tests.fakes.world import World

PAN, OTHER = "4111111111111111", "5555555555554444"


def arrives(world: World, event: str = "e1") -> None:
    world.services.receive.from_helpdesk(HelpdeskEvent(event, "comment_added", 1001, 1))
    world.works()


def entries(world: World) -> list[RedactionEntry]:
    with world.store.reading() as tx:
        return sorted(tx.redactions.latest(), key=lambda entry: entry.id)


def texts(world: World) -> list[str]:
    return [message.text for message in world.helpdesk.chats[1001]]


def waits(world: World) -> bool:
    with world.store.reading() as tx:
        return "redact" in tx.tasks.backlog(world.clock.now())


def test_a_number_in_a_chat_is_masked_logged_and_announced(world: World) -> None:
    world.helpdesk.chats_with(1001, "hello", "<b>my card: 4111 1111 1111 1111 1>0", f"and {OTHER}?")
    arrives(world)
    assert texts(world) == ["hello", "<b>my card: ▇▇▇▇ ▇▇▇▇ ▇▇▇▇ 1111 1>0", f"and {'▇' * 12}4444?"]
    first, second = entries(world)
    assert (first.place, first.comment_id, first.place_id) == (Place.CHAT, 0, "chat1:1")
    assert (first.channel, first.written_at, first.outcome) == ("chat", WRITTEN, Outcome.REDACTED)
    assert (first.last4, second.last4, second.place_id, first.remains) == ("1111", "4444", "chat1:2", "")
    (warning,) = world.chat.warnings
    assert "A card number (Visa ···· 1111) was found in a chat (chat) and masked." in warning
    with world.store.reading() as tx:
        assert [card.in_chat for card in tx.redactions.of_ticket(1001)] == [True, True]
        tasks = tx.tasks.due(world.clock.now(), only={"safety"})
    assert tasks == []
    assert world.chain_holds()


def test_other_tickets_cost_no_question_about_chats(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    arrives(world)
    assert world.helpdesk.asked == ["redact_comment"]


def test_the_customer_hears_of_it_when_the_chat_does_not_say_who_wrote(world: World) -> None:
    world.helpdesk.chats_with(1001, PAN)
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "comment_added", 1001, 1))
    (first, *_) = world.bell.rings
    world.services.tasks.run(first)
    with world.store.reading() as tx:
        assert tx.tasks.backlog(world.clock.now())["safety"][0] == 1


def test_what_an_agent_wrote_in_a_chat_is_masked_and_blamed_on_nobody_else(world: World) -> None:
    message = ChatMessage(1001, "c", "1", f"is it {PAN}?", WRITTEN, by_visitor=False)
    world.helpdesk.chats_with(1001)
    world.helpdesk.chats[1001].append(message)
    arrives(world)
    assert texts(world) == [f"is it {'▇' * 12}1111?"]
    with world.store.reading() as tx:
        assert "safety" not in tx.tasks.backlog(world.clock.now())


def test_a_chat_that_goes_on_is_tried_again_until_it_has_ended(world: World) -> None:
    world.helpdesk.chats_with(1001, PAN, is_over=False)
    arrives(world)
    (entry,) = entries(world)
    assert entry.outcome is Outcome.REMAINING
    assert "has not ended" in entry.remains
    (warning,) = world.chat.warnings
    assert "could NOT be masked. The chat has not ended" in warning
    assert "by hand" not in warning
    world.helpdesk.chats_with(1001, "anything else?", "no", is_over=False)
    arrives(world, "e2")
    arrives(world, "e3")
    with world.store.reading() as tx:
        assert tx.tasks.backlog(world.clock.now())["redact"][0] == 1
    world.helpdesk.ends_chat(1001)
    world.clock.moves(minutes=2)
    world.works()
    assert texts(world)[0] == "▇" * 12 + "1111"
    (entry,) = entries(world)
    assert (entry.outcome, entry.remains) == (Outcome.REDACTED, "")
    assert not waits(world)
    assert len(world.chat.warnings) == 2
    assert world.chain_holds()


def test_a_chat_that_goes_on_is_asked_about_one_message_however_many_numbers_it_holds(world: World) -> None:
    world.helpdesk.chats_with(1001, *([PAN] * 20), is_over=False)
    arrives(world)
    assert world.helpdesk.asked.count("redact_message") == 2  # by the webhook, and by the task that waits
    assert [e.outcome for e in entries(world)] == [Outcome.REMAINING] * 20
    with world.store.reading() as tx:
        assert tx.tasks.backlog(world.clock.now())["redact"][0] == 1
    world.helpdesk.ends_chat(1001)
    world.clock.moves(minutes=2)
    world.works()
    assert set(texts(world)) == {"▇" * 12 + "1111"}
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED] * 20


def test_a_chat_that_never_ends_is_not_asked_about_for_ever(world: World) -> None:
    world.helpdesk.chats_with(1001, PAN, is_over=False)
    arrives(world)
    begun = world.clock.now()
    while waits(world) and world.clock.now() < begun + timedelta(days=3):
        world.clock.moves(hours=1)
        world.works()
    assert not waits(world)
    assert world.helpdesk.asked.count("redact_message") < 40
    assert len(world.chat.warnings) == 1
    world.helpdesk.ends_chat(1001)
    arrives(world, "e2")  # its end is a change of the ticket
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def test_a_message_that_must_stay_says_why_and_is_not_asked_for_again(world: World) -> None:
    world.helpdesk.chats_with(1001, PAN)
    world.helpdesk.refused = {"redact_message"}
    arrives(world)
    (entry,) = entries(world)
    assert entry.outcome is Outcome.REMAINING
    assert "422" in entry.remains
    assert "by hand" in entry.remains
    asked = world.helpdesk.asked.count("redact_message")
    arrives(world, "e2")
    assert world.helpdesk.asked.count("redact_message") == asked
    assert not waits(world)


def test_a_transcript_that_we_may_not_read_is_not_scanned_and_keeps_no_comment_from_being_cleaned(
    world: World,
) -> None:
    world.helpdesk.chats_with(1001, PAN, is_over=False)
    arrives(world)  # there is something open about it
    world.helpdesk.writes(1001, f"<p>{OTHER}</p>")
    world.helpdesk.refused = {"transcript"}
    arrives(world, "e2")
    assert OTHER not in world.helpdesk.texts[1001][0].html
    found = {(e.place, e.outcome) for e in entries(world)}
    assert found == {
        (Place.CHAT, Outcome.REMAINING),
        (Place.COMMENT, Outcome.REDACTED),
        (Place.CHAT, Outcome.NOT_SCANNED),
    }
    assert "NOT scanned. The transcript of its chat could not be read" in world.chat.warnings[-1]
    world.helpdesk.refused = set()
    world.helpdesk.ends_chat(1001)
    arrives(world, "e3")
    assert {e.outcome for e in entries(world)} == {Outcome.REDACTED, Outcome.SCANNED}


def test_a_file_in_a_chat_is_logged_once_as_not_scanned_until_it_is_gone(world: World) -> None:
    world.helpdesk.chats_with(1001, "", file_name=f"{PAN}.png")
    arrives(world)
    arrives(world, "e2")
    (entry,) = entries(world)
    assert (entry.place, entry.outcome, entry.place_id) == (Place.ATTACHMENT, Outcome.NOT_SCANNED, "chat1:0")
    assert entry.place_name == "************1111.png"
    assert "not looked into" in entry.remains
    assert world.chat.warnings == []
    world.helpdesk.chats[1001] = []
    arrives(world, "e3")
    assert [e.outcome for e in entries(world)] == [Outcome.SCANNED]


def test_a_crash_between_the_redaction_of_a_message_and_the_log_loses_no_entry(world: World) -> None:
    world.helpdesk.chats_with(1001, PAN)
    redact = world.helpdesk.redact_message

    def and_hang(message: ChatMessage, *, marked_text: str) -> ChatMessage:
        redact(message, marked_text=marked_text)
        raise HelpdeskUnavailable("time-out")

    world.helpdesk.redact_message = and_hang  # type: ignore[method-assign]
    arrives(world)
    assert [e.outcome for e in entries(world)] == [Outcome.FOUND]
    world.clock.moves(minutes=1)
    world.works()
    assert world.helpdesk.asked.count("redact_message") == 1
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


@pytest.mark.parametrize("dry", [True, False])
def test_a_back_scan_finds_old_chats(world: World, dry: bool) -> None:
    world.helpdesk.chats_with(1001, PAN)
    world.helpdesk.happens(1001, world.clock.now() - timedelta(days=1))
    scanner = world.services.back_scan
    run = scanner.start(since=world.clock.now() - timedelta(days=9), until=None, dry_run=dry, at_once=4)
    for _ in range(4):
        _, progress = scanner.turn(run.id)
        world.works()
        world.clock.moves(seconds=10)
    assert progress.found == 1
    if dry:
        assert texts(world) == [PAN]
        assert [seen.place for _, seen in scanner.seen(run.id)] == [Place.CHAT]
        return
    assert texts(world) == ["▇" * 12 + "1111"]
    assert [(e.source, e.outcome) for e in entries(world)] == [(Source.BACKSCAN, Outcome.REDACTED)]
