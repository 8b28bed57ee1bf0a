"""What a process does when it gets SIGHUP: read again what may change while it runs."""

import logging
import queue
import signal
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


def on_hangup(call: Callable[[], object]) -> None:
    """Calls `call` in a thread of its own, once per signal, from now on. Main thread only.

    The signal arrives in the middle of whatever the main thread does, a transaction perhaps: there it only leaves a
    note, with a queue whose `put` may be interrupted by itself.
    """
    asked: queue.SimpleQueue[None] = queue.SimpleQueue()
    signal.signal(signal.SIGHUP, lambda *_: asked.put(None))
    threading.Thread(target=_serve, args=(asked, call), name="hangup", daemon=True).start()


def _serve(asked: "queue.SimpleQueue[None]", call: Callable[[], object]) -> None:
    while True:
        asked.get()
        try:
            call()
        except Exception:
            log.exception("reading again after SIGHUP failed")
