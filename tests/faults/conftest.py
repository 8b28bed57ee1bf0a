"""A refund approved and ready to run, a real database, the real Stripe adapter against the sandbox over HTTP."""

import os
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import requests

from sidebar_app.adapters.billing import stripe
from sidebar_app.sandbox.kit import Documents, Faults, Server
from sidebar_app.sandbox.stripe import create_app, seed
from sidebar_app.workflow import execute
from tests.fakes.time import START, FakeClock
from tests.fakes.world import World

EMAIL = "billing@acme.example"


@dataclass
class Bench:
    """`bench.world()` is a fresh database with one approved refund; `bench.refunds()` what Stripe did."""

    stripe_url: str
    documents: Documents
    folder: Path
    made: int = 0

    def start(self) -> tuple[World, Any]:
        self.documents.clear()
        requests.delete(f"{self.stripe_url}/_sandbox/faults", timeout=5)
        seed(self.documents, START)
        self.made += 1
        shutil.copy(self._template(), self._database)
        world = self.world()
        customer = world.billing.find_customers(EMAIL)[0]
        facts = world.services.mirror.mirrored(customer.id)
        payment = next(p for p in facts._readings["payments"].facts.items if p.refundable)  # type: ignore[index,union-attr]
        seen = {
            "customer": customer.id,
            "refundable": payment.refundable.decimal,
            "currency": payment.amount.currency,
        }
        request = world.asks("l1", "refund", payment=payment.id, amount="50.00", seen=seen)
        assert world.clicks("approve", "manager", request).done
        return world, request

    def world(self, *, minutes: float = 0) -> World:
        """The same database with connections of its own, at a later time."""
        at = START + timedelta(minutes=minutes)
        return World(f"sqlite:///{self._database}", billing=self._gateway, at=at, prepared=True)

    @property
    def _database(self) -> Path:
        return self.folder / f"{self.made}.db"

    def _template(self) -> Path:
        """A migrated database with its people; made once, copied for every case."""
        template = self.folder / "template.db"
        if not template.exists():
            World(f"sqlite:///{template}").close()
        return template

    def _gateway(self, _: FakeClock) -> Any:
        connection = stripe.connect("sk_test_sandbox", base_url=self.stripe_url, read_seconds=5)
        return stripe.StripeGateway(connection.client)

    def arm(self, kind: str) -> None:
        """One fault at the next refund."""
        if kind:
            fault = {"kind": kind, "path": "/v1/refunds", "method": "POST", "value": 500}
            requests.post(f"{self.stripe_url}/_sandbox/faults", json=fault, timeout=5)

    def refunds(self) -> list[dict[str, Any]]:
        """The refunds that carry our mark; the seed has others."""
        return [r for r in self.documents.all("refund") if r["metadata"].get("request_id")]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Stripe has a process of its own: this one forks workers, and must have no threads when it does."""
    path, port = tmp_path / "stripe.db", free_port()
    documents = Documents(path)
    stripe_pid = os.fork()
    if stripe_pid == 0:
        _serve_stripe(path, port)
    url = f"http://127.0.0.1:{port}"
    _wait_for(url)
    yield Bench(url, documents, tmp_path)
    os.kill(stripe_pid, signal.SIGKILL)
    os.waitpid(stripe_pid, 0)
    documents.close()


def _serve_stripe(path: Path, port: int) -> None:
    app = create_app(Documents(path), Faults(), now=lambda: START)
    Server(app, port).start()
    signal.pause()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            requests.get(f"{url}/_sandbox/faults", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the sandbox Stripe did not start")


def in_child(work: Callable[[], None]) -> int:
    """Runs in a process of its own; the exit status, negative for the signal that killed it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 -- a child reports by its exit status
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at_line(number: int) -> Callable[[FrameType, str, Any], Any]:
    """A trace function that kills this process, for good, at the n-th executed line of the executor."""
    left = [number]

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != execute.__file__:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace
