"""Whatever the redaction log says, the audit chain says too: every entry with every outcome that it had."""

import json
from dataclasses import replace

from sidebar_app.domain.log_filter import LogFilter
from sidebar_app.domain.redaction_log import Outcome
from sidebar_app.ports.helpdesk import HelpdeskEvent
from tests.fakes.world import World

PAN, OTHER = "4111111111111111", "5555555555554444"


def scans(world: World, event: str) -> None:
    world.services.receive.from_helpdesk(HelpdeskEvent(event, "comment_added", 1001, 1))
    world.works()


def outcomes(world: World) -> dict[str, Outcome]:
    with world.store.reading() as tx:
        return dict(tx.redaction_log.outcomes(LogFilter()))


def told(world: World) -> dict[str, list[str]]:
    """By entry: the outcomes in the order of the chain."""
    found: dict[str, list[str]] = {}
    with world.store.reading() as tx:
        for entry in tx.audit.entries():
            event = json.loads(entry.canonical)
            kind, _, outcome = event["event"].partition(".")
            if kind == "card_number" and outcome != "signed_off":
                found.setdefault(event["subject"], []).append(outcome)
    return found


def test_every_change_of_outcome_stands_in_the_chain(world: World) -> None:
    world.helpdesk.writes(1001, f"<p>my card {PAN}</p>")
    world.helpdesk.refused.add("redact_comment")
    scans(world, "e1")
    stuck = [entry for entry, outcome in outcomes(world).items() if outcome is Outcome.REMAINING]
    assert len(stuck) == 1
    world.helpdesk.refused.clear()
    by_hand = replace(world.helpdesk.texts[1001][0], html="<p>my card is gone</p>")
    world.helpdesk.texts[1001][0] = by_hand
    world.helpdesk.writes(1001, f"<p>and card {OTHER}</p>")
    scans(world, "e2")
    now, chain = outcomes(world), told(world)
    assert Outcome.REDACTED in now.values()
    assert {entry: history[-1] for entry, history in chain.items()} == {e: o.value for e, o in now.items()}
    assert chain[stuck[0]] == ["remaining", "redacted"]
    assert world.chain_holds()
