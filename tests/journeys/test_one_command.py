"""What `bin/run` starts, as a new user meets it: it gets ready, keeps its data, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sidebar_app.commands.supervise import ports

ROOT = Path(__file__).parents[2]
WITHIN_SECONDS = 60
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


class Running:
    """`python -m sidebar_app up` in a folder of its own."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self.folder, self.port, self.url = folder, port, f"http://127.0.0.1:{port}"
        environ = {
            name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")
        }
        self.log = (folder.parent / "up.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sidebar_app", "up", "--data", folder, "--port", str(port), *options],
            cwd=ROOT,
            env={**environ, "WEB_WORKERS": "1", "STRIPE_API_KEY": "sk_live_of_somebody"},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def wait_until_ready(self) -> "Running":
        self.eventually(lambda: "is ready" in self.said())
        return self

    def said(self) -> str:
        return Path(self.log.name).read_text()

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.status, answer.read()

    def eventually(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + WITHIN_SECONDS
        while not holds():
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def processes(self) -> dict[int, str]:
        """Everything that works in this folder, by pid."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                environ, command = (place / "environ").read_bytes(), (place / "cmdline").read_bytes()
            except OSError:
                continue
            mark = os.fsencode(self.folder)
            if command and (mark in environ or mark in command):
                found[int(place.name)] = command.replace(b"\0", b" ").decode(errors="replace")
        return found

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=WITHIN_SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        self.log.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []
    port = ports.next_free(1, after=23_000)[0]

    def run(*options: str) -> Running:
        started.append(Running(tmp_path / "var", port, *options))
        return started[-1]

    yield run
    for running in started:
        running.close()


@linux_only
def test_it_gets_ready_heals_survives_a_kill_and_stops_with_nothing_left(
    start: Callable[..., Running],
) -> None:
    first = start().wait_until_ready()
    _is_what_a_new_user_expects(first)
    _refuses_a_second_instance(first)
    _brings_back_a_killed_worker(first)
    secret = (first.folder / "panel.secret").read_text()

    first.end(signal.SIGKILL)
    first.eventually(lambda: first.processes() == {})

    second = start().wait_until_ready()
    assert (second.folder / "panel.secret").read_text() == secret
    assert second.end(signal.SIGINT) == 0
    assert second.processes() == {}
    assert ports.is_free(second.port)


def _is_what_a_new_user_expects(running: Running) -> None:
    assert f"{running.url}/" in running.said()
    assert running.get("/")[0] == 200
    ready = json.loads(running.get("/readyz")[1])
    assert ready["status"] == "ready"
    assert ready["sandboxes"].keys() == {"zendesk", "slack", "stripe", "mail"}
    assert all(url in running.said() for url in ready["sandboxes"].values())
    assert "sk_live" not in (running.folder / "run.env").read_text()
    commands = " ".join(running.processes().values())
    assert all(f"sidebar_app {name}" in commands for name in ("sandbox", "serve", "worker", "clock"))


def _refuses_a_second_instance(running: Running) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "sidebar_app", "up", "--data", running.folder, "--port", str(running.port)],
        cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_SECONDS, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert running.url in second.stderr


def _brings_back_a_killed_worker(running: Running) -> None:
    worker = _worker(running)
    assert worker
    os.kill(worker, signal.SIGKILL)
    running.eventually(lambda: "worker   | ended (exit -9), starts again in 0.5 s" in running.said())
    running.eventually(lambda: _worker(running) not in (None, worker))


def _worker(running: Running) -> int | None:
    return next(
        (pid for pid, command in running.processes().items() if "sidebar_app worker" in command), None
    )


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = subprocess.run(
            [sys.executable, "-m", "sidebar_app", "up", "--data", tmp_path / "var", "--port", str(port)],
            cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_SECONDS, check=False,
        )  # fmt: skip
    assert found.returncode == 1
    assert found.stderr.startswith(f"Port {port} is in use; choose another one")
    assert "Traceback" not in found.stderr
