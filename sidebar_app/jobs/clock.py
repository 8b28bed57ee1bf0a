"""The clock process: everything that happens because time passes."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

log = logging.getLogger(__name__)


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
