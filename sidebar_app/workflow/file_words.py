"""Names of files and what could not be read of them, as the log and people may see them: without a card number."""

import re
from collections.abc import Sequence

from sidebar_app.ports.extractor import NotScanned
from sidebar_app.redaction import mask_free_text

# The ending of a name stands glued to a number (`4111….txt`), and so do the folders of a path.
_APART = re.compile(r"(\.[A-Za-z0-9]{1,8}\b|[/\\›])")
_LONGEST_NAME = 120
_NAMED_GAPS = 3


def searchable(name: str) -> str:
    """The name as a text that the detector can read."""
    return " ".join(_APART.split(name))


def masked_name(name: str) -> str:
    return "".join(mask_free_text(part) for part in _APART.split(name))[:_LONGEST_NAME]


def gaps_told(gaps: Sequence[NotScanned]) -> str:
    """The first few gaps with their places."""
    named = [_told(gap) for gap in gaps[:_NAMED_GAPS]]
    more = len(gaps) - len(named)
    return " ".join(named) + (f" And {more} more parts." if more > 0 else "")


def _told(gap: NotScanned) -> str:
    return f"{masked_name(gap.place)}: {gap.reason}" if gap.place else gap.reason
