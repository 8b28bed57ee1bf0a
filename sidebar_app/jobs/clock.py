"""The clock process: everything that happens because time passes."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

_LEAVE_WITHIN_SECONDS = 5


@dataclass
class Tick:
    """Something to do every so often. A failure is logged and does not stop the clock."""

    name: str
    every: timedelta
    call: Callable[[], object]
    due_at: datetime | None = field(default=None, init=False)

    def run_if_due(self, now: datetime) -> None:
        if self.due_at and now < self.due_at:
            return
        self.due_at = now + self.every
        try:
            self.call()
        except Exception:
            log.exception("tick %s failed", self.name)


def run(ticks: Sequence[Tick], *, now: Callable[[], datetime], stop: threading.Event) -> None:
    """Until `stop` is set; looks every quarter of a second."""
    while not stop.wait(0.25):
        for tick in ticks:
            tick.run_if_due(now())


@contextmanager
def running_beside(
    ticks: Sequence[Tick], *, now: Callable[[], datetime], stop: threading.Event
) -> Iterator[None]:
    """Runs ticks in a thread of their own for the time of the block, which ends when `stop` is set."""
    thread = threading.Thread(
        target=run, args=(ticks,), kwargs={"now": now, "stop": stop}, daemon=True, name="errands"
    )
    thread.start()
    yield
    thread.join(timeout=_LEAVE_WITHIN_SECONDS)
