"""Webhooks of a sandbox: from one background thread, at least once and in no promised order."""

import contextlib
import heapq
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

from sidebar_app.sandbox.kit import Faults, Json

# Pauses before each further try: they bridge the start of the service.
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
OVERTAKEN_SECONDS = 1.0
TIMEOUT_SECONDS = 5
FAULT_METHOD = "WEBHOOK"


class Sender:
    """Delivers to one URL; `sign` makes the headers of a body.

    Faults with method WEBHOOK apply, their path matching the event type: kind `duplicate` delivers twice,
    `reorder` lets later events overtake, `lose` never delivers.
    """

    def __init__(self, url: str | None, faults: Faults, sign: Callable[[bytes], dict[str, str]]) -> None:
        self._url, self._faults, self._sign = url, faults, sign
        self._due: list[tuple[float, int, int, Json]] = []
        self._sequence = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = self._stopped = False

    def announce(self, event: Json) -> None:
        if not self._url:
            return
        kinds = {fault.kind for fault in self._faults.take(FAULT_METHOD, event["type"])}
        if "lose" in kinds:
            return
        delay = OVERTAKEN_SECONDS if "reorder" in kinds else 0.0
        for _ in range(2 if "duplicate" in kinds else 1):
            self._enqueue(event, delay, tries=0)

    def idle(self, timeout: float = 5.0) -> bool:
        """Waits until everything is delivered or given up."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._due and not self._busy, timeout)

    def close(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join(timeout=TIMEOUT_SECONDS + 1)

    def _enqueue(self, event: Json, delay: float, tries: int) -> None:
        with self._changed:
            self._sequence += 1
            heapq.heappush(self._due, (time.monotonic() + delay, self._sequence, tries, event))
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._work, daemon=True, name="sandbox:webhooks")
                self._thread.start()
            self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            tries, event = job
            if not self._deliver(event) and tries < len(RETRY_SECONDS):
                self._enqueue(event, RETRY_SECONDS[tries], tries + 1)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> tuple[int, Json] | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._busy = True
                    return heapq.heappop(self._due)[2:]
                self._changed.wait(wait)
        return None

    def _deliver(self, event: Json) -> bool:
        body = json.dumps(event).encode()
        delivery = urllib.request.Request(str(self._url), body, self._sign(body), method="POST")
        with (
            contextlib.suppress(OSError, HTTPException),
            urllib.request.urlopen(delivery, timeout=TIMEOUT_SECONDS) as answer,
        ):
            return 200 <= int(answer.status) < 300
        return False
