"""gunicorn's worker of threads, without its habit of repeating what it could not read."""

from typing import Any

from gunicorn.http.errors import InvalidRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from sidebar_app.redaction.logs import mask_every


class Worker(ThreadWorker):
    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """The answer to malformed HTTP quotes the line at fault, and a card number may stand in it."""
        told = str(exc)
        if isinstance(exc, ParseException) and mask_every(told) != told:
            exc = InvalidRequestLine("(not repeated)")
        super().handle_error(req, client, addr, exc)
