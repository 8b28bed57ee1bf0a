"""The parts of the running app, and who is asking."""

from flask import current_app, request

from sidebar_app.web.parts import Parts
from sidebar_app.web.problems import OtherPlace, OtherTicket
from sidebar_app.web.tokens import InvalidToken, Pass

# Places in the helpdesk, in its own words. What is given out in one opens nothing in the other.
PANEL, CONSOLE = "ticket_sidebar", "nav_bar"


def parts() -> Parts:
    found: Parts = current_app.extensions["parts"]
    return found


def bearer(location: str = PANEL) -> Pass:
    """The pass in the Authorization header, given out at `location`; raises InvalidToken, SessionEnded, OtherPlace."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise InvalidToken("Send the token of the panel or console as a bearer token.")
    holder = parts().tokens.read(token.strip(), now=parts().clock.now())
    if holder.location != location:
        raise OtherPlace
    return holder


def bearer_for(ticket_id: int) -> Pass:
    """The pass, if it is for this ticket; raises OtherTicket too."""
    holder = bearer()
    if holder.ticket_id != ticket_id:
        raise OtherTicket
    return holder
