"""What really leaves for Sentry, byte by byte, when a card number stands wherever one can."""

import gzip
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sentry_sdk
from flask import Flask, abort, request

from sidebar_app.adapters.logs import sentry_options
from tests.fakes.cards import spellings

CARD = "5425233430109903"


class Inbox:
    """A Sentry that keeps the bytes it is sent."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.kept.append(
                    gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
                )
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server.server_port}/1"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()
    yield made
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    made.server.shutdown()
    made.server.server_close()


def everything_on(inbox: Inbox) -> None:
    """As talkative as somebody could configure it: what scrubs must do so without the other precautions."""
    sentry_sdk.init(
        dsn=inbox.dsn,
        **{
            **sentry_options(),
            "send_default_pii": True,
            "include_local_variables": True,
            "include_source_context": True,
            "max_request_body_size": "always",
            "max_breadcrumbs": 100,
            "traces_sample_rate": 1.0,
            "enable_logs": True,
            "enable_metrics": True,
        },
    )


def leaky_app() -> Flask:
    app = Flask("leaky")

    @app.post("/fail/<number>")
    def fail(number: str) -> str:
        local = {"card": number, "spaced": " ".join(number)}
        sentry_sdk.set_tag("card", number)
        sentry_sdk.set_user({"id": number, "email": f"{number}@customer.example"})
        sentry_sdk.set_context("payment", {"pan": number, number: 1})
        sentry_sdk.add_breadcrumb(message=f"typed {number}", data={"n": number})
        logging.getLogger("leaky").warning("about to fail with %s", number)
        sentry_sdk.logger.warning(f"card {number}")
        sentry_sdk.metrics.count("cards", 1, attributes={"card": number})
        with sentry_sdk.start_span(op="db", name=f"SELECT '{number}'") as span:
            span.set_data("bound", number)
        if request.args.get("abort"):
            abort(500, f"no {number}")
        raise ValueError(f"cannot take {local['card']}: {request.get_json()}")

    return app


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_envelope_holds_a_number_even_with_everything_switched_on(inbox: Inbox) -> None:
    everything_on(inbox)
    spaced = f"{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}"
    for query in ("", "&abort=1"):
        leaky_app().test_client().post(
            f"/fail/{CARD}?pan={spaced}{query}",
            json={"note": f"my card is {CARD}", "dashed": spaced.replace(" ", "-")},
            headers={"Referer": f"https://a.example/?c={CARD}", "X-Card": CARD, "User-Agent": f"card {CARD}"},
        )
    logging.getLogger("leaky").error("the card was %s", CARD)
    sentry_sdk.capture_message(f"card {spaced}")
    sentry_sdk.flush(timeout=10)

    sent = wait_for(inbox, b'"type":"transaction"', b"cannot take", b'"type":"log"', b"trace_metric")
    assert not leaks(sent)
    assert b"9903" in sent  # something was masked, rather than nothing sent


def test_as_we_ship_it_a_report_holds_neither_body_nor_locals_nor_breadcrumbs(inbox: Inbox) -> None:
    sentry_sdk.init(dsn=inbox.dsn, **sentry_options())
    leaky_app().test_client().post(f"/fail/{CARD}", json={"note": "written by a customer"})
    sentry_sdk.flush(timeout=10)
    sent = wait_for(inbox, b"cannot take")
    assert b"written by a customer" in sent  # it stands in the exception's own text, and nowhere else
    assert sent.count(b"written by a customer") == 1
    assert b'"vars"' not in sent
    assert b"about to fail" not in sent
    assert not leaks(sent)


def leaks(sent: bytes) -> list[bytes]:
    """What stands around each number that left."""
    found = []
    for spelling in spellings(CARD):
        place = sent.find(spelling)
        while place >= 0:
            found.append(sent[max(0, place - 80) : place + 60])
            place = sent.find(spelling, place + 1)
    return found


def wait_for(inbox: Inbox, *wanted: bytes) -> bytes:
    """Everything that was sent, once all of this is in it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        sent = b"\n".join(inbox.kept)
        if all(part in sent for part in wanted):
            return sent
        time.sleep(0.05)
    missing = [part for part in wanted if part not in b"\n".join(inbox.kept)]
    pytest.fail(f"never sent: {missing}")
