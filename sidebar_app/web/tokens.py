"""Bearer tokens of panel and console: this agent, this place, this ticket, half an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

LIFETIME = timedelta(minutes=30)
_ALGORITHM = "HS256"
_AUDIENCE = "billing-sidebar-panel"


class SessionEnded(Exception):
    """The token is too old."""


class InvalidToken(Exception):
    """No token, or one that we did not make."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says; `ticket_id` is None in the console, and until the browser has told which ticket it shows."""

    agent_id: int
    ticket_id: int | None
    location: str


class Tokens:
    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(self, holder: Pass, *, now: datetime) -> str:
        claims = {
            "aud": _AUDIENCE,
            "sub": str(holder.agent_id),
            "ticket": holder.ticket_id,
            "loc": holder.location,
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def read(self, token: str, *, now: datetime) -> Pass:
        """Raises SessionEnded, InvalidToken."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub", "aud"], "verify_exp": False},
            )
        except jwt.InvalidTokenError:
            raise InvalidToken("This is not a token of this service.") from None
        if claims["exp"] <= now.timestamp():
            raise SessionEnded("This page has been open for more than 30 minutes. Reload it to go on.")
        return Pass(int(claims["sub"]), claims["ticket"], claims["loc"])
