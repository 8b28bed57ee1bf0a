"""The process that holds presidio: a line with a text comes in, a line with places goes out.

Its texts stay between the two ends of the pipes: nothing is logged, and an error is answered by its type alone.
"""

import json
import logging
import signal
import sys
from collections.abc import Iterable
from typing import BinaryIO

from sidebar_app.redaction.beyond_cards import Finder
from sidebar_app.redaction.presidio import finder


def main(names: list[str], seconds: float) -> None:
    """Answers until the other end closes. Texts that take longer than `seconds` end the process."""
    logging.disable()
    find = finder(names)
    serve(find, sys.stdin.buffer, sys.stdout.buffer, seconds)


def serve(find: Finder, asked: Iterable[bytes], answers: BinaryIO, seconds: float) -> None:
    _answer(answers, {"ready": True})
    for line in asked:
        # The kernel ends us, also in the middle of a pattern and also when nobody waits for the answer any more.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            _answer(answers, {"found": list(find(json.loads(line)))})
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other end must not take it for "nothing"
            _answer(answers, {"error": type(error).__name__})
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(answers: BinaryIO, what: dict[str, object]) -> None:
    answers.write(json.dumps(what).encode("ascii") + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[2:], float(sys.argv[1]))
