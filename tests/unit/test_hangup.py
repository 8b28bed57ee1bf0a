"""SIGHUP is served beside the work, never in the middle of it."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from sidebar_app.jobs.hangup import on_hangup


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


def test_every_signal_is_served_in_another_thread_also_after_a_failure() -> None:
    served: list[threading.Thread] = []
    both = threading.Semaphore(0)

    def call() -> None:
        served.append(threading.current_thread())
        both.release()
        if len(served) == 1:
            raise OSError("the first time it fails")

    on_hangup(call)
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGHUP)
        assert both.acquire(timeout=10)
    assert threading.main_thread() not in served
