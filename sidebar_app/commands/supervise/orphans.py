"""Child processes that end when their parent ends, also when the parent is killed."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from functools import lru_cache

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None] | None:
    """For `subprocess.Popen(preexec_fn=…)`. None where the system cannot do it (only Linux can).

    The signal comes when the *thread* that started the child ends: start children from the main thread.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = _prctl(), os.getpid()

    def set_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # the parent was killed in the meantime
            os._exit(1)

    return set_signal


@lru_cache
def _prctl() -> Callable[..., int]:
    """Looked up before forking: a forked child must not load libraries."""
    found: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    return found
