"""Files in tickets: removed whole when they hold a card, logged, told, and never taken for clean unread."""

from dataclasses import replace
from pathlib import Path

import pytest

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.ports.extractor import FileTexts
from sidebar_app.ports.helpdesk import HelpdeskEvent, HelpdeskLockedOut, HelpdeskRefused, HelpdeskUnavailable
from sidebar_app.redaction import Hit, ScanFailed, scan
from tests.fakes.texts import PlainExtractor
from tests.fakes.world import World

CARD = b"my card is 4111 1111 1111 1111"
DOUBTFUL = b"order number: 4111111111111111"


def arrives(world: World, event: str = "e1") -> None:
    world.services.receive.from_helpdesk(HelpdeskEvent(event, "comment_added", 1001, 1))
    world.works()


def entries(world: World) -> list[RedactionEntry]:
    with world.store.reading() as tx:
        found = tx.redactions.latest()
    return sorted((e for e in found if e.place is Place.ATTACHMENT), key=lambda e: e.id)


def notes(world: World) -> list[str]:
    return [text for _, text in world.helpdesk.notes.get(1001, [])]


def later(world: World) -> None:
    world.clock.moves(minutes=10)
    world.works()


def test_a_file_with_a_card_number_is_removed_logged_and_told(world: World) -> None:
    file = world.helpdesk.attaches(1001, CARD, "my card.txt")
    arrives(world)
    later(world)
    (entry,) = entries(world)
    assert (entry.brand, entry.last4, entry.outcome) == ("Visa", "1111", Outcome.REDACTED)
    assert (entry.place_id, entry.place_name, entry.comment_id) == (
        str(file.id),
        "my card.txt",
        file.comment_id,
    )
    assert world.helpdesk.contents[file.id] == b""
    (note,) = notes(world)
    assert "“my card.txt” was removed: it held a card number (Visa ···· 1111)" in note
    (warning,) = world.chat.warnings
    assert "the file was removed" in warning
    assert world.chain_holds()


def test_a_clean_file_leaves_no_trace_and_is_not_fetched_again(world: World) -> None:
    world.helpdesk.attaches(1001, b"nothing in here")
    arrives(world, "e1")
    arrives(world, "e2")
    assert entries(world) == []
    assert world.helpdesk.asked.count("download") == 1


def test_a_better_reader_looks_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/w.db"
    first = World(url)
    file = first.helpdesk.attaches(1001, b"locked " + CARD)
    arrives(first)
    assert [e.outcome for e in entries(first)] == [Outcome.NOT_SCANNED]
    better = World(url, store=first.store, prepared=True, extractor=PlainExtractor("plain-2"))
    better.helpdesk.texts, better.helpdesk.contents = first.helpdesk.texts, {file.id: CARD}
    arrives(better, "e2")
    later(better)
    assert sorted(e.outcome for e in entries(better)) == [Outcome.REDACTED, Outcome.SCANNED]
    first.close()


def test_every_number_has_an_entry_and_each_only_one(world: World) -> None:
    world.helpdesk.attaches(1001, CARD + b"\nagain 4111111111111111, and 5555 5555 5555 4444; cvv 123")
    arrives(world)
    assert [(e.brand, e.last4) for e in entries(world)] == [("Visa", "1111"), ("Mastercard", "4444")]
    assert "2 card numbers (Visa ···· 1111, Mastercard ···· 4444)" in notes(world)[0]


def test_a_number_in_the_files_name_counts_and_is_not_repeated(world: World) -> None:
    world.helpdesk.attaches(1001, b"nothing", "4111 1111 1111 1111.txt")
    arrives(world)
    (entry,) = entries(world)
    assert entry.outcome is Outcome.REDACTED
    assert "4111" not in entry.place_name
    assert "4111" not in str(notes(world) + world.chat.warnings)


def test_a_doubtful_number_is_for_a_person_and_the_file_stays(world: World) -> None:
    file = world.helpdesk.attaches(1001, DOUBTFUL)
    arrives(world)
    assert [e.outcome for e in entries(world)] == [Outcome.REVIEW]
    assert world.helpdesk.contents[file.id] == DOUBTFUL
    assert notes(world) == []


def test_where_the_helpdesk_refuses_the_number_remains_and_a_back_scan_tries_again(world: World) -> None:
    world.helpdesk.refused = {"remove_file"}
    world.helpdesk.attaches(1001, CARD)
    arrives(world, "e1")
    (entry,) = entries(world)
    assert entry.outcome is Outcome.REMAINING
    assert "lacks the rights" in entry.remains
    assert "could NOT be removed" in notes(world)[0]
    assert any("could NOT be removed" in warning for warning in world.chat.warnings)
    world.helpdesk.refused = set()
    arrives(world, "e2")
    assert world.helpdesk.asked.count("remove_file") == 1
    scans_back(world)
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def scans_back(world: World) -> None:
    with world.store.transaction() as tx:
        tx.tasks.add("redact", "1001", detail=f"{Source.BACKSCAN.value}:1", now=world.clock.now())
    world.works()


def test_a_back_scan_tries_again_what_could_not_be_read(world: World) -> None:
    file = world.helpdesk.attaches(1001, b"locked")
    arrives(world)
    world.helpdesk.contents[file.id] = CARD  # stands for other bounds
    scans_back(world)
    assert [e.outcome for e in entries(world)] == [Outcome.SCANNED, Outcome.REDACTED]


def test_a_back_scan_says_that_it_was_one(world: World) -> None:
    world.helpdesk.attaches(1001, CARD)
    scans_back(world)
    assert [e.source for e in entries(world)] == [Source.BACKSCAN]


def test_a_file_that_somebody_removed_by_hand_is_not_open_any_more(world: World) -> None:
    world.helpdesk.refused = {"remove_file"}
    file = world.helpdesk.attaches(1001, CARD)
    world.helpdesk.attaches(1001, b"locked")
    arrives(world, "e1")
    assert file.comment_id == 1
    world.helpdesk.texts[1001] = [replace(c, attachments=()) for c in world.helpdesk.texts[1001]]
    arrives(world, "e2")
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED, Outcome.SCANNED]


# ── not scanned ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "facts", "says"),
    [
        (b"locked", {}, "password"),
        (b"partly fine", {}, "page 2: The page is damaged."),
        (b"x" * 30_000_000, {}, "larger"),
        (CARD, {"malicious": True}, "malicious"),
    ],
)
def test_what_was_not_read_is_said_once_and_no_alarm(
    world: World, content: bytes, facts: dict[str, bool], says: str
) -> None:
    world.helpdesk.attaches(1001, content, **facts)
    arrives(world, "e1")
    arrives(world, "e2")
    (entry,) = entries(world)
    assert (entry.outcome, entry.brand) == (Outcome.NOT_SCANNED, "")
    assert says in entry.remains
    later(world)
    assert world.chat.warnings == []


def test_a_number_in_the_readable_part_removes_the_file_and_with_it_the_unread_part(world: World) -> None:
    world.helpdesk.attaches(1001, b"partly " + CARD)
    arrives(world)
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def test_switched_off_every_file_is_reported_and_none_is_fetched(world: World, tmp_path: Path) -> None:
    off = World(f"sqlite:///{tmp_path}/off.db", files=False)
    off.helpdesk.attaches(1001, CARD)
    arrives(off)
    (entry,) = entries(off)
    assert entry.outcome is Outcome.NOT_SCANNED
    assert "SCAN_ATTACHMENTS" in entry.remains
    assert "download" not in off.helpdesk.asked
    off.close()


# ── trouble ─────────────────────────────────────────────────────────────────


def test_a_crash_after_the_removal_loses_neither_entry_nor_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.helpdesk.attaches(1001, CARD)
    remove = world.helpdesk.remove_file

    def dies_afterwards(file: object) -> None:
        remove(file)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(world.helpdesk, "remove_file", dies_afterwards)
    with pytest.raises(KeyboardInterrupt):
        arrives(world)
    assert [e.outcome for e in entries(world)] == [Outcome.FOUND]
    monkeypatch.undo()
    later(world)
    (entry,) = entries(world)
    assert entry.outcome is Outcome.REDACTED
    assert "“card.txt” was removed: it held a card number (Visa ···· 1111)" in notes(world)[0]


def test_a_crash_before_the_removal_is_made_up_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.helpdesk.attaches(1001, CARD)

    def dies(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world.helpdesk, "remove_file", dies)
    with pytest.raises(KeyboardInterrupt):
        arrives(world)
    monkeypatch.undo()
    later(world)
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]
    assert len(notes(world)) == 1


class SlowExtractor(PlainExtractor):
    """While it reads, time passes and another worker looks for work."""

    world: World
    meanwhile = -1

    def extract(self, content: bytes, *, name: str, content_type: str) -> FileTexts:
        self.world.clock.moves(seconds=100)
        self.meanwhile = self.world.services.tasks.run_due()
        return super().extract(content, name=name, content_type=content_type)


def test_nobody_else_takes_a_file_up_that_is_being_read(tmp_path: Path) -> None:
    slow = SlowExtractor()
    slow.world = World(f"sqlite:///{tmp_path}/w.db", extractor=slow)
    slow.world.helpdesk.attaches(1001, b"nothing")
    arrives(slow.world)
    assert slow.meanwhile == 0
    assert len(slow.read) == 1
    slow.world.close()


@pytest.mark.parametrize("error", [HelpdeskUnavailable("down"), HelpdeskLockedOut("401")])
def test_when_the_helpdesk_does_not_hand_the_file_out_it_waits_and_is_not_called_clean(
    world: World, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.helpdesk.attaches(1001, CARD)

    def fails(*_: object, **__: object) -> bytes:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(world.helpdesk, "download", fails)
        arrives(world)
        assert entries(world) == []
        world.clock.moves(hours=2)
        world.works()
        assert [e.outcome for e in entries(world)] == [Outcome.NOT_SCANNED]
    world.clock.moves(hours=2)
    world.works()
    assert sorted(e.outcome for e in entries(world)) == [Outcome.REDACTED, Outcome.SCANNED]


def test_a_search_that_breaks_off_is_no_clean_file(tmp_path: Path) -> None:
    def breaks(text: str, **options: object) -> list[Hit]:
        if "4111" in text:
            raise ScanFailed("gave up")
        return scan(text)

    world = World(f"sqlite:///{tmp_path}/w.db", scan=breaks)  # type: ignore[arg-type]
    world.helpdesk.attaches(1001, CARD)
    arrives(world)
    world.clock.moves(hours=2)
    world.works()
    assert [e.outcome for e in entries(world)] == [Outcome.NOT_SCANNED]
    world.close()


def test_a_closed_ticket_that_takes_no_note_loses_its_file_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise HelpdeskRefused("closed")

    world.helpdesk.attaches(1001, CARD)
    monkeypatch.setattr(world.helpdesk, "add_note", refuses)
    arrives(world)
    assert [e.outcome for e in entries(world)] == [Outcome.REDACTED]


def test_the_number_stands_in_no_table(world: World) -> None:
    world.helpdesk.attaches(1001, b"4111111111111111", "4111111111111111.txt")
    arrives(world)
    database = Path(str(world.store.engine.url.database))
    raw = b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))
    assert b"4111111111111111" not in raw
