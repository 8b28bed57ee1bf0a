"""Taking over the people file, and suspending apart from it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sidebar_app.domain.people import ChatLink, Person, Role, SlackIdentity
from sidebar_app.workflow.delegate import NoSuchPerson
from sidebar_app.workflow.identify import NotAColleague
from sidebar_app.workflow.personnel import NothingToChange
from tests.fakes.world import World

BY = ("operator:admin", "Admin")


def declared(world: World) -> dict[str, Person]:
    with world.store.reading() as tx:
        return {p.id: p for p in tx.people.declared()}


def person(world: World, person_id: str) -> Person:
    with world.store.reading() as tx:
        found = tx.people.get(person_id)
    assert found
    return found


def take_over(world: World, people: dict[str, Person]) -> list[str]:
    return world.services.personnel.take_over(list(people.values()), by=BY)


def entries(world: World) -> list[dict[str, Any]]:
    with world.store.reading() as tx:
        return [json.loads(e.canonical) for e in tx.audit.entries()]


def test_taking_over_the_same_file_changes_nothing_and_leaves_no_trace(world: World) -> None:
    assert take_over(world, declared(world)) == []
    assert entries(world) == []


def test_what_changed_is_told_and_stands_in_the_log(world: World) -> None:
    people = declared(world)
    del people["legal"]
    people["vp"] = replace(people["vp"], roles=frozenset({Role.VP, Role.LEGAL}))
    people["new"] = Person("new", "New one", "new@support.example", frozenset({Role.MANAGER}))
    assert take_over(world, people) == [
        "vp: roles changed, VP, legal",
        "new: new, manager",
        "legal: suspended, no longer in the file",
    ]
    told = [(e["event"], e["subject"], e["actor_name"]) for e in entries(world)]
    assert told == [
        ("people.changed", "vp", "Admin"),
        ("people.added", "new", "Admin"),
        ("people.left", "legal", "Admin"),
    ]
    assert entries(world)[0]["details"]["roles_before"] == ["vp"]
    assert take_over(world, people) == []
    assert world.chain_holds()


def test_who_is_named_and_not_active_has_not_left(world: World) -> None:
    people = declared(world)
    people["l1"] = replace(people["l1"], active=False)
    assert take_over(world, people) == ["l1: active changed, no role, not active"]
    assert entries(world)[0]["event"] == "people.changed"


def test_who_is_no_longer_named_loses_everything_whatever_the_helpdesk_says(world: World) -> None:
    people = declared(world)
    del people["specialist"]
    take_over(world, people)
    gone = person(world, "specialist")
    assert (gone.active, gone.roles) == (False, frozenset())
    profile = world.helpdesk.agents[505]
    world.helpdesk.agents[505] = replace(profile, email="another@address.example")
    with pytest.raises(NotAColleague, match="suspended"):
        world.services.directory.acting(505)


def test_accounts_can_change_hands(world: World) -> None:
    people = declared(world)
    one, two = people["manager"], people["manager2"]
    people["manager"] = replace(one, zendesk_id=two.zendesk_id, slack=two.slack)
    people["manager2"] = replace(two, zendesk_id=one.zendesk_id, slack=one.slack)
    gone = people.pop("vp")
    people["vp2"] = replace(gone, id="vp2", email="vp2@support.example")
    take_over(world, people)
    assert person(world, "manager").slack == two.slack
    assert person(world, "vp2").slack == gone.slack
    assert person(world, "vp").slack is None


def test_the_same_human_being_by_another_id_is_not_locked_out(world: World) -> None:
    people = declared(world)
    people["jane"] = replace(people.pop("specialist"), id="jane", zendesk_id=None)
    take_over(world, people)
    assert world.services.directory.acting(505).person_id == "jane"


def test_a_suspension_takes_everything_and_stays_when_the_file_is_taken_over(world: World) -> None:
    request = world.asks("l1", "refund", amount="1.00")
    world.services.personnel.suspend("manager", by=BY)
    assert take_over(world, declared(world)) == []
    assert not world.clicks("approve", "manager", request).done
    with pytest.raises(NotAColleague, match="suspended"):
        world.services.directory.acting(503)
    with pytest.raises(NotAColleague, match="suspended"):
        world.services.directory.looking(503)
    with pytest.raises(NothingToChange, match="suspended already"):
        world.services.personnel.suspend("manager", by=BY)
    assert [(e["event"], e["subject"]) for e in entries(world) if e["actor_name"] == "Admin"] == [
        ("people.suspended", "manager")
    ]


def test_reinstated_people_are_back(world: World) -> None:
    world.services.personnel.suspend("manager", by=BY)
    assert world.services.personnel.reinstate("manager", by=BY).active
    assert world.clicks("approve", "manager", world.asks("l1", "refund", amount="1.00")).done
    with pytest.raises(NothingToChange, match="not suspended here"):
        world.services.personnel.reinstate("manager", by=BY)
    with pytest.raises(NoSuchPerson):
        world.services.personnel.suspend("nobody", by=BY)


@pytest.mark.parametrize("who", ["manager", "vp"])
@pytest.mark.parametrize("how", ["suspended", "not in the file", "inactive in the file"])
def test_delegations_end_with_whoever_goes(world: World, who: str, how: str) -> None:
    now = world.clock.now()
    world.services.delegate.begin("manager", to="vp", starts_at=now, ends_at=now + timedelta(days=1), by=BY)
    people = declared(world)
    if how == "suspended":
        world.services.personnel.suspend(who, by=BY)
    elif how == "not in the file":
        del people[who]
    else:
        people[who] = replace(people[who], active=False)
    take_over(world, people)
    assert world.services.delegate.absences() == []
    assert [e["subject"] for e in entries(world) if e["event"] == "people.delegation_ended"] == ["manager"]


def linked(world: World, person_id: str, slack: SlackIdentity) -> None:
    with world.store.transaction() as tx:
        link = ChatLink(person_id, slack, world.clock.now(), "click")
        assert tx.links.propose(link)
        assert tx.links.confirm(link, at=world.clock.now(), by="Admin")


def test_a_confirmed_link_stays_when_the_file_is_taken_over(world: World) -> None:
    people = declared(world)
    people["vp"] = replace(people["vp"], slack=None)
    take_over(world, people)
    linked(world, "vp", SlackIdentity("T0SANDBOX", "U0VP9"))
    assert take_over(world, people) == []
    assert person(world, "vp").slack == SlackIdentity("T0SANDBOX", "U0VP9")


def test_an_account_in_the_file_goes_before_a_confirmed_link(world: World) -> None:
    people = declared(world)
    people["vp"] = replace(people["vp"], slack=None)
    people["legal"] = replace(people["legal"], slack=None)
    take_over(world, people)
    for who in ("vp", "legal"):
        linked(world, who, SlackIdentity("T0SANDBOX", f"U0{who}"))
    people["vp"] = replace(people["vp"], slack=SlackIdentity("T0SANDBOX", "U0OTHER"))
    people["manager"] = replace(people["manager"], slack=SlackIdentity("T0SANDBOX", "U0legal"))
    told = take_over(world, people)
    assert sum("link to Slack removed" in line for line in told) == 2
    assert person(world, "vp").slack == SlackIdentity("T0SANDBOX", "U0OTHER")
    assert person(world, "legal").slack is None
    with world.store.reading() as tx:
        assert tx.links.all() == []
        assert tx.people.by_slack(SlackIdentity("T0SANDBOX", "U0legal")).id == "manager"  # type: ignore[union-attr]


def test_who_stands_where_is_told(world: World) -> None:
    now = world.clock.now()
    world.services.delegate.begin("manager", to="vp", starts_at=now, ends_at=now + timedelta(days=1), by=BY)
    world.services.personnel.suspend("legal", by=BY)
    found = {s.person.id: s for s in world.services.personnel.standings()}
    assert found["manager"].away_until == now + timedelta(days=1)
    assert [who for who, s in found.items() if s.suspended_here] == ["legal"]
    assert found["vp"].away_until is None
