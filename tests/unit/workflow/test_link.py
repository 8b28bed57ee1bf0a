"""Linking Slack accounts: proposed by address, confirmed by an administrator, never by oneself."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sidebar_app.domain.people import Person, Role, SlackIdentity
from sidebar_app.workflow.delegate import NoSuchPerson
from sidebar_app.workflow.link import CannotLink, proposals
from tests.fakes.world import World

ADMIN = ("operator:admin", "Admin")
NEW = SlackIdentity("T0SANDBOX", "U0NEW")


@pytest.fixture
def unlinked(world: World) -> World:
    """The VP's account is not known here, but Slack knows their address."""
    change(world, "vp", slack=None)
    world.chat.emails[NEW] = "vp@support.example"
    return world


def change(world: World, person_id: str, **changes: Any) -> None:
    with world.store.transaction() as tx:
        person = tx.people.get(person_id)
        assert person
        tx.people.save(replace(person, **changes))


def waiting(world: World) -> list[tuple[str, str]]:
    with world.store.reading() as tx:
        return [(p.person.id, p.link.slack.user_id) for p in proposals(tx)]


def events(world: World) -> list[tuple[str, str, str]]:
    with world.store.reading() as tx:
        told = [json.loads(e.canonical) for e in tx.audit.entries()]
    return [(e["event"], e["subject"], e["actor"]) for e in told if e["event"].startswith("people.")]


def test_a_click_of_somebody_unknown_proposes_them_and_decides_nothing(unlinked: World) -> None:
    request = unlinked.asks("l1", "refund", amount="1.00")
    answer = unlinked.clicks("approve", NEW, request)
    assert not answer.done
    assert "you are VP; an administrator has to confirm it" in answer.text
    assert waiting(unlinked) == [("vp", "U0NEW")]
    assert "an administrator has to confirm it" in unlinked.clicks("approve", NEW, request).text
    assert events(unlinked) == [("people.link_proposed", "vp", "slack:U0NEW")]
    assert unlinked.events(request).count("request.click_refused") == 2
    assert unlinked.services.decide.may_decide(request.id, version=1, actor=NEW).text == answer.text


def test_a_confirmed_account_decides(unlinked: World) -> None:
    change(unlinked, "vp", roles=frozenset({Role.MANAGER}))
    request = unlinked.asks("l1", "refund", amount="1.00")
    unlinked.clicks("approve", NEW, request)
    unlinked.services.link.confirm("vp", by=ADMIN)
    assert unlinked.clicks("approve", NEW, request).done
    unlinked.works()
    assert len(unlinked.billing.effects) == 1
    assert events(unlinked)[1:] == [("people.link_confirmed", "vp", "operator:admin")]


def test_a_removed_link_decides_nothing_any_more(unlinked: World) -> None:
    unlinked.services.link.propose_for(NEW)
    unlinked.services.link.confirm("vp", by=ADMIN)
    request = unlinked.asks("l2", "credit", amount="500.01")
    assert unlinked.clicks("approve", "specialist", request).done
    unlinked.services.link.remove("vp", by=ADMIN)
    unlinked.chat.emails.clear()
    assert "not linked" in unlinked.clicks("approve", NEW, request).text
    with pytest.raises(CannotLink, match="no link"):
        unlinked.services.link.remove("vp", by=ADMIN)
    with pytest.raises(NoSuchPerson):
        unlinked.services.link.remove("nobody", by=ADMIN)


@pytest.mark.parametrize(
    ("what", "email"),
    [
        ("no address", ""),
        ("an address nobody has", "stranger@support.example"),
        ("an address of somebody linked", "manager@support.example"),
        ("an address of two", "l2@support.example"),
        ("an address of somebody suspended", "gone@support.example"),
    ],
)
def test_nobody_is_proposed_for(unlinked: World, what: str, email: str) -> None:
    everything = frozenset({Role.VP})
    change(unlinked, "l2", slack=None)
    with unlinked.store.transaction() as tx:
        tx.people.save(Person("twin", "Twin", "l2@support.example", everything))
        tx.people.save(Person("gone", "Gone", "gone@support.example", everything, active=False))
    unlinked.chat.emails[NEW] = email
    request = unlinked.asks("l1", "refund", amount="1.00")
    assert "Ask an administrator to link it" in unlinked.clicks("approve", NEW, request).text, what
    assert waiting(unlinked) == []


def test_a_guest_is_not_proposed(unlinked: World) -> None:
    unlinked.chat.inactive.add(NEW)
    assert (
        "full members" in unlinked.clicks("approve", NEW, unlinked.asks("l1", "refund", amount="1.00")).text
    )
    assert unlinked.services.link.propose_for(NEW) is None
    assert waiting(unlinked) == []


def test_an_account_that_is_somebody_elses_is_not_proposed(unlinked: World) -> None:
    manager = unlinked.identities["manager"]
    assert manager
    unlinked.chat.emails = {manager: "vp@support.example"}
    assert unlinked.services.link.propose_for(manager) is None
    assert unlinked.services.link.propose_all(by=ADMIN) == [
        "vp: This Slack account is linked to Manager already."
    ]


def test_an_account_that_became_somebody_elses_is_not_confirmed(unlinked: World) -> None:
    unlinked.services.link.propose_for(NEW)
    change(unlinked, "legal", slack=NEW)
    with pytest.raises(CannotLink, match="linked to Legal already"):
        unlinked.services.link.confirm("vp", by=ADMIN)


def test_a_suspended_person_is_not_confirmed(unlinked: World) -> None:
    unlinked.services.link.propose_for(NEW)
    unlinked.services.personnel.suspend("vp", by=ADMIN)
    with pytest.raises(CannotLink, match="suspended"):
        unlinked.services.link.confirm("vp", by=ADMIN)


def test_a_guest_is_not_confirmed(unlinked: World) -> None:
    unlinked.services.link.propose_for(NEW)
    unlinked.chat.inactive.add(NEW)
    with pytest.raises(CannotLink, match="no full member"):
        unlinked.services.link.confirm("vp", by=ADMIN)


def test_nobody_links_themselves(unlinked: World) -> None:
    unlinked.services.link.propose_for(NEW)
    with pytest.raises(CannotLink, match="Nobody links themselves"):
        unlinked.services.link.confirm("vp", by=("vp", "VP"))


def test_what_is_confirmed_is_what_was_seen(unlinked: World) -> None:
    unlinked.services.link.propose_for(NEW)
    with pytest.raises(CannotLink, match="changed in the meantime"):
        unlinked.services.link.confirm("vp", by=ADMIN, account=SlackIdentity("T0SANDBOX", "U0OTHER"))
    with pytest.raises(CannotLink, match="changed in the meantime"):
        unlinked.services.link.remove("vp", by=ADMIN, account=SlackIdentity("T0SANDBOX", "U0OTHER"))
    assert waiting(unlinked) == [("vp", "U0NEW")]
    assert unlinked.services.link.confirm("vp", by=ADMIN, account=NEW)
    with pytest.raises(CannotLink, match="linked already"):
        unlinked.services.link.confirm("vp", by=ADMIN, account=NEW)


def test_a_chat_that_cannot_say_who_somebody_is_leaves_the_plain_refusal(unlinked: World) -> None:
    request = unlinked.asks("l1", "refund", amount="1.00")
    unlinked.clicks("approve", NEW, request)  # membership is remembered now
    unlinked.services.link.remove("vp", by=ADMIN)
    unlinked.chat.down = True
    assert "Ask an administrator to link it" in unlinked.clicks("approve", NEW, request).text


def test_only_who_approves_and_is_not_linked_is_asked_for(unlinked: World) -> None:
    change(unlinked, "l1", slack=None)
    assert unlinked.services.link.propose_all(by=ADMIN) == ["vp: U0NEW is proposed."]
    assert events(unlinked) == [("people.link_proposed", "vp", "operator:admin")]
    assert unlinked.services.link.propose_all(by=ADMIN) == ["vp: U0NEW is proposed."]
    assert len(events(unlinked)) == 1
