"""A stretch of a run's digits that could be one card."""

from dataclasses import dataclass

from sidebar_app.redaction.runs import Run


@dataclass(frozen=True, slots=True)
class Window:
    """Digits first … first + length - 1 of `run`. `shape` is 3 grouped as on a card, 2 solid or evenly spaced,
    1 doubtful, 0 or less irregular; `weight` is the table's. `mark` is the one separator between all groups.
    `checked` says that Luhn passed, `wrapped` that the number goes on in another line."""

    run: Run
    first: int
    length: int
    brand: str
    weight: int
    shape: int
    form: str
    mark: str = ""
    checked: bool = True
    wrapped: bool = False

    @property
    def last(self) -> int:
        return self.first + self.length

    @property
    def digits(self) -> str:
        return self.run.digits[self.first : self.last]

    @property
    def start(self) -> int:
        return self.run.place(self.first)

    @property
    def end(self) -> int:
        return self.run.place(self.last - 1) + 1
