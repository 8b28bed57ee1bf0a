"""XML as a stream of events, without anything that lets a document grow: no DTD, so no entities, nothing external."""

from typing import Protocol
from xml.parsers import expat

from sidebar_app.adapters.extraction.reading import Unreadable

_DEEPEST = 512


class Listener(Protocol):
    """Names are local: without prefix and namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


def parse(content: bytes, listener: Listener) -> None:
    """Raises Unreadable for what is no XML, declares a document type, or is nested absurdly."""
    parser = expat.ParserCreate(namespace_separator="\x1f")
    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Unreadable("It is nested more deeply than we look.")
        listener.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(_local(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 -- expat takes it by position
    except expat.ExpatError:
        raise Unreadable("Its XML is damaged.") from None


def _refuse(*_: object) -> None:
    raise Unreadable("Its XML declares entities, which no honest document of this kind does.")


def _local(name: str) -> str:
    return name.rpartition("\x1f")[2]
