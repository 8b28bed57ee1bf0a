import json
from pathlib import Path
from typing import Any

import pytest

from sidebar_app.actions import InvalidParams
from sidebar_app.domain.redaction_log import AllowedAs, Outcome, Place, RedactionEntry
from sidebar_app.ports.helpdesk import HelpdeskEvent, HelpdeskUnavailable
from sidebar_app.redaction import mask_free_text
from sidebar_app.workflow.allow import NoSuchAllowance, NoSuchEntry, NotReadable
from tests.fakes.time import START as NOW
from tests.fakes.world import World

BY = ("compliance", "Compliance")
PAN = "4111111111111111"
OURS = "5018000000000009"


@pytest.fixture
def keyed(tmp_path: Path) -> Any:
    made = World(f"sqlite:///{tmp_path}/keyed.db", allowlist_key=b"k" * 32)
    yield made
    made.close()


def arrives(world: World, html: str, event: str) -> str:
    """The comment after everything was worked on."""
    world.helpdesk.writes(1001, html)
    world.services.receive.from_helpdesk(HelpdeskEvent(event, "comment_added", 1001, 1))
    world.works()
    return world.helpdesk.texts[1001][-1].html


def found(world: World, **changes: Any) -> None:
    given = {"outcome": Outcome.REVIEW, "last4": "1111", "comment_id": 1, **changes}
    with world.store.transaction() as tx:
        tx.redactions.add(
            RedactionEntry("red_1", 1001, brand="Visa", detector_version="d", at=NOW, **given)  # type: ignore[arg-type]
        )


def allows(world: World, value: str, kind: AllowedAs = AllowedAs.SHAPE, **more: Any) -> str:
    return world.services.allowing.allow(kind, value, comment="ours", by=BY, **more).id


def audited(world: World) -> list[dict[str, Any]]:
    with world.store.reading() as tx:
        told = [json.loads(entry.canonical) for entry in tx.audit.entries()]
    return [entry for entry in told if entry["event"].startswith("allowlist.")]


def test_numbers_of_an_allowed_shape_stay_in_tickets_until_it_is_removed(world: World) -> None:
    assert OURS not in arrives(world, f"<p>my card {OURS}</p>", "e1")
    allowed = allows(world, "5018 0000 #### ####", is_sure=True)
    assert OURS in arrives(world, f"<p>my card {OURS}</p>", "e2")
    assert PAN not in arrives(world, f"<p>my card {PAN}</p>", "e3")
    world.services.allowing.disallow(allowed, by=("admin", "Admin"))
    assert OURS not in arrives(world, f"<p>my card {OURS}</p>", "e4")
    added, removed = audited(world)
    assert (added["event"], added["actor"], added["details"]["value"]) == (
        "allowlist.added",
        "compliance",
        "50180000########",
    )
    assert "Maestro" in added["details"]["lets_through"]
    assert (removed["event"], removed["actor"], removed["subject"]) == ("allowlist.removed", "admin", allowed)
    assert world.chain_holds()


def test_a_number_after_an_allowed_label_stays(world: World) -> None:
    allows(world, "Bestellref:", AllowedAs.LABEL)
    assert PAN in arrives(world, f"<p>bestellref: {PAN}</p>", "e1")
    assert PAN not in arrives(world, f"<p>card: {PAN}</p>", "e2")


def test_what_is_allowed_in_tickets_is_masked_everywhere_else(world: World) -> None:
    allows(world, "4111############", is_sure=True)
    assert PAN not in mask_free_text(f"he said {PAN}")
    allowed = world.services.allowing.allow(AllowedAs.LABEL, "orderno", comment=f"like {PAN}", by=BY)
    assert PAN not in allowed.comment


def test_a_shape_of_real_cards_is_allowed_only_by_who_is_sure(world: World) -> None:
    with pytest.raises(InvalidParams) as refused:
        allows(world, "4111############")
    assert "Visa" in refused.value.errors["sure"][0]
    assert audited(world) == []
    allows(world, "4111############", is_sure=True)
    assert audited(world)[0]["details"]["lets_through"] == ["Visa"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (AllowedAs.SHAPE, "411#############"),
        (AllowedAs.SHAPE, PAN),
        (AllowedAs.LABEL, "card"),
        (AllowedAs.LABEL, ""),
    ],
)
def test_a_value_that_lets_too_much_through_is_refused(world: World, kind: AllowedAs, value: str) -> None:
    with pytest.raises(InvalidParams) as refused:
        allows(world, value, kind, is_sure=True)
    assert list(refused.value.errors) == ["value"]
    assert PAN not in str(refused.value)
    assert audited(world) == []


def test_nothing_is_allowed_twice_and_an_entry_must_exist(world: World) -> None:
    allows(world, "90011#########")
    with pytest.raises(InvalidParams, match="already"):
        allows(world, "90011#########")
    with pytest.raises(NoSuchEntry):
        allows(world, "90012#########", entry_id="red_9")
    with pytest.raises(NoSuchAllowance):
        world.services.allowing.disallow("alw_9", by=BY)


def test_this_one_number_is_read_again_and_kept_as_a_digest_only(keyed: World) -> None:
    keyed.helpdesk.writes(1001, f"<p>my card 4111 1111 1111 1111 and {OURS}</p>")
    found(keyed)
    made = keyed.services.allowing.allow_number("red_1", comment="our test number", by=BY)
    assert (made.kind, made.entry_id) == (AllowedAs.DIGEST, "red_1")
    assert PAN not in made.value
    assert PAN in arrives(keyed, f"<p>my card {PAN}</p>", "e1")
    assert OURS not in arrives(keyed, f"<p>my card {OURS}</p>", "e2")
    (told,) = audited(keyed)
    assert told["details"]["value"] == ""
    files = Path(str(keyed.store.engine.url.database)).parent.iterdir()
    raw = b"".join(path.read_bytes() for path in files)
    assert not any(form.encode() in raw for form in (PAN, "4111 1111 1111 1111"))


@pytest.mark.parametrize(
    ("html", "changes"),
    [
        ("<p>nothing here</p>", {}),
        (f"<p>card {PAN}</p>", {"outcome": Outcome.REDACTED}),
        (f"<p>card {PAN}</p>", {"place": Place.SUBJECT}),
        (f"<p>card {PAN}</p>", {"comment_id": 9}),
        (f"<p>card {PAN}, card 4000000000011111 </p>", {"last4": "9999"}),
    ],
)
def test_a_number_that_does_not_stand_there_any_more_cannot_be_allowed(
    keyed: World, html: str, changes: dict[str, Any]
) -> None:
    keyed.helpdesk.writes(1001, html)
    found(keyed, **changes)
    with pytest.raises(NotReadable):
        keyed.services.allowing.allow_number("red_1", comment="ours", by=BY)
    assert audited(keyed) == []


def test_with_the_helpdesk_away_nothing_is_allowed(keyed: World) -> None:
    found(keyed)
    keyed.helpdesk.down = True
    with pytest.raises(HelpdeskUnavailable):
        keyed.services.allowing.allow_number("red_1", comment="ours", by=BY)
    assert audited(keyed) == []


def test_without_a_key_single_numbers_are_not_allowed_and_known_ones_are_masked(
    keyed: World, caplog: pytest.LogCaptureFixture
) -> None:
    keyed.helpdesk.writes(1001, f"<p>card {PAN}</p>")
    found(keyed)
    keyed.services.allowing.allow_number("red_1", comment="ours", by=BY)
    keyless = World("", store=keyed.store, prepared=True)
    with pytest.raises(NotReadable, match="ALLOWLIST_KEY"):
        keyless.services.allowing.allow_number("red_1", comment="ours", by=BY)
    assert PAN not in arrives(keyless, f"<p>my card {PAN}</p>", "e1")
    assert "masked all the same" in caplog.text


def test_a_change_by_another_process_counts_within_seconds(world: World) -> None:
    other = World("", store=world.store, prepared=True)
    assert not world.services.allowing.now().shapes
    allows(other, "90011#########")
    world.clock.moves(seconds=5)
    assert world.services.allowing.now().shapes == {"90011#########"}
