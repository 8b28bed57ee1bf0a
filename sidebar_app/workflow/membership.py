"""Is a chat account still an active member of our workspace?"""

import threading
from datetime import datetime, timedelta

from sidebar_app.domain.people import SlackIdentity
from sidebar_app.ports.chat import Chat
from sidebar_app.ports.clock import Clock

# A click must be answered in three seconds, and the worker asks again before anything is executed.
_TTL = timedelta(minutes=5)


class Membership:
    """Raises the chat's errors when it cannot tell."""

    def __init__(self, *, chat: Chat, clock: Clock) -> None:
        self._chat = chat
        self._clock = clock
        self._known: dict[SlackIdentity, datetime] = {}
        self._lock = threading.Lock()

    def is_active(self, identity: SlackIdentity) -> bool:
        """Only a yes is remembered."""
        now = self._clock.now()
        with self._lock:
            asked = self._known.get(identity)
        if asked and now - asked < _TTL:
            return True
        if not self._chat.is_active_member(identity):
            return False
        with self._lock:
            self._known[identity] = now
        return True
