"""What a person writes to an act of theirs."""

from sidebar_app.actions import InvalidParams
from sidebar_app.redaction import mask_free_text

LONGEST = 2000


def remark(text: str) -> str:
    """The text, masked; raises InvalidParams for none and for one that is too long."""
    plain = text.strip()
    if not plain:
        raise InvalidParams({"comment": ["Write a comment."]})
    if len(plain) > LONGEST:
        raise InvalidParams({"comment": [f"Write {LONGEST} characters at most."]})
    return mask_free_text(plain)
