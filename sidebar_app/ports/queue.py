"""The doorbell of the workers. The database is the truth; a lost ring costs seconds."""

from typing import Protocol


class Bell(Protocol):
    def ring(self, task_id: str) -> None:
        """Asks a worker to look at a task now. Never raises: the sweeper rings again."""
        ...
