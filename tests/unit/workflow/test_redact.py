from pathlib import Path

from sidebar_app.ports.helpdesk import HelpdeskEvent
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
