"""What the panel shows, as plain strings, flags and lists: the template and the JSON API both read this."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Tones: good · warn · bad · info · mute. The style sheet gives each its colour; the words never need it.


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Header:
    """`terms` is price and renewal, `age` how old the oldest shown fact is, `read_at` the same as ISO 8601."""

    name: str
    email: str = ""
    match: Badge | None = None
    backend: str = ""
    url: str = ""
    plan: str = ""
    terms: str = ""
    status: str = ""
    tone: str = "mute"
    age: str = ""
    read_at: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several customers with the requester's address."""

    id: str
    name: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """`action` names the form that helps, `payment` the payment it starts with, `link` a page to read; each may be
    empty."""

    key: str
    tone: str
    title: str
    text: str
    action: str = ""
    action_label: str = ""
    payment: str = ""
    link: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    hint: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """An action this person may ask for; `note` says what happens then: at once, or who approves."""

    action: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Option:
    """`seen` is what the API wants to hear back if this is chosen; `limit` is the largest amount."""

    value: str
    label: str
    hint: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    digits: int = 0
    limit: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: choice · amount · text · fixed. `preview` stands for an empty value while only previewing."""

    name: str
    kind: str
    label: str = ""
    hint: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    longest: int = 0
    currency: str = ""
    digits: int = 0
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """`blocked` says why nothing can be filled in. `verb` is the act on the last button: "Refund"."""

    action: str
    title: str
    verb: str
    fields: tuple[Field, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `url` belongs to `reference`."""

    when: str
    amount: str
    state: str
    tone: str = "mute"
    reference: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A name and what is so; `pairs` are things with their price, `percent` draws a bar."""

    label: str
    lines: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    note: str = ""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on this ticket."""

    title: str
    status: str
    tone: str
    detail: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """One part that folds. `problem` says why it is old or empty when it could not be read.

    The first `shown` rows are seen at once, the others on demand.
    """

    key: str
    title: str
    summary: str
    is_open: bool = False
    problem: str = ""
    rows: tuple[Row, ...] = ()
    shown: int = 3
    terms: tuple[Term, ...] = ()
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyView:
    amount: str
    currency: str
    display: str


@dataclass(frozen=True, slots=True)
class StepView:
    """`state`: done · now · todo · failed."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request, its state in words, and who is waited for. Times are ISO 8601."""

    id: str
    version: int
    ticket: int
    action: str
    state: str
    title: str
    status_text: str
    tone: str
    detail: str
    steps: tuple[StepView, ...]
    amount: MoneyView | None
    created_at: str
    due_at: str | None
    can_withdraw: bool


@dataclass(frozen=True, slots=True)
class PanelView:
    """`waiting`: some request waits for people, so the panel asks more often what became of it."""

    ticket: int
    viewer: str
    customer: str
    backend: str
    header: Header
    choices: tuple[Choice, ...] = ()
    alerts: tuple[Alert, ...] = ()
    figures: tuple[Figure, ...] = ()
    requests: tuple[RequestView, ...] = ()
    buttons: tuple[Button, ...] = ()
    more_buttons: tuple[Button, ...] = ()
    forms: tuple[Form, ...] = ()
    sections: tuple[SectionView, ...] = ()
    waiting: bool = False
