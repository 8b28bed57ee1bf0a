"""The people file: who may decide what, and which helpdesk groups stand for which role.

[zendesk.groups] / [zendesk.tags] / [zendesk.custom_roles] map a name to a role; each [[person]] has
`id`, `name`, `email`, `roles`, and optionally `zendesk_id`, `slack_team` with `slack_user`, `active`.
"""

import tomllib
from typing import Any

from sidebar_app.domain.people import Person, Role, SlackIdentity
from sidebar_app.ports.store import Store
from sidebar_app.workflow.identify import RoleMap

_KINDS = ("groups", "tags", "custom_roles")
_NEEDED = frozenset({"id", "name", "email", "roles"})
_KNOWN = _NEEDED | {"zendesk_id", "slack_team", "slack_user", "active"}


class PeopleFaults(Exception):
    """Everything that is wrong with a people file, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load(text: str) -> tuple[RoleMap, list[Person]]:
    """Raises PeopleFaults."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PeopleFaults([f"The people file is not valid TOML: {error}"]) from None
    faults = [
        f"{name!r} is not known; use zendesk and person." for name in told.keys() - {"zendesk", "person"}
    ]
    mapping = {kind: _roles(told.get("zendesk", {}).get(kind, {}), kind, faults) for kind in _KINDS}
    people = [_person(entry, i, faults) for i, entry in enumerate(told.get("person", []), start=1)]
    faults += _doubles(people)
    if faults:
        raise PeopleFaults(faults)
    return RoleMap(**mapping), [person for person in people if person]


def save(store: Store, people: list[Person]) -> None:
    """The file is the truth about the people it names; who is no longer named is suspended, not forgotten."""
    named = {person.id for person in people}
    with store.transaction() as tx:
        for known in tx.people.all():
            if known.id not in named and known.active:
                tx.people.save(_suspended(known))
        for person in people:
            tx.people.save(person)


def _suspended(person: Person) -> Person:
    """Without its accounts, so that somebody else may get them."""
    return Person(person.id, person.name, person.email, frozenset(), active=False)


def _roles(mapping: dict[str, Any], kind: str, faults: list[str]) -> dict[str, Role]:
    found = {}
    for name, role in mapping.items():
        try:
            found[name] = Role(role)
        except ValueError:
            faults.append(f"zendesk.{kind}: {role!r} (for {name!r}) is not a role.")
    return found


def _person(entry: dict[str, Any], number: int, faults: list[str]) -> Person | None:
    where = f"person {number} ({entry.get('id', 'without id')})"
    wrong = [f"{where}: {name!r} is missing." for name in sorted(_NEEDED - entry.keys())]
    wrong += [f"{where}: {name!r} is not known." for name in sorted(entry.keys() - _KNOWN)]
    known_roles = {role.value for role in Role}
    wrong += [
        f"{where}: {role!r} is not a role." for role in entry.get("roles", []) if role not in known_roles
    ]
    if ("slack_team" in entry) != ("slack_user" in entry):
        wrong.append(f"{where}: slack_team and slack_user belong together.")
    faults += wrong
    return None if wrong else _built(entry)


def _built(entry: dict[str, Any]) -> Person:
    return Person(
        id=entry["id"],
        name=entry["name"],
        email=entry["email"],
        roles=frozenset(Role(role) for role in entry["roles"]),
        zendesk_id=entry.get("zendesk_id"),
        slack=SlackIdentity(entry["slack_team"], entry["slack_user"]) if "slack_user" in entry else None,
        active=entry.get("active", True),
    )


def _doubles(people: list[Person | None]) -> list[str]:
    seen: set[tuple[str, object]] = set()
    faults = []
    for person in filter(None, people):
        for what, value in (
            ("id", person.id),
            ("email", person.email.casefold()),
            ("Slack user", person.slack),
        ):
            if value and (what, value) in seen:
                faults.append(f"person {person.id}: another person has the same {what}.")
            seen.add((what, value))
    return faults
