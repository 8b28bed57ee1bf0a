"""Fields that the account added to its tickets."""

import re
from collections.abc import Iterable

from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.zendesk.errors import invalid

FIELD = "zendesk_field"


def add(documents: Documents, title: str, *, kind: str = "text", pattern: str | None = None) -> Json:
    """A field that every ticket may have; `pattern` is what its values must look like."""
    number = documents.next_number("zendesk_custom_field", 70_001)
    field: Json = {"id": number, "type": kind, "title": title, "raw_title": title, "active": True}
    field |= {"regexp_for_validation": pattern, "removable": True, "position": number}
    return documents.put(FIELD, number, field)


def changed(documents: Documents, ticket: Json, wanted: Iterable[Json]) -> list[Json]:
    """Sets the fields of the ticket; the audit events of what that changed."""
    held = {field["id"]: field["value"] for field in ticket["custom_fields"]}
    happened: list[Json] = []
    for field in wanted:
        number, value = field["id"], field["value"]
        known = documents.get(FIELD, number)
        if known is None or held.get(number) == value:
            continue
        if not re.fullmatch(known["regexp_for_validation"] or ".*", str(value), re.DOTALL):
            raise invalid("base", f"{known['title']}: is invalid")
        change: Json = {"type": "Change", "field_name": str(number), "previous_value": held.get(number)}
        happened.append(change | {"value": value})
        held[number] = value
    ticket["custom_fields"] = [{"id": number, "value": value} for number, value in held.items()]
    return happened
