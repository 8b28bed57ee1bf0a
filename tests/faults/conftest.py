"""A refund approved and ready to run, a real database, the real Stripe adapter against the sandbox over HTTP."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sidebar_app.adapters.billing import stripe
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server
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
    faults: Faults
    folder: Path
    made: int = 0

    def start(self) -> tuple[World, Any]:
        self.documents.clear()
        self.faults.clear()
        seed(self.documents, START)
        self.made += 1
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
        made = World(
            f"sqlite:///{self.folder}/{self.made}.db",
            billing=self._gateway,
            at=START + timedelta(minutes=minutes),
        )
        return made

    def _gateway(self, _: FakeClock) -> Any:
        connection = stripe.connect("sk_test_sandbox", base_url=self.stripe_url, read_seconds=5)
        return stripe.StripeGateway(connection.client)

    def refunds(self) -> list[dict[str, Any]]:
        """The refunds that carry our mark; the seed has others."""
        return [r for r in self.documents.all("refund") if r["metadata"].get("request_id")]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    documents, faults = Documents(tmp_path / "stripe.db"), Faults()
    app = create_app(documents, faults, now=lambda: START)
    with Server(app) as server:
        yield Bench(server.url, documents, faults, tmp_path)
    app.extensions["webhooks"].close()
    documents.close()


def in_child(work: Callable[[], None]) -> int:
    """Runs in a process of its own; the exit status, negative for the signal that killed it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            import traceback

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


def arm(faults: Faults, kind: str) -> None:
    if kind:
        faults.arm(Fault(kind, path="/v1/refunds", method="POST", value=500))
