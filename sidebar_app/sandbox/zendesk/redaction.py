"""What the redaction endpoints do to a comment; all of it is permanent."""

from sidebar_app.sandbox.kit import Json
from sidebar_app.sandbox.zendesk import events, markup
from sidebar_app.sandbox.zendesk.desk import COMMENT, FILE, Desk
from sidebar_app.sandbox.zendesk.errors import closed, invalid, not_found

TAG = "redacted_content"


def redact_marks(desk: Desk, comment_id: str, asked: Json, *, actor_id: int) -> Json:
    """`PUT comment_redactions/{id}`: works on closed tickets too.

    Refused when `html_body` without its marks is not what is stored: nothing but marking can be done here.
    """
    with desk.documents.lock:
        comment = desk.comment(comment_id, ticket_id=asked.get("ticket_id", ""))
        marked = str(asked.get("html_body") or "")
        files = set(asked.get("external_attachment_urls") or ())
        if not marked and not files:
            raise invalid("html_body", "Html body: or external attachment urls must be given")
        if marked:
            desk.rewrite(comment, _blackened(comment, marked))
        emptied = [a for a in comment["attachments"] if any(url.endswith(a["content_url"]) for url in files)]
        for attachment in emptied:
            _empty(desk, attachment)
        done = _done(desk, comment, actor_id)
    for attachment in emptied:
        _announce_emptied(desk, done, attachment, actor_id)
    return done


def redact_text(desk: Desk, ticket_id: str, comment_id: str, text: str, *, actor_id: int) -> Json:
    """The legacy `PUT tickets/{id}/comments/{id}/redact`: literal text only, never on a closed ticket."""
    with desk.documents.lock:
        comment = _open_comment(desk, ticket_id, comment_id)
        if not text or text not in comment["html_body"]:
            raise invalid("text", "Text: was not found in the comment")
        desk.rewrite(comment, comment["html_body"].replace(text, markup.BLACK * len(text)))
        return _done(desk, comment, actor_id)


def redact_attachment(
    desk: Desk, ticket_id: str, comment_id: str, attachment_id: str, *, actor_id: int
) -> Json:
    """`PUT …/attachments/{id}/redact`: the file becomes an empty `redacted.txt`."""
    with desk.documents.lock:
        comment = _open_comment(desk, ticket_id, comment_id)
        for attachment in comment["attachments"]:
            if str(attachment["id"]) == attachment_id:
                _empty(desk, attachment)
                _done(desk, comment, actor_id)
                break
        else:
            raise not_found()
    _announce_emptied(desk, comment, attachment, actor_id)
    return dict(attachment)


def _announce_emptied(desk: Desk, comment: Json, attachment: Json, actor_id: int) -> None:
    ticket = desk.ticket(comment["_ticket"])
    desk.announce(events.attachment_redacted(ticket, comment, attachment, actor_id, at=desk.now()))


def _open_comment(desk: Desk, ticket_id: str, comment_id: str) -> Json:
    comment = desk.comment(comment_id, ticket_id=ticket_id)
    if desk.ticket(ticket_id)["status"] == "closed":
        raise closed()
    return comment


def _blackened(comment: Json, marked: str) -> str:
    if markup.unmarked(marked) != comment["html_body"]:
        raise invalid("html_body", "Html body: differs from the comment in more than redact marks")
    try:
        return markup.redacted(marked)
    except markup.BadMarks as wrong:
        raise invalid("html_body", f"Html body: {wrong}") from None


def _empty(desk: Desk, attachment: Json) -> None:
    token = attachment["content_url"].split("/")[3]
    desk.documents.put(FILE, token, {"content": "", "type": "text/plain"})
    url = f"/attachments/token/{token}/?name=redacted.txt"
    attachment |= {"file_name": "redacted.txt", "content_type": "text/plain", "size": 0}
    attachment |= {"content_url": url, "mapped_content_url": url}


def _done(desk: Desk, comment: Json, actor_id: int) -> Json:
    """Counts as an update of the ticket, closed or not: tag, audit, event."""
    desk.documents.put(COMMENT, comment["id"], comment)
    ticket = desk.ticket(comment["_ticket"])
    ticket["tags"] = sorted({*ticket["tags"], TAG})
    desk.record(ticket, actor_id, [{"type": "CommentRedactionEvent", "comment_id": comment["id"]}])
    desk.announce(events.comment_redacted(ticket, comment, actor_id, at=desk.now()))
    return comment
