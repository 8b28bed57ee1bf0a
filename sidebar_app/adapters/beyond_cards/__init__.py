"""What workers search tickets with: the card detector, and where a company wants it the optional classes of numbers.

Those are presidio's, which is slow to load and whose patterns can be made to hang: it lives in a process of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from sidebar_app.adapters.beyond_cards.separate import SeparateScan
from sidebar_app.redaction import Scan, scan
from sidebar_app.redaction.presidio import build_engine, self_test

__all__ = ["SeparateScan", "searching", "try_both_paths"]


@contextmanager
def searching(names: Sequence[str]) -> Iterator[Scan]:
    """A scan for these classes that has found a known number. Raises DetectorBroken or ScanFailed."""
    self_test()
    if not names:
        yield scan
        return
    with closing(SeparateScan(names)) as search:
        search.start()
        yield search


def try_both_paths(names: Sequence[str]) -> None:
    """Finds a known number without and with presidio's engine, also where no class is switched on. DetectorBroken."""
    self_test(build_engine(optional=names))
