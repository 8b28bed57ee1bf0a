"""Block Kit as Slack checks it: which blocks exist, how long their texts may be, which ids are unique.

Limits: slack_sdk 3.47 model constants and docs.slack.dev/reference/block-kit. A fault is a sentence in
Slack's manner, with the JSON pointer of the offending part.
"""

from collections.abc import Iterator

from sidebar_app.sandbox.kit import Json

MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MAX_CHARACTERS = 13_200
_SURFACES = {
    "section": ("message", "modal", "home"),
    "header": ("message", "modal", "home"),
    "divider": ("message", "modal", "home"),
    "context": ("message", "modal", "home"),
    "actions": ("message", "modal", "home"),
    "input": ("message", "modal", "home"),
}
_SELECTS = ("static_select", "radio_buttons", "checkboxes")

Faults = Iterator[str]


def faults_of(blocks: object, surface: str) -> list[str]:
    """Everything wrong with the blocks of a `message`, `modal` or `home`; empty when Slack takes them."""
    if not isinstance(blocks, list) or not all(isinstance(b, dict) for b in blocks):
        return ["must be an array of blocks [json-pointer:/blocks]"]
    try:
        return list(_check(blocks, surface))
    except (AttributeError, TypeError):  # a part is of another JSON type than Slack expects there
        return ["invalid block structure [json-pointer:/blocks]"]


def faults_of_view(view: object) -> list[str]:
    """Everything wrong with a modal; empty when Slack takes it."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return ["unsupported view type [json-pointer:/view/type]"]
    faults = list(_plain(view.get("title"), "/view/title", 24))
    for part in ("submit", "close"):
        if part in view:
            faults += _plain(view[part], f"/view/{part}", 24)
    faults += _short(view.get("private_metadata", ""), "/view/private_metadata", 3000)
    faults += _short(view.get("callback_id", ""), "/view/callback_id", 255)
    faults += faults_of(view.get("blocks"), "modal")
    if "submit" not in view and _has_input(view.get("blocks")):
        faults.append("submit is required with input blocks [json-pointer:/view/submit]")
    return faults


def _has_input(blocks: object) -> bool:
    return isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)


def with_ids(blocks: list[Json], prefix: str) -> list[Json]:
    """The blocks with a block_id and action_ids where the app gave none, as Slack answers them."""
    filled = []
    for i, block in enumerate(blocks):
        block = {**block, "block_id": block.get("block_id") or f"{prefix}{i}"}
        if "elements" in block and block["type"] == "actions":
            block["elements"] = [
                {**e, "action_id": e.get("action_id") or f"{prefix}{i}.{j}"}
                for j, e in enumerate(block["elements"])
            ]
        filled.append(block)
    return filled


def _check(blocks: list[Json], surface: str) -> Faults:
    if len(blocks) > MAX_BLOCKS[surface]:
        yield f"no more than {MAX_BLOCKS[surface]} items allowed [json-pointer:/blocks]"
    ids = [b["block_id"] for b in blocks if b.get("block_id")]
    if len(ids) != len(set(ids)):
        yield "block_id must be unique [json-pointer:/blocks]"
    for i, block in enumerate(blocks):
        pointer, kind = f"/blocks/{i}", block.get("type")
        if surface not in _SURFACES.get(str(kind), ()):
            yield f"unsupported type: {kind} [json-pointer:{pointer}/type]"
            continue
        yield from _short(block.get("block_id", ""), f"{pointer}/block_id", 255)
        yield from _BLOCKS[str(kind)](block, pointer)


def _section(block: Json, pointer: str) -> Faults:
    if "text" not in block and "fields" not in block:
        yield f"must provide text or fields [json-pointer:{pointer}]"
    if "text" in block:
        yield from _any_text(block["text"], f"{pointer}/text", 3000)
    fields = block.get("fields", [None])
    if "fields" in block:
        yield from _count(fields, f"{pointer}/fields", 10)
        for i, field in enumerate(fields):
            yield from _any_text(field, f"{pointer}/fields/{i}", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{pointer}/accessory")


def _header(block: Json, pointer: str) -> Faults:
    yield from _plain(block.get("text"), f"{pointer}/text", 150)


def _divider(block: Json, pointer: str) -> Faults:
    yield from ()


def _context(block: Json, pointer: str) -> Faults:
    elements = block.get("elements", [])
    yield from _count(elements, f"{pointer}/elements", 10)
    for i, element in enumerate(elements):
        yield from _any_text(element, f"{pointer}/elements/{i}", 3000)


def _actions(block: Json, pointer: str) -> Faults:
    elements = block.get("elements", [])
    yield from _count(elements, f"{pointer}/elements", 25)
    ids = [e["action_id"] for e in elements if e.get("action_id")]
    if len(ids) != len(set(ids)):
        yield f"action_id must be unique [json-pointer:{pointer}/elements]"
    for i, element in enumerate(elements):
        yield from _element(element, f"{pointer}/elements/{i}")


def _input(block: Json, pointer: str) -> Faults:
    yield from _plain(block.get("label"), f"{pointer}/label", 2000)
    if "hint" in block:
        yield from _plain(block["hint"], f"{pointer}/hint", 2000)
    element = block.get("element")
    if not isinstance(element, dict) or element.get("type") not in ("plain_text_input", *_SELECTS):
        yield f"unsupported element [json-pointer:{pointer}/element]"
        return
    yield from _element(element, f"{pointer}/element")


_BLOCKS = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
}


def _element(element: Json, pointer: str) -> Faults:
    yield from _short(element.get("action_id", ""), f"{pointer}/action_id", 255)
    match element.get("type"):
        case "button":
            yield from _button(element, pointer)
        case "plain_text_input":
            yield from _text_input(element, pointer)
        case kind if kind in _SELECTS:
            yield from _options(element, pointer)
        case kind:
            yield f"unsupported type: {kind} [json-pointer:{pointer}/type]"
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{pointer}/confirm")


def _button(element: Json, pointer: str) -> Faults:
    yield from _plain(element.get("text"), f"{pointer}/text", 75)
    yield from _short(element.get("value", ""), f"{pointer}/value", 2000)
    yield from _short(element.get("url", ""), f"{pointer}/url", 3000)
    yield from _short(element.get("accessibility_label", ""), f"{pointer}/accessibility_label", 75)
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"unsupported style [json-pointer:{pointer}/style]"


def _text_input(element: Json, pointer: str) -> Faults:
    for limit, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(limit, least)
        if not isinstance(value, int) or not least <= value <= 3000:
            yield f"must be between {least} and 3000 [json-pointer:{pointer}/{limit}]"
    if "placeholder" in element:
        yield from _plain(element["placeholder"], f"{pointer}/placeholder", 150)


def _options(element: Json, pointer: str) -> Faults:
    options = element.get("options", [])
    yield from _count(options, f"{pointer}/options", 100 if element["type"] == "static_select" else 10)
    for i, option in enumerate(options):
        yield from _any_text(option.get("text"), f"{pointer}/options/{i}/text", 75)
        yield from _short(option.get("value"), f"{pointer}/options/{i}/value", 150)


def _confirm(confirm: Json, pointer: str) -> Faults:
    yield from _plain(confirm.get("title"), f"{pointer}/title", 100)
    yield from _any_text(confirm.get("text"), f"{pointer}/text", 300)
    yield from _plain(confirm.get("confirm", _YES), f"{pointer}/confirm", 30)
    yield from _plain(confirm.get("deny", _YES), f"{pointer}/deny", 30)
    if confirm.get("style", "primary") not in ("primary", "danger"):
        yield f"unsupported style [json-pointer:{pointer}/style]"


_YES = {"type": "plain_text", "text": "Yes"}


def _any_text(text: object, pointer: str, limit: int) -> Faults:
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"must be a text object [json-pointer:{pointer}]"
        return
    if not isinstance(text.get("text"), str) or not text["text"]:
        yield f"must be more than 0 characters [json-pointer:{pointer}/text]"
        return
    yield from _short(text["text"], f"{pointer}/text", limit)


def _plain(text: object, pointer: str, limit: int) -> Faults:
    if isinstance(text, dict) and text.get("type") == "mrkdwn":
        yield f"must be a plain_text object [json-pointer:{pointer}/type]"
        return
    yield from _any_text(text, pointer, limit)


def _short(text: object, pointer: str, limit: int) -> Faults:
    if not isinstance(text, str):
        yield f"must be a string [json-pointer:{pointer}]"
    elif len(text) > limit:
        yield f"must be less than {limit + 1} characters [json-pointer:{pointer}]"


def _count(items: object, pointer: str, most: int) -> Faults:
    if not isinstance(items, list) or not items:
        yield f"must provide at least 1 item [json-pointer:{pointer}]"
    elif len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{pointer}]"
