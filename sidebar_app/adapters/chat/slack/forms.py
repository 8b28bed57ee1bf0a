"""The modals: asking for the reason of a rejection, and telling that there is nothing left to decide."""

import json

from sidebar_app.adapters.chat.slack.texts import Json, plain

REJECT_FORM = "reject_form"
REASON_BLOCK = "reason"
REASON_INPUT = "text"
REASON_MIN_CHARACTERS = 5
REASON_MAX_CHARACTERS = 1000


def reject_form(request_id: str, *, version: int, about: str) -> Json:
    """Asks for the reason. `about` is shown only; what is decided stands in the metadata."""
    intro = [{"type": "section", "text": plain(about, 300)}] if about.strip() else []
    return {
        "type": "modal",
        "callback_id": REJECT_FORM,
        "private_metadata": json.dumps({"id": request_id, "v": version}),
        "title": plain("Reject request", 24),
        "submit": plain("Reject", 24),
        "close": plain("Go back", 24),
        "blocks": [*intro, _reason_input()],
    }


def notice(text: str) -> Json:
    """One sentence and nothing to submit."""
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": plain("Nothing was decided", 24),
        "close": plain("Close", 24),
        "blocks": [{"type": "section", "text": plain(text, 2000)}],
    }


def _reason_input() -> Json:
    return {
        "type": "input",
        "block_id": REASON_BLOCK,
        "label": plain("Why is this rejected?", 2000),
        "hint": plain("The agent reads it on the ticket. No card numbers, please.", 2000),
        "element": {
            "type": "plain_text_input",
            "action_id": REASON_INPUT,
            "multiline": True,
            "min_length": REASON_MIN_CHARACTERS,
            "max_length": REASON_MAX_CHARACTERS,
        },
    }
