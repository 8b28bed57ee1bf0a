"""What people wrote into a ticket, out of Zendesk's JSON."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sidebar_app.adapters.helpdesk.zendesk import files
from sidebar_app.ports.helpdesk import ChangedTicket, Changes, Comment, TextField, TicketText

Json = dict[str, Any]
# In an element that is to be removed: developer.zendesk.com, "Redact comment in agent workspace".
_BARE_ATTRIBUTE = re.compile(r"(<[a-zA-Z][^<>]*?)\sredact(?=\s*/?>)")


def comment(ticket_id: int, given: Json) -> Comment:
    """Voice comments have no html of their own."""
    via = given.get("via") or {}
    return Comment(
        id=int(given["id"]),
        ticket_id=ticket_id,
        html=given.get("html_body") or html.escape(given.get("body") or "", quote=False),
        is_public=given["public"] is not False,
        author_id=int(given["author_id"]),
        created_at=datetime.fromisoformat(given["created_at"]),
        channel=str(via.get("channel") or ""),
        merged_tickets=tuple(_merged(via.get("source") or {})),
        attachments=tuple(
            files.attachment(ticket_id, int(given["id"]), f) for f in given.get("attachments") or ()
        ),
    )


def ticket_text(ticket: Json, titles: Mapping[int, str]) -> TicketText:
    """Every custom field with a text or a number in it; choices and dates are strings too, and harmless."""
    return TicketText(
        id=int(ticket["id"]),
        subject=str(ticket.get("subject") or ""),
        description=str(ticket.get("description") or ""),
        fields=tuple(
            TextField(number, titles.get(number, ""), value) for number, value in field_values(ticket)
        ),
        submitter_id=int(ticket.get("submitter_id") or 0),
        channel=str((ticket.get("via") or {}).get("channel") or ""),
        created_at=datetime.fromisoformat(ticket["created_at"]),
        changed_at=datetime.fromisoformat(ticket["updated_at"]),
    )


def field_values(ticket: Json) -> Iterator[tuple[int, str]]:
    """(id, text) of the custom fields that hold something."""
    for field in ticket.get("custom_fields") or ():
        value = field.get("value")
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
            yield int(field["id"]), str(value)


def changes(answer: Json, bookmark: str) -> Changes:
    """A page of the incremental export; an empty one keeps the bookmark."""
    tickets = tuple(
        ChangedTicket(
            id=int(ticket["id"]),
            created_at=datetime.fromisoformat(ticket["created_at"]),
            changed_at=datetime.fromisoformat(ticket["updated_at"]),
            deleted=ticket.get("status") == "deleted",
        )
        for ticket in answer["tickets"]
    )
    return Changes(tickets, str(answer.get("after_cursor") or bookmark), answer["end_of_stream"] is True)


def plain(given: Json) -> str:
    """A comment as a reader sees it."""
    return str(given.get("plain_body") or given.get("body") or "")


def squeezed(text: str) -> str:
    """Without white space: Zendesk turns line breaks into markup and back."""
    return "".join(text.split())


def unmarked(marked_html: str) -> str:
    """The html without its redaction marks."""
    plain = marked_html.replace("<redact>", "").replace("</redact>", "")
    return _BARE_ATTRIBUTE.sub(r"\1", plain)


def _merged(source: Json) -> Iterator[int]:
    """The other tickets of a merge: one (`ticket_id`) or several (`ticket_ids`), on either side."""
    if source.get("rel") != "merge":
        return
    for side in (source.get("from") or {}, source.get("to") or {}):
        for named in (side.get("ticket_id"), *(side.get("ticket_ids") or ())):
            if named:
                yield int(named)
