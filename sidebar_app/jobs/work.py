"""The one job: look at a task."""

from sidebar_app.workflow.tasks import TaskRunner

_runner: TaskRunner | None = None


def bind(runner: TaskRunner) -> None:
    """Called once by the worker process before it listens: RQ finds jobs by name, not by object."""
    global _runner  # noqa: PLW0603 -- the one hand-over that RQ leaves us
    _runner = runner


def work(task_id: str, **_later: object) -> None:
    """Unknown keywords are tolerated, so that a newer sender may ring an older worker."""
    if _runner is None:
        raise RuntimeError("The worker was started without its services.")
    _runner.run(task_id)
