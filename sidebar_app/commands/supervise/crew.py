"""All children together: started in order, restarted when they crash, stopped in reverse order."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sidebar_app.commands.supervise.child import Child, Say

_LOOK_EVERY_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
# Who ran this long is healthy again: the next crash starts with the short pause.
_HEALTHY_AFTER_SECONDS = 60.0


class ChildEnded(Exception):
    """A child ended while the service was still starting."""

    def __init__(self, child: Child) -> None:
        super().__init__(
            f"{child.name} ended during the start (exit {child.exit_code}); its lines above say why."
        )


@dataclass
class _Shift:
    """One child at work: `pause` before its next restart, `due_at` when it waits for one."""

    child: Child
    started_at: float
    pause: float = _FIRST_PAUSE_SECONDS
    due_at: float | None = None


@dataclass
class Crew:
    """`monotonic` gives seconds. Call everything from the main thread."""

    say: Say
    monotonic: Callable[[], float] = time.monotonic
    _shifts: list[_Shift] = field(default_factory=list, init=False)

    def start(self, child: Child) -> None:
        child.start()
        self._shifts.append(_Shift(child, self.monotonic()))

    def raise_for_ended(self) -> None:
        """Raises ChildEnded when one does not run."""
        for shift in self._shifts:
            if not shift.child.is_running:
                raise ChildEnded(shift.child)

    def look_after(self) -> None:
        """Restarts whoever crashed and whose pause is over; call it a few times a second."""
        for shift in self._shifts:
            if shift.child.is_running:
                continue
            if shift.due_at is None:
                self._plan(shift)
            elif self.monotonic() >= shift.due_at:
                self._restart(shift)

    def stop(self, *, patience: float, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Each is asked, has `patience` seconds to end unless it becomes urgent, and is killed after that."""
        while self._shifts:
            child = self._shifts.pop().child
            child.ask_to_stop()
            end = self.monotonic() + patience
            while not child.wait(_LOOK_EVERY_SECONDS):
                if is_urgent() or self.monotonic() >= end:
                    self.say(child.name, "did not stop in time and is killed")
                    child.kill()

    def kill(self) -> None:
        """All at once, without asking."""
        while self._shifts:
            self._shifts.pop().child.kill()

    def _plan(self, shift: _Shift) -> None:
        now = self.monotonic()
        if now - shift.started_at >= _HEALTHY_AFTER_SECONDS:
            shift.pause = _FIRST_PAUSE_SECONDS
        shift.due_at = now + shift.pause
        self.say(shift.child.name, f"ended (exit {shift.child.exit_code}), starts again in {shift.pause:g} s")
        shift.pause = min(shift.pause * 2, _LONGEST_PAUSE_SECONDS)

    def _restart(self, shift: _Shift) -> None:
        shift.due_at, shift.started_at = None, self.monotonic()
        shift.child.restarts += 1
        shift.child.start()
