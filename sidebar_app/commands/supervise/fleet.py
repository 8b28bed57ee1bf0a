"""All sandbox servers in one process."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from sidebar_app.commands.supervise.preview import Ports
from sidebar_app.sandbox import mail, slack, stripe, zendesk
from sidebar_app.sandbox.kit import Documents, Faults, Server


class Fleet:
    """Each keeps its documents in a file of its own in `folder` and has its own fault switch."""

    def __init__(self, ports: Ports, folder: Path) -> None:
        self._ports, self._folder = ports, folder
        self._app_url = ports.url(ports.web)

    def start(self, stack: ExitStack) -> None:
        """Serves until the stack is closed; webhooks and clicks go to the service's port."""
        now = datetime.now(UTC)  # the sandboxes are other people's servers: they have their own clock
        self._mail(stack)
        self._slack(stack)
        self._stripe(stack, now)
        self._zendesk(stack, now)

    def _mail(self, stack: ExitStack) -> None:
        documents, faults = self._documents(stack, "mail"), Faults()
        stack.enter_context(mail.MailServer(documents, self._ports.smtp, faults=faults))
        self._serve(stack, mail.create_app(documents, faults), self._ports.mail)

    def _slack(self, stack: ExitStack) -> None:
        clicks = f"{self._app_url}/slack/events"
        app = slack.create_app(self._documents(stack, "slack"), Faults(), interactivity_url=clicks)
        self._serve(stack, app, self._ports.slack)

    def _stripe(self, stack: ExitStack, now: datetime) -> None:
        documents = self._documents(stack, "stripe")
        stripe.seed(documents, now)
        app = stripe.create_app(documents, Faults(), webhook_url=f"{self._app_url}/webhooks/stripe")
        self._serve(stack, app, self._ports.stripe)

    def _zendesk(self, stack: ExitStack, now: datetime) -> None:
        documents = self._documents(stack, "zendesk")
        zendesk.seed(documents, now)
        zendesk.seed_past(documents, now)
        app = zendesk.create_app(
            documents, Faults(), app_url=self._app_url, webhook_url=f"{self._app_url}/webhooks/zendesk"
        )
        self._serve(stack, app, self._ports.zendesk)

    def _documents(self, stack: ExitStack, name: str) -> Documents:
        documents = Documents(self._folder / f"{name}.db")
        stack.callback(documents.close)
        return documents

    def _serve(self, stack: ExitStack, app: Flask, port: int) -> None:
        if sender := app.extensions.get("webhooks"):
            stack.callback(sender.close)
        stack.enter_context(Server(app, port))
