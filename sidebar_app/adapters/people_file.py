"""The people file: who may decide what, and which helpdesk groups stand for which role.

[zendesk.groups] / [zendesk.tags] / [zendesk.roles] / [zendesk.custom_roles] map a name to a role; each [[person]]
has `id`, `name`, `email`, `roles`, and optionally `zendesk_id`, `slack_team` with `slack_user`, `active`.
"""

import tomllib
from collections.abc import Iterable
from typing import Any

from sidebar_app.domain.people import Person, Role, SlackIdentity
from sidebar_app.workflow.identify import RoleMap

_KINDS = ("groups", "tags", "roles", "custom_roles")
# What Zendesk itself calls the people who may work on tickets.
_ZENDESK_ROLES = ("agent", "admin")
_NEEDED = {"id": str, "name": str, "email": str, "roles": list}
_TYPES = {**_NEEDED, "zendesk_id": int, "slack_team": str, "slack_user": str, "active": bool}
_TYPE_NAMES = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}


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
    mapping = _mapping(told.get("zendesk", {}), faults)
    people = _people(told.get("person", []), faults)
    faults += _doubles(people)
    if faults:
        raise PeopleFaults(faults)
    return RoleMap(**mapping), people


def _mapping(zendesk: object, faults: list[str]) -> dict[str, dict[str, Role]]:
    if not isinstance(zendesk, dict):
        faults.append("zendesk must be tables, such as [zendesk.groups].")
        return {}
    faults += [
        f"zendesk.{kind} is not known; use {', '.join(_KINDS)}." for kind in zendesk if kind not in _KINDS
    ]
    return {kind: _roles(zendesk.get(kind, {}), kind, faults) for kind in _KINDS}


def _roles(mapping: object, kind: str, faults: list[str]) -> dict[str, Role]:
    if not isinstance(mapping, dict):
        faults.append(f"zendesk.{kind} must be a table of names and roles.")
        return {}
    found = {}
    for name, role in mapping.items():
        if kind == "roles" and name not in _ZENDESK_ROLES:
            faults.append(
                f"zendesk.roles: {name!r} is not a role of Zendesk; use {' or '.join(_ZENDESK_ROLES)}."
            )
        if _is_role(role):
            found[name] = Role(role)
        else:
            faults.append(f"zendesk.{kind}: {role!r} (for {name!r}) is not a role.")
    return found


def _people(entries: object, faults: list[str]) -> list[Person]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        faults.append("person must be tables: write [[person]] above each.")
        return []
    read = [_person(entry, number, faults) for number, entry in enumerate(entries, start=1)]
    return [person for person in read if person]


def _person(entry: dict[str, Any], number: int, faults: list[str]) -> Person | None:
    where = f"person {number} ({entry.get('id', 'without id')})"
    wrong = [f"{where}: {name!r} is missing." for name in sorted(_NEEDED.keys() - entry.keys())]
    wrong += [f"{where}: {name!r} is not known." for name in sorted(entry.keys() - _TYPES.keys())]
    wrong += [
        f"{where}: {name!r} must be {_TYPE_NAMES[kind]}."
        for name, kind in _TYPES.items()
        if name in entry and type(entry[name]) is not kind
    ]
    wrong += [f"{where}: {name!r} is empty." for name in ("id", "name", "email") if entry.get(name) == ""]
    roles = entry.get("roles")
    wrong += [
        f"{where}: {role!r} is not a role."
        for role in (roles if isinstance(roles, list) else ())
        if not _is_role(role)
    ]
    if ("slack_team" in entry) != ("slack_user" in entry):
        wrong.append(f"{where}: slack_team and slack_user belong together.")
    faults += wrong
    return None if wrong else _built(entry)


def _is_role(value: object) -> bool:
    return value in [role.value for role in Role]


def _built(entry: dict[str, Any]) -> Person:
    return Person(
        id=entry["id"],
        name=entry["name"],
        email=entry["email"].casefold(),
        roles=frozenset(Role(role) for role in entry["roles"]),
        zendesk_id=entry.get("zendesk_id"),
        slack=SlackIdentity(entry["slack_team"], entry["slack_user"]) if "slack_user" in entry else None,
        active=entry.get("active", True),
    )


def _doubles(people: Iterable[Person]) -> list[str]:
    seen: set[tuple[str, object]] = set()
    faults = []
    for person in people:
        for what, value in (
            ("id", person.id),
            ("email", person.email),
            ("Zendesk user", person.zendesk_id),
            ("Slack user", person.slack),
        ):
            if value and (what, value) in seen:
                faults.append(f"person {person.id}: another person has the same {what}.")
            seen.add((what, value))
    return faults
