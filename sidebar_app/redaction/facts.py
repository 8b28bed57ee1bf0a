"""What other systems say of people, before it is kept or shown: a card number may stand in any name."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from sidebar_app.redaction.masking import mask_free_text

# Names of things in other systems: changed, they would name nothing. No person types them.
_NAMES_OF_THINGS = frozenset(("id", "url", "payment_ids"))
T = TypeVar("T")


def masked(value: T) -> T:
    """The same facts with every text masked: a dataclass, or a tuple, list or mapping of texts and dataclasses.

    Ids and addresses of other systems stay as they are. What holds no card number comes back as the same object.
    """
    found: T = _masked(value)
    return found


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        text = mask_free_text(value)
        return value if text == value else text
    if isinstance(value, tuple | list):
        items = [_masked(item) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return _masked_fields(value)
    return value


def _masked_fields(value: Any) -> Any:
    changes = {
        field.name: new
        for field in fields(value)
        if field.name not in _NAMES_OF_THINGS
        and not field.name.endswith("_id")
        and (new := _masked(old := getattr(value, field.name))) is not old
    }
    return replace(value, **changes) if changes else value
