"""Ringing RQ workers. A job carries the id of a task and nothing else; losing Redis costs seconds."""

import logging
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "billing"
WORK = "sidebar_app.jobs.work.work"
_ALLOWED = frozenset({WORK})
_JOB_SECONDS = 120
# A dead worker must not let the sweeper fill the memory: everything is in the database anyway.
_ENOUGH_RINGS = 2000


class AllowedJob(Job):
    """A job that can only call our own functions, whatever somebody wrote into Redis.

    The JSON serializer alone does not prevent `os.system`, and callbacks are imported by name too.
    """

    @property
    def func(self) -> Any:
        if self.func_name not in _ALLOWED:
            raise PermissionError("a job names a function that is not ours")
        return super().func

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None


def connect(url: str) -> Redis:
    """A connection that fails fast: nothing here is worth waiting for."""
    return Redis.from_url(
        url,
        socket_connect_timeout=1,
        socket_timeout=None,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )


class RqBell:
    def __init__(self, redis: Redis) -> None:
        self._queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer, job_class=AllowedJob)

    def ring(self, task_id: str) -> None:
        try:
            if self._queue.count < _ENOUGH_RINGS:
                self._queue.enqueue_call(
                    WORK, args=(task_id,), timeout=_JOB_SECONDS, result_ttl=0, failure_ttl=_JOB_SECONDS
                )
        except RedisError as error:
            log.warning("the doorbell does not ring (%s); the sweeper will", type(error).__name__)


def worker(redis: Redis) -> SimpleWorker:
    """A worker on exactly one queue: on two it may lose a job for ever when killed (RQ 2.12)."""
    return SimpleWorker(
        [Queue(QUEUE, connection=redis, serializer=JSONSerializer, job_class=AllowedJob)],
        connection=redis,
        serializer=JSONSerializer,
        job_class=AllowedJob,
    )
