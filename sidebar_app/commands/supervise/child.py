"""One child process: in a process group of its own, its output passed on line by line, ending with us."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sidebar_app.commands.supervise.orphans import die_with_parent

Say = Callable[[str, str], None]


@dataclass
class Child:
    """`start` from the main thread only (see orphans). `say(name, line)` gets every line of its output."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    say: Say
    restarts: int = field(default=0, init=False)
    _process: subprocess.Popen[str] | None = field(default=None, init=False)
    _reader: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        self._process = subprocess.Popen(
            list(self.command),
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A Ctrl-C in the terminal reaches us alone, and we stop the children in order.
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 -- no thread of ours holds a lock at this moment
        )
        self._reader = threading.Thread(target=self._pass_on, daemon=True, name=f"output of {self.name}")
        self._reader.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or was never started."""
        return self._process.poll() if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_running and self._process:
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within that time."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        if self._reader:
            self._reader.join(timeout=1)
        return True

    def kill(self) -> None:
        """The process and everything it started in its group."""
        if self.is_running and self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _pass_on(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.say(self.name, line.rstrip("\n"))


def run_to_end(child: Child, *, seconds: float) -> int:
    """Runs a child that ends by itself; its exit code, or 124 when it had to be killed for taking too long."""
    child.start()
    if not child.wait(seconds):
        child.kill()
        return 124
    return child.exit_code or 0
