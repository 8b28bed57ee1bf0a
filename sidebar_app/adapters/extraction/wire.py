"""What parent and child say to each other: a line of JSON and then bytes in, one JSON document out."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sidebar_app.adapters.extraction.bounds import Bounds
from sidebar_app.ports.extractor import FileText, FileTexts, NotScanned


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    name: str
    content_type: str
    tesseract: str
    bounds: Bounds


def order_line(order: Order) -> bytes:
    return json.dumps(asdict(order)).encode("ascii") + b"\n"


def read_order(line: bytes) -> Order:
    given: dict[str, Any] = json.loads(line)
    return Order(**{**given, "bounds": Bounds(**given["bounds"])})


def answer_bytes(found: FileTexts) -> bytes:
    """Lone surrogates of a broken text survive."""
    return json.dumps(asdict(found), ensure_ascii=False).encode("utf-8", "surrogatepass")


def read_answer(answer: bytes) -> FileTexts:
    """ValueError, TypeError or KeyError for anything else than an answer: the child may be in a stranger's hand."""
    given: dict[str, Any] = json.loads(answer.decode("utf-8", "surrogatepass"))
    texts = tuple(FileText(str(t["place"]), str(t["text"]), t["markup"] is True) for t in given["texts"])
    return FileTexts(texts, tuple(NotScanned(str(g["reason"]), str(g["place"])) for g in given["gaps"]))
