"""What a part of the redaction log comes to, and the sentences that say it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sidebar_app.domain.redaction_log import CLOSED, NO_NUMBER, Outcome, Place

_NAMED_TICKETS = 5


@dataclass(frozen=True, slots=True)
class Group:
    """So many entries that are alike in all of this. `reported`: somebody said that it is no card."""

    outcome: Outcome
    place: Place
    channel: str
    brand: str
    signed: bool
    reported: bool
    entries: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Card numbers of one channel or brand by what became of them."""

    name: str
    total: int
    gone: int
    remaining: int
    review: int


@dataclass(frozen=True, slots=True)
class LogSummary:
    """`tickets`: how many tickets card numbers came through. `open_tickets`: by outcome, where it is not gone."""

    groups: tuple[Group, ...]
    tickets: int
    open_tickets: dict[Outcome, tuple[int, ...]]

    @property
    def total(self) -> int:
        return self.count()

    def count(self, wanted: Callable[[Group], bool] = lambda _: True) -> int:
        return sum(group.entries for group in self.groups if wanted(group))

    def by_outcome(self) -> dict[Outcome, int]:
        found = dict.fromkeys(Outcome, 0)
        for group in self.groups:
            found[group.outcome] += group.entries
        return found

    def by_channel(self) -> tuple[Tally, ...]:
        return self._tallies(lambda group: group.channel or "unknown")

    def by_brand(self) -> tuple[Tally, ...]:
        return self._tallies(lambda group: group.brand)

    def _tallies(self, name: Callable[[Group], str]) -> tuple[Tally, ...]:
        """Most first."""
        found: dict[str, Counter[Outcome]] = {}
        for group in self.groups:
            if group.outcome not in NO_NUMBER:
                found.setdefault(name(group), Counter())[group.outcome] += group.entries
        tallies = [
            Tally(key, n.total(), n[Outcome.REDACTED], n[Outcome.REMAINING], n[Outcome.REVIEW])
            for key, n in found.items()
        ]
        return tuple(sorted(tallies, key=lambda tally: (-tally.total, tally.name)))

    def sentences(self, words: str) -> Iterator[str]:
        """The answer to "which card data came in, and is it gone?"; `words` name the period. Tickets stand as #1010."""
        yield from self._numbers(words)
        yield from self._not_scanned()
        yield from self._signed()

    def _numbers(self, words: str) -> Iterator[str]:
        numbers = self.count(lambda g: g.outcome not in NO_NUMBER)
        gone = self.count(lambda g: g.outcome is Outcome.REDACTED and not g.reported)
        if not numbers:
            yield f"{words}, no card number came in."
            return
        came = f"{words}, {_some(numbers, 'card number')} came in through {_some(self.tickets, 'ticket')}"
        if gone == numbers:
            left = "It is gone" if numbers == 1 else "All are gone"
            yield f"{came}. {left}: only the last four digits can still be read."
            return
        yield f"{came}: {', '.join(self._fates(gone))}."

    def _fates(self, gone: int) -> Iterator[str]:
        running = self.count(lambda g: g.outcome is Outcome.FOUND and not g.reported)
        remaining = self.count(lambda g: g.outcome is Outcome.REMAINING and not g.reported)
        waiting = self.count(_waits)
        reported = self.count(lambda g: g.reported and g.outcome not in NO_NUMBER)
        seen = self.count(lambda g: g.outcome is Outcome.REVIEW and g.signed and not g.reported)
        yield f"{gone} are gone" if gone > 1 else f"{gone or 'none'} is gone"
        if running:
            yield f"{running} {'is' if running == 1 else 'are'} being removed{self._where(Outcome.FOUND)}"
        if remaining:
            yield f"{remaining} {'remains' if remaining == 1 else 'remain'}{self._where(Outcome.REMAINING)}"
        if waiting:
            yield f"{waiting} {'waits' if waiting == 1 else 'wait'} for review{self._where(Outcome.REVIEW)}"
        if seen:
            yield f"{seen} {'was' if seen == 1 else 'were'} reviewed and left as {'it is' if seen == 1 else 'they are'}"
        if reported:
            yield f"{reported} turned out to be no {'card' if reported == 1 else 'cards'}"

    def _not_scanned(self) -> Iterator[str]:
        closed = [g for g in self.groups if g.outcome is Outcome.NOT_SCANNED]
        if not closed:
            return
        files = sum(g.entries for g in closed if g.place is Place.ATTACHMENT)
        texts = sum(g.entries for g in closed) - files
        what = " and ".join(_some(n, word) for n, word in ((files, "attachment"), (texts, "text")) if n)
        yield f"{what} could not be scanned{self._where(Outcome.NOT_SCANNED)}: nobody knows whether a card is in there."

    def _signed(self) -> Iterator[str]:
        signed = self.count(lambda g: g.signed)
        if not self.total:
            return
        if signed == self.total:
            yield "Everything is signed off."
        elif not signed:
            yield "Nothing of it is signed off yet."
        else:
            yield f"{self.total - signed} of {_some(self.total, 'entry', 'entries')} not signed off yet."

    def _where(self, outcome: Outcome) -> str:
        tickets = self.open_tickets.get(outcome, ())
        if not tickets:
            return ""
        named = ", ".join(f"#{ticket}" for ticket in tickets[:_NAMED_TICKETS])
        more = " and others" if len(tickets) > _NAMED_TICKETS else ""
        return f" ({'ticket' if len(tickets) == 1 else 'tickets'} {named}{more})"


def open_outcomes(groups: Iterable[Group]) -> list[Outcome]:
    """The outcomes among these whose tickets a person wants to know."""
    return sorted({g.outcome for g in groups} - CLOSED)


def _waits(group: Group) -> bool:
    return group.outcome is Outcome.REVIEW and not group.signed and not group.reported


def _some(number: int, thing: str, things: str = "") -> str:
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
