"""Which ports of this machine are free."""

import socket


class NoPort(Exception):
    """The port is taken, or there is none left."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback interface now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def next_free(count: int, *, after: int) -> list[int]:
    """The next `count` free ports after this one. Raises NoPort."""
    found: list[int] = []
    for port in range(after + 1, 65_536):
        if len(found) == count:
            return found
        if is_free(port):
            found.append(port)
    raise NoPort(f"There are not {count} free ports after {after}; choose a lower PORT.")
