"""Log lines and error reports."""

import logging
import sys

import pytest

from sidebar_app.redaction import RedactingFormatter, scrub_event
from sidebar_app.redaction.logs import mask_every

CARD = "4242424242424242"


def _record(message: str, *args: object, failed: bool = False) -> logging.LogRecord:
    info = None
    if failed:
        try:
            raise ValueError(f"bad card {CARD}")
        except ValueError:
            info = sys.exc_info()
    return logging.LogRecord("x", logging.ERROR, __file__, 1, message, args, info)


def test_message_and_arguments_are_masked() -> None:
    line = RedactingFormatter("%(levelname)s %(message)s").format(_record("card %s from %s", CARD, "L1"))
    assert line == "ERROR card ************4242 from L1"


def test_a_number_put_together_from_arguments_is_masked() -> None:
    line = RedactingFormatter().format(_record("%s %s", "4242 4242", "4242 4242"))
    assert line == "**** **** **** 4242"


def test_the_traceback_is_masked() -> None:
    line = RedactingFormatter().format(_record("boom", failed=True))
    assert "ValueError: bad card ************4242" in line
    assert CARD not in line


def test_every_value_and_key_of_an_event_is_masked() -> None:
    event = {
        "message": f"card {CARD}",
        CARD: {"vars": [f"x={CARD}", (CARD, 1)], "number": int(CARD), "bytes": CARD.encode()},
        "request": {"data": {"card": CARD}, "query_string": f"pan={CARD}"},
        "level": "error",
        "ok": True,
        "none": None,
        "count": 12,
    }
    scrubbed = scrub_event(event)
    assert CARD not in repr(scrubbed)
    assert (scrubbed["level"], scrubbed["ok"], scrubbed["none"], scrubbed["count"]) == (
        "error",
        True,
        None,
        12,
    )
    assert scrubbed["request"]["query_string"] == "pan=************4242"
    assert event["message"] == f"card {CARD}"


def test_an_unknown_object_is_masked_in_its_written_form() -> None:
    class Leaky:
        def __repr__(self) -> str:
            return f"Leaky({CARD})"

    assert scrub_event(Leaky()) == "Leaky(************4242)"
    assert CARD not in repr(scrub_event({"leaky": Leaky(), "set": {CARD}}))


def test_a_bottomless_value_is_not_shown_at_all() -> None:
    value: list[object] = [CARD]
    for _ in range(500):
        value = [value]
    assert CARD not in repr(scrub_event(value))


@pytest.mark.parametrize("text", [f"GET http://a.example/pay/{CARD}", f"ids: {CARD}, 7", f"pi_{CARD}"])
def test_a_log_is_stricter_than_a_ticket(text: str) -> None:
    assert CARD not in mask_every(text)
    assert mask_every(text).count("*") == 12


def test_times_and_our_own_ids_stay_readable_in_a_log() -> None:
    line = "2026-11-27 15:03:50,173 INFO task_0193ab12ff3401 ts=1764255830.173986 took 1764255830173986"
    assert mask_every(line) == line
