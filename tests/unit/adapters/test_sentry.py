"""What really leaves for Sentry, byte by byte, when a card number stands wherever one can."""

import logging
import time
from collections.abc import Iterator

import pytest
import sentry_sdk
from flask import Flask, abort, request

from sidebar_app.adapters.logs import sentry_options
from tests.fakes.cards import leaks
from tests.fakes.sentry import Inbox

CARD = "5425233430109903"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()
    yield made
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    made.close()


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
    assert not leaks(CARD, sent)
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
    assert not leaks(CARD, sent)


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
