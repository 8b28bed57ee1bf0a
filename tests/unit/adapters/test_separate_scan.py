"""The process that holds presidio: it answers, it can be ended, and its end is never taken for "nothing found"."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from sidebar_app.adapters.beyond_cards import SeparateScan, searching, try_both_paths
from sidebar_app.redaction import ScanFailed, scan

TEXT = "IBAN DE89 3704 0044 0532 0130 00, card 4242 4242 4242 4242"


@pytest.fixture
def search() -> Iterator[SeparateScan]:
    search = SeparateScan(["iban"], seconds=1.0)
    search.start()
    yield search
    search.close()


def _pid(search: SeparateScan) -> int:
    assert search._process
    return search._process.pid


def test_cards_and_the_rest_come_in_one_answer(search: SeparateScan) -> None:
    assert [(hit.kind, hit.last4) for hit in search(TEXT)] == [("iban", "3000"), ("pan", "4242")]
    again = _pid(search)
    search(TEXT)
    assert _pid(search) == again


def test_a_process_that_hangs_is_ended_and_the_text_counts_as_not_scanned(search: SeparateScan) -> None:
    stuck = _pid(search)
    os.kill(stuck, signal.SIGSTOP)
    with pytest.raises(ScanFailed, match="too long") as fault:
        search(TEXT)
    assert "4242" not in str(fault.value)
    assert "DE89" not in str(fault.value)
    with pytest.raises(ProcessLookupError):
        os.kill(stuck, 0)


def test_a_process_that_dies_while_asked_fails_this_text_and_serves_the_next() -> None:
    with closing(SeparateScan(["iban"], seconds=60.0)) as search:
        search.start()
        doomed = _pid(search)
        os.kill(doomed, signal.SIGSTOP)
        killer = threading.Timer(0.1, os.kill, (doomed, signal.SIGKILL))
        killer.start()
        with pytest.raises(ScanFailed, match="no answer"):
            search(TEXT)
        killer.join()
        assert [hit.kind for hit in search(TEXT)] == ["iban", "pan"]


def test_the_process_ends_itself_in_the_middle_of_a_pattern_when_nobody_else_does() -> None:
    slow = json.dumps("x@1." * 50_000).encode() + b"\n"
    child = subprocess.run(
        [sys.executable, "-m", "sidebar_app.adapters.beyond_cards.child", "0.2", "in_pan"],
        input=slow,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGALRM
    assert child.stdout == b'{"ready": true}\n'


def test_a_worker_gets_the_plain_scan_where_nothing_else_is_wanted_and_the_process_goes_with_it() -> None:
    with searching([]) as search:
        assert search is scan
    with searching(["iban"]) as search:
        assert isinstance(search, SeparateScan)
        assert [hit.kind for hit in search(TEXT)] == ["iban", "pan"]
        pid = _pid(search)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_both_paths_are_tried_with_and_without_optional_classes() -> None:
    try_both_paths([])
    try_both_paths(["iban", "us_ssn"])


def test_an_unknown_class_is_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        SeparateScan(["shoe_size"])
