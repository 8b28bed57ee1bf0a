"""Processes under our supervision: real ones, small ones."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sidebar_app.commands.supervise.child import Child, run_to_end
from sidebar_app.commands.supervise.crew import ChildEnded, Crew

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS


class Heard:
    """Collects what is said."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def wait_for(self, name: str, line: str) -> None:
        eventually(lambda: (name, line) in self.lines)


def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within ten seconds")


def alive(pid: int) -> bool:
    """Whether the process runs: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def child(heard: Heard) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []

    def make(code: str, name: str = "one") -> Child:
        made.append(Child(name, (sys.executable, "-c", code), dict(os.environ), heard))
        return made[-1]

    yield make
    for one in made:
        one.kill()
        one.wait(5)


def test_every_line_of_a_child_is_passed_on_with_its_name(child: Callable[..., Child], heard: Heard) -> None:
    code = "import sys; print('a'); print('b', file=sys.stderr); sys.stdout.buffer.write(b'\\xff c')"
    assert run_to_end(child(code), seconds=10) == 0
    assert sorted(heard.lines) == [("one", "a"), ("one", "b"), ("one", "\ufffd c")]


def test_a_child_that_takes_too_long_is_killed(child: Callable[..., Child]) -> None:
    slow = child(SLEEPS)
    assert run_to_end(slow, seconds=0.5) == 124
    assert not slow.is_running


def test_the_exit_code_of_a_child_is_told(child: Callable[..., Child]) -> None:
    assert run_to_end(child("raise SystemExit(3)"), seconds=10) == 3


def test_killing_a_child_kills_what_it_started_too(child: Callable[..., Child], heard: Heard) -> None:
    code = (
        "import subprocess, sys\n"
        f"p = subprocess.Popen([sys.executable, '-c', {SLEEPS!r}])\n"
        "print(p.pid, flush=True)\np.wait()"
    )
    parent = child(code)
    parent.start()
    heard.wait_for("one", "up")
    grandchild = next(int(line) for _, line in heard.lines if line.isdigit())
    parent.kill()
    eventually(lambda: not alive(grandchild))


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells children of a parent's death"
)
def test_children_end_although_the_parent_was_killed_without_warning(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import os, sys, time
            from sidebar_app.commands.supervise.child import Child
            child = Child("one", (sys.executable, "-c", {STUBBORN!r}), dict(os.environ), lambda *_: None)
            child.start()
            print(child.pid, flush=True)
            time.sleep(60)
            """
        )
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert alive(pid)
        os.kill(parent.pid, signal.SIGKILL)
        eventually(lambda: not alive(pid))


class Seconds:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_crashed_child_comes_back_after_pauses_that_double(
    child: Callable[..., Child], heard: Heard
) -> None:
    seconds = Seconds()
    crew, crashing = Crew(heard, seconds), child("raise SystemExit(7)")
    crew.start(crashing)
    for pause in ("0.5", "1", "2"):
        eventually(lambda: not crashing.is_running)
        crew.look_after()
        assert heard.lines[-1] == ("one", f"ended (exit 7), starts again in {pause} s")
        before = crashing.restarts
        seconds.now += float(pause) - 0.01
        crew.look_after()
        assert crashing.restarts == before
        seconds.now += 0.02
        crew.look_after()
        assert crashing.restarts == before + 1


def test_who_was_healthy_for_long_comes_back_quickly_again(child: Callable[..., Child], heard: Heard) -> None:
    seconds = Seconds()
    crew, crashing = Crew(heard, seconds), child("raise SystemExit(7)")
    crew.start(crashing)
    for _ in range(3):
        eventually(lambda: not crashing.is_running)
        seconds.now += 100
        crew.look_after()
        assert heard.lines[-1][1].endswith("in 0.5 s")
        seconds.now += 1
        crew.look_after()


def test_a_child_that_ends_while_starting_is_a_failed_start(
    child: Callable[..., Child], heard: Heard
) -> None:
    crew, good, bad = Crew(heard), child(SLEEPS), child("raise SystemExit(2)", "bad")
    crew.start(good)
    crew.raise_for_ended()
    crew.start(bad)
    eventually(lambda: not bad.is_running)
    with pytest.raises(ChildEnded, match=r"bad ended during the start \(exit 2\)"):
        crew.raise_for_ended()
    crew.kill()
    assert not good.is_running


def test_children_are_stopped_last_started_first(child: Callable[..., Child], heard: Heard) -> None:
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n    print('stopped', flush=True); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\ntime.sleep(60)"
    )
    crew = Crew(heard)
    for name in ("first", "second", "third"):
        crew.start(child(code, name))
        heard.wait_for(name, "up")
    crew.stop(patience=10)
    assert [name for name, line in heard.lines if line == "stopped"] == ["third", "second", "first"]


@pytest.mark.parametrize(("patience", "urgent"), [(0.1, False), (60, True)])
def test_a_child_that_does_not_want_to_stop_is_killed(
    child: Callable[..., Child], heard: Heard, patience: float, urgent: bool
) -> None:
    stubborn, crew = child(STUBBORN), Crew(heard)
    crew.start(stubborn)
    heard.wait_for("one", "up")
    crew.stop(patience=patience, is_urgent=lambda: urgent)
    assert not stubborn.is_running
    assert heard.lines[-1] == ("one", "did not stop in time and is killed")
