"""How a back-scan is watched: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from sidebar_app.domain.backscan import BackScan, Progress

_LINE_EVERY_SECONDS = 10.0
_NOBODY_WORKS_SECONDS = 30.0
_NOBODY_WORKS = "Nothing was scanned for half a minute. Is a worker running (`sidebar-app worker`)?"

Show = Callable[[BackScan, Progress], None]


class Pace:
    """Tickets a second since the watching began, and how long the rest takes at that."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began = self._moved = monotonic()
        self._first: int | None = None
        self._done = -1

    def measure(self, progress: Progress) -> None:
        if self._first is None:
            self._first = progress.done
        if progress.done != self._done:
            self._done, self._moved = progress.done, self._monotonic()

    @property
    def rate(self) -> float:
        return (self._done - (self._first or 0)) / max(self._monotonic() - self._began, 0.1)

    @property
    def standing_seconds(self) -> float:
        return self._monotonic() - self._moved

    def words(self, run: BackScan, progress: Progress) -> str:
        left = "" if run.listed_all else ", still listing"
        if self.rate > 0 and progress.listed > progress.done:
            seconds = (progress.listed - progress.done) / self.rate
            left = f", {_duration(seconds)} left{left}"
        return f"{self.rate:.1f} tickets/s{left}, {progress.found} found"


@contextmanager
def watching() -> Iterator[Show]:
    """Something to call at every turn."""
    pace = Pace()
    with _bar(pace) if sys.stdout.isatty() else _lines(pace) as show:
        yield _minding_workers(show, pace)


@contextmanager
def _bar(pace: Pace) -> Iterator[Show]:
    with click.progressbar(length=1, show_pos=True, show_eta=False, item_show_func=str) as bar:

        def show(run: BackScan, progress: Progress) -> None:
            bar.length = max(progress.listed, 1)
            bar.update(progress.done - bar.pos, pace.words(run, progress))
            bar.render_progress()

        yield show


@contextmanager
def _lines(pace: Pace) -> Iterator[Show]:
    told = float("-inf")

    def show(run: BackScan, progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told >= _LINE_EVERY_SECONDS:
            told = time.monotonic()
            click.echo(f"{progress.done} of {progress.listed} tickets, {pace.words(run, progress)}")

    yield show


def _minding_workers(show: Show, pace: Pace) -> Show:
    said = False

    def shown(run: BackScan, progress: Progress) -> None:
        nonlocal said
        pace.measure(progress)
        show(run, progress)
        if progress.handed_out and pace.standing_seconds > _NOBODY_WORKS_SECONDS and not run.paused_until:
            if not said:
                click.echo(_NOBODY_WORKS, err=True)
            said = True

    return shown


def _duration(seconds: float) -> str:
    minutes, hours = seconds / 60, seconds / 3600
    if hours >= 1:
        return f"{hours:.1f} h"
    return f"{minutes:.0f} min" if minutes >= 1 else f"{seconds:.0f} s"
