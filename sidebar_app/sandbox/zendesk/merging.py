"""Merging one ticket into another: the last comment is copied, and the merged ticket closed."""

from sidebar_app.sandbox.zendesk import events, markup
from sidebar_app.sandbox.zendesk.desk import Desk, change_event, via_channel


def merge(desk: Desk, ticket_id: int, into: int, *, author_id: int) -> None:
    """Both tickets get a comment that names the other one."""
    with desk.documents.lock:
        source, target = desk.ticket(ticket_id), desk.ticket(into)
        last = desk.comments(ticket_id)[-1]["plain_body"]
        words = f'Request #{ticket_id} "{source["subject"]}" was closed and merged into this request. '
        words += f"Last comment in request #{ticket_id}:\n\n{last}"
        copied = desk.append(target, author_id, markup.to_html(words), public=False, via=_of_merge(ticket_id))
        left = f'This request was closed and merged into request #{into} "{target["subject"]}".'
        desk.append(source, author_id, markup.to_html(left), public=False, via=_of_merge(into))
        closed = desk.ticket(ticket_id)
        change = change_event("status", closed["status"], "closed")
        desk.record(closed | {"status": "closed"}, author_id, [change])
    at, author = desk.now(), desk.user(author_id)
    desk.announce(events.comment_added(desk.ticket(into), copied, author, at=at))
    desk.announce(events.merged(desk.ticket(ticket_id), into, author_id, at=at))


def _of_merge(other: int) -> dict[str, object]:
    return via_channel("web", rel="merge", origin={"ticket_id": other})
