"""A customer who sent a card number hears once that it is not safe, and never reads the number."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sidebar_app.domain.redaction_log import Source
from sidebar_app.ports.helpdesk import HelpdeskEvent
from sidebar_app.workflow.safety_note import By, NoteTerms
from tests.fakes.world import ROOT, World

PAN = "4111111111111111"
SHIPPED = (ROOT / "sidebar_app/workflow/safety_note.txt").read_text()
PAGE = "https://pay.acme.example"
REPLY = NoteTerms(By.REPLY, SHIPPED, PAGE)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path}/world.db", note_terms=getattr(request, "param", REPLY))
    yield made
    made.close()


def arrives(world: World, html: str = f"<p>{PAN}</p>", *, event: str = "e1", author: int = 2001) -> None:
    world.helpdesk.writes(1001, html, author=author)
    world.services.receive.from_helpdesk(HelpdeskEvent(event, "comment_added", 1001, 1))
    world.works()


def told(world: World) -> list[str]:
    with world.store.reading() as tx:
        return [e.canonical for e in tx.audit.entries() if "safety_note" in e.canonical]


def test_the_customer_gets_a_public_reply_with_the_safe_page_and_without_the_number(world: World) -> None:
    arrives(world)
    (reply,) = world.helpdesk.replies[1001]
    assert "Hello Acme" in reply
    assert "ticket #1001" in reply
    assert PAGE in reply
    assert "1111" not in reply
    assert reply.startswith("Hello")  # the subject is for mails
    assert len(told(world)) == 1


@pytest.mark.parametrize("world", [NoteTerms(By.REPLY, SHIPPED)], indirect=True)
def test_without_a_safe_page_it_asks_for_a_reply_without_card_data(world: World) -> None:
    arrives(world)
    assert "reply without card data" in world.helpdesk.replies[1001][0]


@pytest.mark.parametrize("world", [NoteTerms(By.MAIL, SHIPPED, PAGE)], indirect=True)
def test_by_mail_it_goes_to_who_wrote_the_message_once_a_day(world: World) -> None:
    arrives(world)
    arrives(world, event="e2")
    (mail,) = world.notifier.sent.values()
    assert (mail.to, mail.subject) == ("billing@acme.example", "About the card number in your message")
    assert world.helpdesk.replies == {}
    world.clock.moves(days=1)
    arrives(world, event="e3")
    assert len(world.notifier.sent) == 2


@pytest.mark.parametrize("world", [NoteTerms(By.NOT_AT_ALL, SHIPPED, PAGE)], indirect=True)
def test_switched_off_nobody_hears_anything(world: World) -> None:
    arrives(world)
    assert (world.helpdesk.replies, world.notifier.sent, told(world)) == ({}, {}, [])


def test_a_number_that_an_agent_wrote_is_none_of_the_customers_business(world: World) -> None:
    arrives(world, author=501)
    assert world.helpdesk.replies == {}
    arrives(world, event="e2")
    assert len(world.helpdesk.replies[1001]) == 1


def test_nobody_hears_of_old_tickets(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>{PAN}</p>")
    world.services.cleaning.redact.clean(1001, source=Source.BACKSCAN)
    world.works()
    assert world.helpdesk.replies == {}


def test_what_only_may_be_a_card_is_no_reason_to_write(world: World) -> None:
    arrives(world, f"<p>parcel tracking {PAN}</p>")
    assert world.helpdesk.replies == {}


def test_a_ticket_that_takes_no_reply_is_noted_and_not_tried_for_ever(world: World) -> None:
    world.helpdesk.refused = {"add_reply"}
    arrives(world)
    assert "safety_note.not_sent" in told(world)[0]
    with world.store.reading() as tx:
        assert "safety" not in tx.tasks.backlog(world.clock.now())


def test_a_name_that_is_a_card_number_is_not_repeated(world: World) -> None:
    world.helpdesk.agents[2001] = replace(world.helpdesk.agents[2001], name=f"Card {PAN}")
    arrives(world)
    assert PAN not in world.helpdesk.replies[1001][0]


def sends_a_file(world: World, content: bytes) -> None:
    world.helpdesk.attaches(1001, content)
    world.services.receive.from_helpdesk(HelpdeskEvent("e1", "comment_added", 1001, 1))
    world.works()
    world.clock.moves(seconds=10)
    world.works()


def test_who_sends_a_number_in_a_file_hears_it_once(world: World) -> None:
    sends_a_file(world, PAN.encode() + b" and 5555 5555 5555 4444")
    assert len(world.helpdesk.replies[1001]) == 1


def test_nobody_hears_anything_about_a_file_that_is_clean_or_cannot_be_read(world: World) -> None:
    sends_a_file(world, b"locked")
    assert world.helpdesk.replies.get(1001, []) == []
