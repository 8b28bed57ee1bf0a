"""A clock that moves only when told, and ids that count."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class FakeClock:
    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def moves(self, **by: float) -> None:
        self.at += timedelta(**by)


class CountingIds:
    def __init__(self) -> None:
        self.count = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count:04d}"


class SilentBell:
    """Remembers the rings; tests run what is due themselves."""

    def __init__(self) -> None:
        self.rings: list[str] = []

    def ring(self, task_id: str) -> None:
        self.rings.append(task_id)
