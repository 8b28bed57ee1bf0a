"""Telling the customer by e-mail, through any SMTP server."""

import hashlib
import re
import smtplib
import ssl
from contextlib import suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from sidebar_app.ports.notifier import Mail, NotifierUnavailable

TIMEOUT_SECONDS = 10.0
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_PORTS = {"smtp": 25, "smtps": 465}
_SPACE = re.compile(r"\s+")


class EmailNotifier:
    """Implements Notifier. `smtp_url`: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.

    Only a server on loopback is spoken to without TLS. ValueError for an address that cannot be used; the text
    does not quote it, as it holds a password.
    """

    def __init__(self, smtp_url: str, *, sender: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(smtp_url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("The SMTP address must begin with smtp:// or smtps:// and name a host.")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._domain = sender, _domain(sender)
        self._timeout = timeout_seconds

    def send(self, mail: Mail) -> None:
        """The same key gives the same Message-ID, so a repeat can be recognised. Raises NotifierUnavailable."""
        message = self._message(mail)
        try:
            server = self._connected()
            try:
                server.send_message(message)
            finally:
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
            return
        except (smtplib.SMTPException, OSError, ValueError) as error:
            failed = NotifierUnavailable(_reason(error))
        raise failed  # outside: the library's exceptions quote addresses

    def _connected(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            self._secured(server)
        except BaseException:
            server.close()
            raise
        return server

    def _secured(self, server: smtplib.SMTP) -> None:
        if self._scheme == "smtp" and self._host not in _LOOPBACK:
            server.starttls(context=ssl.create_default_context())
        if self._user:
            server.login(self._user, self._password)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"], message["To"] = self._sender, Address(addr_spec=mail.to)
        except (ValueError, HeaderParseError, IndexError):
            raise NotifierUnavailable("The recipient's address is not a mail address.") from None
        message["Subject"] = _SPACE.sub(" ", mail.subject).strip()
        message["Message-ID"] = self._message_id(mail.key)
        message["Date"] = formatdate(usegmt=True)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        return message

    def _message_id(self, key: str) -> str:
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{self._domain}>"


def _domain(sender: str) -> str:
    name, _, domain = parseaddr(sender)[1].rpartition("@")
    if not name or not domain:
        raise ValueError("The sender of mails must be a mail address.")
    return domain


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"The mail server refused the recipient ({_code(error)})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server did not accept the message ({error.smtp_code})."
    return f"The mail server cannot be reached ({type(error).__name__})."


def _code(error: smtplib.SMTPRecipientsRefused) -> int:
    return next((int(code) for code, _ in error.recipients.values()), 550)
