"""Our frozen dataclasses as JSON text and back, by their own annotations."""

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sidebar_app.domain.money import Money

T = typing.TypeVar("T")
Decoder = Callable[[Any], Any]


def to_json(value: object) -> str:
    """Compact JSON of a dataclass made of Money, dates, enums, tuples and scalars; raises TypeError otherwise."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """The inverse of `to_json` for a dataclass type."""
    return typing.cast("T", _decoder(typing.cast("Any", kind))(json.loads(text)))


def _plain(value: object) -> Any:
    match value:
        case Money():
            return [value.minor, value.currency]
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case tuple() | list() | frozenset():
            return [_plain(item) for item in value]
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form here")


@functools.cache
def _decoder(kind: Any) -> Decoder:
    """A function that builds `kind` from plain JSON; made once per type."""
    if kind is Money:
        return lambda v: Money(v[0], v[1])
    if kind is Decimal:
        return Decimal
    if kind in (datetime, date):
        return typing.cast("Decoder", kind.fromisoformat)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return _dataclass_decoder(typing.cast("type[Any]", kind))
    return _generic_decoder(kind)


def _dataclass_decoder(kind: type[Any]) -> Decoder:
    hints = typing.get_type_hints(kind)
    fields = {f.name: _decoder(hints[f.name]) for f in dataclasses.fields(kind)}
    return lambda v: kind(**{name: fields[name](item) for name, item in v.items() if name in fields})


def _generic_decoder(kind: Any) -> Decoder:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = _decoder(next(a for a in args if a is not type(None)))
        return lambda v: None if v is None else inner(v)
    if origin is tuple:
        item = _decoder(args[0])
        return lambda v: tuple(item(x) for x in v)
    return lambda v: v
