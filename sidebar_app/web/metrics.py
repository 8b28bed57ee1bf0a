"""Prometheus metrics of this process (of all web processes when PROMETHEUS_MULTIPROC_DIR is set)."""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from sidebar_app.web.parts import Parts

_SECONDS = Histogram(
    "billing_sidebar_request_seconds",
    "Server time of a request by endpoint.",
    ["endpoint"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_ANSWERS = Counter("billing_sidebar_answers_total", "Answers by endpoint and status.", ["endpoint", "status"])


def observe(endpoint: str, status: int, seconds: float) -> None:
    _SECONDS.labels(endpoint).observe(seconds)
    _ANSWERS.labels(endpoint, str(status)).inc()


def exposition(parts: Parts) -> bytes:
    """The processes' own metrics and, read now, how much work waits in the outbox."""
    return generate_latest(_processes()) + generate_latest(_backlog(parts))


def _processes() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _backlog(parts: Parts) -> CollectorRegistry:
    registry = CollectorRegistry()
    waiting = Gauge("billing_sidebar_tasks_waiting", "Unfinished tasks.", ["topic"], registry=registry)
    oldest = Gauge(
        "billing_sidebar_tasks_oldest_seconds",
        "Age of the oldest unfinished task.",
        ["topic"],
        registry=registry,
    )
    with parts.store.reading() as tx:
        for topic, (count, age_seconds) in tx.tasks.backlog(parts.clock.now()).items():
            waiting.labels(topic).set(count)
            oldest.labels(topic).set(age_seconds)
    return registry
