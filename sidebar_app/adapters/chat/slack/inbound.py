"""Clicks and forms from Slack: verified, handed to the decisions, answered inside the same request.

A decision is committed before the click is acknowledged, because Slack does not deliver an acknowledged
click again. Slack waits three seconds.
"""

import json
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Request, Response
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from sidebar_app.adapters.chat.slack import buttons, forms
from sidebar_app.adapters.chat.slack.clicks import button_click, fault_of, form_click, headline, typed_reason
from sidebar_app.adapters.chat.slack.errors import translated
from sidebar_app.adapters.chat.slack.gate import Claims, Gate, Turned
from sidebar_app.adapters.chat.slack.texts import escaped
from sidebar_app.ports.chat import ChatRefused, ChatUnavailable, ChatUncertain, Decisions

log = logging.getLogger(__name__)

_OUTSIDER = "Only people of our own workspace can decide. Nothing was done."
_OUT_OF_DATE = "This card is out of date. Please look at the newest one."
_FORM_FAILED = "The form could not be opened, and nothing was decided. Please press Reject again."
_TROUBLE = (
    "Something went wrong, and it is not certain that your decision was recorded. "
    "Please look at the card before you try again. Reference: {}"
)

Json = dict[str, Any]


class SlackInbound:
    """`handle` answers everything that arrives at the Slack route.

    `signing_secrets`: all that are valid now. `now`: the present moment, UTC. `client` needs a short timeout
    (about one second, so that two calls fit into Slack's three): it opens forms and whispers refusals while
    the person waits. Nothing may have read `request.form` before. Raises ValueError for an empty secret and
    RuntimeError when the environment would switch on Bolt's own OAuth.
    """

    def __init__(
        self,
        *,
        decisions: Decisions,
        client: WebClient,
        signing_secrets: Sequence[str],
        app_id: str,
        home_team_id: str,
        now: Callable[[], datetime],
    ) -> None:
        self._decisions = decisions
        self._client = client
        self._home = home_team_id
        self._gate = Gate(signing_secrets=signing_secrets, app_id=app_id, home_team_id=home_team_id, now=now)
        self._bolt = SlackRequestHandler(self._app(client))

    def handle(self, request: Request) -> Response:
        """The answer to a POST of Slack: 401 unsigned, 400 unreadable, 403 for another app, else Bolt's."""
        try:
            claims = self._gate.admit(request)
        except Turned as turned:
            log.warning("slack request turned away: %s %s", turned.status, turned)
            return Response(str(turned), status=turned.status, mimetype="text/plain")
        if claims.foreign:
            return self._turn_outsider_away(claims)
        response = self._bolt.handle(request)
        if response.status_code == 404:
            log.warning("slack request of type %r is not handled here", claims.type[:40])
        return response

    def _turn_outsider_away(self, claims: Claims) -> Response:
        """Acknowledged, so that the person sees our sentence instead of Slack's error sign."""
        log.warning("slack user %s of workspace %s turned away", claims.user_id[:40], claims.foreign[:40])
        if claims.type == "view_submission":
            answer = json.dumps({"response_action": "update", "view": forms.notice(_OUTSIDER)})
            return Response(answer, mimetype="application/json")
        self._whisper(claims.channel_id, claims.user_id, _OUTSIDER)
        return Response(status=200)

    def _app(self, client: WebClient) -> App:
        """The gate has verified the request, so Bolt's own check (one secret, no clock) is off."""
        token, home = client.token, self._home

        def authorize() -> AuthorizeResult:  # the default would call auth.test while the person waits
            return AuthorizeResult(enterprise_id=None, team_id=home, bot_token=token)

        app = App(
            name="slack_inbound",
            logger=_quiet_logger(),
            client=client,
            authorize=authorize,
            signing_secret="verified-by-the-gate",  # noqa: S106 -- unused: Bolt's check is off
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
        )
        if app.oauth_flow is not None:
            raise RuntimeError(
                "Unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: this app is installed by token."
            )
        app.action(buttons.APPROVE)(self._approve)
        app.action(buttons.REJECT)(self._ask_for_reason)
        app.view(forms.REJECT_FORM)(self._reject)
        app.error(self._failed)
        return app

    # -- listeners (Bolt hands arguments over by name) ---------------------------------------------------

    def _approve(self, ack: Ack, body: Json, request: BoltRequest) -> BoltResponse:
        click = button_click(body, request)
        if click is None:
            self._whisper_to(body, _OUT_OF_DATE)
            return ack()
        answer = self._decisions.approve(
            click.request_id,
            version=click.version,
            actor=click.actor,
            delivery=click.delivery,
            source=click.source,
        )
        if not answer.done:
            self._whisper_to(body, answer.text)
        return ack()

    def _ask_for_reason(self, ack: Ack, body: Json, request: BoltRequest) -> BoltResponse:
        click = button_click(body, request)
        if click is None:
            self._whisper_to(body, _OUT_OF_DATE)
            return ack()
        answer = self._decisions.may_decide(click.request_id, version=click.version, actor=click.actor)
        if not answer.done:
            self._whisper_to(body, answer.text)
            return ack()
        form = forms.reject_form(click.request_id, version=click.version, about=headline(body))
        try:
            with translated(writes=True):
                self._client.views_open(trigger_id=str(body.get("trigger_id", "")), view=form)
        except ChatUncertain as problem:  # it may be open, and there is no time left for another call
            log.warning("slack form perhaps not opened: %s", problem)
        except (ChatUnavailable, ChatRefused) as problem:
            log.warning("slack form not opened: %s", problem)
            self._whisper_to(body, _FORM_FAILED)
        return ack()

    def _reject(self, ack: Ack, body: Json, request: BoltRequest) -> BoltResponse:
        view = body["view"]
        click = form_click(body, request)
        if click is None:
            return ack(response_action="update", view=forms.notice(_OUT_OF_DATE))
        reason = typed_reason(view)
        if fault := fault_of(reason):
            return ack(response_action="errors", errors={forms.REASON_BLOCK: fault})
        answer = self._decisions.reject(
            click.request_id,
            version=click.version,
            actor=click.actor,
            reason=reason,
            delivery=click.delivery,
            source=click.source,
        )
        return ack() if answer.done else ack(response_action="update", view=forms.notice(answer.text))

    def _failed(self, error: Exception, body: Json) -> BoltResponse:
        """An unexpected error: logged with a reference, and told to the person with it. What was typed stays."""
        reference = secrets.token_hex(4)
        log.error("slack interaction failed, reference %s", reference, exc_info=error)
        sentence = _TROUBLE.format(reference)
        if body.get("type") == "view_submission":
            answer = {"response_action": "errors", "errors": {forms.REASON_BLOCK: sentence}}
            return BoltResponse(status=200, body=answer)
        self._whisper_to(body, sentence)
        return BoltResponse(status=500, body="")

    # -- telling one person ------------------------------------------------------------------------------

    def _whisper_to(self, body: Json, text: str) -> None:
        channel = (body.get("channel") or {}).get("id", "")
        self._whisper(channel, body["user"]["id"], text)

    def _whisper(self, channel: str, user: str, text: str) -> None:
        """An ephemeral message; that it does not arrive changes nothing."""
        if not (channel and user and text):
            return
        try:
            with translated(writes=True):
                self._client.chat_postEphemeral(channel=channel, user=user, text=escaped(text))
        except (ChatUnavailable, ChatUncertain, ChatRefused) as problem:
            log.warning("slack whisper not delivered: %s", problem)


def _quiet_logger() -> logging.Logger:
    """Bolt's warnings quote whole bodies, so only its errors pass; its children copy this level."""
    logger = logging.getLogger(f"{__name__}.bolt")
    logger.setLevel(logging.ERROR)
    return logger
