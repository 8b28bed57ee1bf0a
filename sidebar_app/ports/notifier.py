"""Telling the customer."""

from dataclasses import dataclass
from typing import Protocol


class NotifierUnavailable(Exception):
    """The message was not accepted; it may be sent again with the same key."""


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """`key` identifies the message across repeats. `html` is optional."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""


class Notifier(Protocol):
    def send(self, mail: Mail) -> None:
        """Raises NotifierUnavailable."""
        ...
