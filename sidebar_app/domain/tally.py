"""What one person asked for lately, counted up: what limits over time are held against."""

from dataclasses import dataclass

from sidebar_app.domain.money import Money


@dataclass(frozen=True, slots=True)
class Tally:
    """`count` requests of one action in one currency; `total` is None when none of them had an amount."""

    action: str
    count: int
    total: Money | None = None
