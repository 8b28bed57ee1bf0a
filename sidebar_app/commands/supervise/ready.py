"""Waiting for a process to do its work."""

import http.client
import socket
import time
from collections.abc import Callable
from pathlib import Path

_LOOK_EVERY_SECONDS = 0.1
_ANSWERS_WITHIN_SECONDS = 5


Check = Callable[[], bool]


class NotReady(Exception):
    """It did not get ready in time."""


def wait_until(what: str, is_ready: Check, *, seconds: float, meanwhile: Callable[[], None]) -> None:
    """Asks again and again; `meanwhile` is called in between and may raise. Raises NotReady."""
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise NotReady(f"{what} did not get ready within {seconds:g} s.")
        meanwhile()
        time.sleep(_LOOK_EVERY_SECONDS)


def answers(port: int, path: str) -> bool:
    """Whether an HTTP server on this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWERS_WITHIN_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(path: Path) -> bool:
    """Whether somebody listens on this Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_ANSWERS_WITHIN_SECONDS)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
