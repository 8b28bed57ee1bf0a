"""The parts of the running app, and who is asking."""

from flask import current_app, request

from sidebar_app.web.parts import Parts
from sidebar_app.web.problems import OtherTicket
from sidebar_app.web.tokens import InvalidToken, Pass


def parts() -> Parts:
    found: Parts = current_app.extensions["parts"]
    return found


def bearer() -> Pass:
    """The pass in the Authorization header; raises InvalidToken, SessionEnded."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise InvalidToken("Send the panel's token as a bearer token.")
    return parts().tokens.read(token.strip(), now=parts().clock.now())


def bearer_for(ticket_id: int) -> Pass:
    """The pass, if it is for this ticket; raises OtherTicket too."""
    holder = bearer()
    if holder.ticket_id != ticket_id:
        raise OtherTicket
    return holder
