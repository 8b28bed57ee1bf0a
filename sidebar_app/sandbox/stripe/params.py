"""Stripe's form encoding (`items[0][id]=si_1&expand[]=data.refunds`) and typed access to it."""

import re
from collections.abc import Iterable
from typing import Any

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.stripe.errors import invalid, missing, unknown_parameter

_PART = re.compile(r"\[([^\[\]]*)\]")
_ALWAYS = ("expand",)
_PAGE = ("limit", "starting_after", "ending_before", "expand")


def decode(pairs: Iterable[tuple[str, str]]) -> Json:
    """The nested value of a form or query string; lists by index (`a[0]`) or by order (`a[]`)."""
    tree: Json = {}
    for name, value in pairs:
        head = name.split("[", 1)[0]
        node, key = tree, head
        for part in _PART.findall(name):
            child = node.setdefault(key, {})
            if not isinstance(child, dict):
                raise invalid(head, f"Invalid {name}: both a value and an object")
            node, key = child, part or str(len(child))
        node[key] = value
    return {k: _with_lists(v) for k, v in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(k.isdigit() for k in value):
        return [_with_lists(value[k]) for k in sorted(value, key=int)]
    return {k: _with_lists(v) for k, v in value.items()}


class Params:
    """The parameters of one call; a name the endpoint does not know is refused as Stripe does."""

    def __init__(self, values: Json) -> None:
        self._values = values

    def only(self, *names: str) -> "Params":
        return self._known(*names, *_ALWAYS)

    def listing(self, *names: str) -> "Params":
        return self._known(*names, *_PAGE)

    def _known(self, *names: str) -> "Params":
        for name in self._values:
            if name not in names:
                raise unknown_parameter(name)
        return self

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> Any:
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid(name, f"Invalid string: {name}")
        return value or None

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def integer(self, name: str) -> int | None:
        value = self._values.get(name)
        if value in (None, ""):
            return None
        return as_integer(name, value)

    def boolean(self, name: str) -> bool | None:
        value = self._values.get(name)
        if value is None:
            return None
        if value not in ("true", "false"):
            raise invalid(name, f"Invalid boolean: {value}", "parameter_invalid_boolean")
        return bool(value == "true")

    def choice(self, name: str, options: Iterable[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in (allowed := tuple(options)):
            raise invalid(name, f"Invalid {name}: must be one of {', '.join(allowed)}")
        return value

    def children(self, name: str) -> "list[Params]":
        """The objects of a list parameter, e.g. `items`."""
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise invalid(name, f"Invalid array: {name}", "parameter_invalid_array")
        return [Params(v) for v in value]

    def child(self, name: str) -> "Params | None":
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise invalid(name, f"Invalid object: {name}")
        return Params(value)

    def expansions(self) -> list[str]:
        value = self._values.get("expand") or []
        return list(value) if isinstance(value, list) else [value]

    def metadata(self, current: Json | None = None) -> Json:
        """`current` merged with what was sent: "" removes a key, `metadata=""` removes all."""
        given = self._values.get("metadata")
        if given == "":
            return {}
        merged = dict(current or {})
        for key, value in (given or {}).items():
            if len(key) > 40 or len(str(value)) > 500:
                raise invalid(f"metadata[{key}]", "Metadata keys hold 40 characters, values 500.")
            merged[key] = str(value)
        merged = {k: v for k, v in merged.items() if v != ""}
        if len(merged) > 50:
            raise invalid("metadata", "You can have up to 50 metadata keys.")
        return merged

    def created(self) -> list[tuple[str, int]]:
        """The `created` filter as (operator, moment) pairs."""
        value = self._values.get("created")
        if value is None:
            return []
        if not isinstance(value, dict):
            return [("eq", as_integer("created", value))]
        if unknown := set(value) - {"gt", "gte", "lt", "lte"}:
            raise unknown_parameter(f"created[{min(unknown)}]")
        return [(op, as_integer("created", v)) for op, v in value.items()]


def as_integer(name: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value, re.ASCII):
        return int(value)
    raise invalid(name, f"Invalid integer: {value}", "parameter_invalid_integer")
