"""Facts of the helpdesk, remembered for a while so that opening a panel does not wait for it."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import HelpdeskRefused, HelpdeskUnavailable, NoSuchTicket

log = logging.getLogger(__name__)

# A helpdesk allows some hundred reads a minute in all (Zendesk: 700 on Enterprise), however many panels are open.
FRESH_FOR = timedelta(minutes=5)
# Past this, somebody who looks waits for the helpdesk; who acts always does.
USABLE_FOR = timedelta(minutes=10)
_KEPT = 20_000
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Known(Generic[V]):
    value: V
    read_at: datetime


class Remembered(Generic[V]):
    """Values by id. `ask` is the helpdesk; `load` and `save` share what one process learned with the others."""

    def __init__(
        self,
        *,
        ask: Callable[[int], V],
        load: Callable[[int], Known[V] | None],
        save: Callable[[int, Known[V]], None],
        clock: Clock,
    ) -> None:
        self._ask = ask
        self._load = load
        self._save = save
        self._clock = clock
        self._known: dict[int, Known[V]] = {}
        self._asking: set[int] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="remember")

    def recent(self, id: int) -> V:
        """At most ten minutes old; from five minutes on it is asked again in the background.

        Raises what the helpdesk raises when nothing usable is known.
        """
        now = self._clock.now()
        known = self._known.get(id)
        if known is None or now - known.read_at >= FRESH_FOR:
            known = self._load(id) or known
        if known is None or now - known.read_at >= USABLE_FOR:
            return self.now(id)
        self._keep(id, known)
        if now - known.read_at >= FRESH_FOR:
            self._refresh(id)
        return known.value

    def now(self, id: int) -> V:
        """Asked from the helpdesk at this moment."""
        known = Known(self._ask(id), self._clock.now())
        self._keep(id, known)
        self._save(id, known)
        return known.value

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _keep(self, id: int, known: Known[V]) -> None:
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[id] = known

    def _refresh(self, id: int) -> None:
        with self._lock:
            if id in self._asking:
                return
            self._asking.add(id)
        self._pool.submit(self._refreshed, id)

    def _refreshed(self, id: int) -> None:
        try:
            self.now(id)
        except NoSuchTicket:
            self._known.pop(id, None)
        except (HelpdeskUnavailable, HelpdeskRefused) as error:
            log.warning("the helpdesk could not be asked again (%s)", type(error).__name__)
        finally:
            with self._lock:
                self._asking.discard(id)
