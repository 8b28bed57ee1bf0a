"""Slack as the chat of approvals, over slack_sdk's WebClient."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sidebar_app.adapters.chat.slack.cards import Message, approval_card
from sidebar_app.adapters.chat.slack.errors import code_of, translated
from sidebar_app.adapters.chat.slack.texts import Json, escaped, safe
from sidebar_app.domain.people import SlackIdentity
from sidebar_app.ports.chat import ApprovalCard, ChatRefused, MessageRef

# What docs/slack-app-manifest.json asks for.
NEEDED_SCOPES = frozenset({"chat:write", "users:read", "users:read.email", "channels:read", "groups:read"})
_NOT_A_MEMBER = (
    "deleted",
    "is_bot",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
    "is_invited_user",
)
_NO_SUCH_USER = frozenset({"user_not_found", "users_not_found", "user_not_visible"})


def web_client(token: str, *, base_url: str, timeout_seconds: float) -> WebClient:
    """A client that never sends a call twice by itself: the SDK's default retries a post whose answer was
    lost, which would put a second card into the channel.

    A proxy from the environment is left aside for loopback, which the SDK would not do by itself.
    """
    client = WebClient(
        token=token,
        base_url=base_url.rstrip("/") + "/",
        timeout=timeout_seconds,  # type: ignore[arg-type]  # urllib takes fractions of a second
        retry_handlers=[],
    )
    if _is_loopback(base_url):
        client.proxy = None
    return client


class SlackChat:
    """Fulfils `ports.chat.Chat`. Only members of `home_team_id` count as members.

    `client` is for posting from workers; `quick_client` (about one second) for what a person waits for.
    """

    def __init__(
        self,
        *,
        client: WebClient,
        quick_client: WebClient,
        home_team_id: str,
        approvals_channel: str,
        security_channel: str,
    ) -> None:
        self._client = client
        self._quick = quick_client
        self._home = home_team_id
        self._approvals = approvals_channel
        self._security = security_channel

    def post_card(self, card: ApprovalCard) -> MessageRef:
        return self._post(self._approvals, approval_card(card))

    def update_card(self, ref: MessageRef, card: ApprovalCard) -> None:
        message = approval_card(card)
        with translated(writes=True):
            self._client.chat_update(channel=ref.channel, ts=ref.ts, text=message.text, blocks=message.blocks)

    def warn_security(self, text: str) -> None:
        self._post(self._security, Message(escaped(safe(text), 3500), []))

    def is_active_member(self, identity: SlackIdentity) -> bool:
        return self._member(identity) is not None

    def email_of(self, identity: SlackIdentity) -> str:
        member = self._member(identity)
        return _confirmed_email(member) if member else ""

    def member_of(self, email: str) -> SlackIdentity | None:
        with _none_when_unknown(), translated(writes=False):
            user = self._client.users_lookupByEmail(email=email)["user"]
            if self._is_member(user) and _confirmed_email(user).casefold() == email.casefold():
                return SlackIdentity(self._home, user["id"])
        return None

    def _member(self, identity: SlackIdentity) -> Json | None:
        """The user object of a full member of our workspace; None for everybody else."""
        if identity.team_id != self._home:
            return None
        with _none_when_unknown(), translated(writes=False):
            user: Json = self._quick.users_info(user=identity.user_id)["user"]
            return user if self._is_member(user) else None
        return None

    def _is_member(self, user: Json) -> bool:
        return user.get("team_id") == self._home and not any(user.get(flag) for flag in _NOT_A_MEMBER)

    def check(self) -> list[str]:
        """What an operator should know: sentences about everything that is not as it should be.

        Raises ChatUnavailable or ChatRefused when Slack cannot be asked.
        """
        with translated(writes=False):
            answer = self._client.auth_test()
        faults = []
        if answer["team_id"] != self._home:
            faults.append(f"The bot token belongs to workspace {answer['team_id']}, not to {self._home}.")
        granted = {str(k).lower(): v for k, v in answer.headers.items()}.get("x-oauth-scopes", "")
        missing = NEEDED_SCOPES - {scope.strip() for scope in granted.split(",")}
        if missing:
            faults.append(f"The bot token lacks the scopes {', '.join(sorted(missing))}.")
        for channel in (self._approvals, self._security):
            try:
                self._require_private_to_us(channel)
            except ChatRefused as refused:
                faults.append(str(refused))
        return faults

    def _post(self, channel: str, message: Message) -> MessageRef:
        """Posts once, and only where nobody of another company reads along."""
        self._require_private_to_us(channel)
        with translated(writes=True):
            posted = self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks or None,
                mrkdwn=bool(message.blocks),
                unfurl_links=False,
                unfurl_media=False,
            )
        return MessageRef(channel=posted["channel"], ts=posted["ts"])

    def _require_private_to_us(self, channel: str) -> None:
        """`is_shared` alone may be a channel of our own organisation; these two flags mean outsiders."""
        with translated(writes=False):
            info = self._client.conversations_info(channel=channel)["channel"]
        if info.get("is_ext_shared") or info.get("is_pending_ext_shared"):
            raise ChatRefused(f"Channel {channel} is shared with another company.")


def _confirmed_email(user: Json) -> str:
    """What a person merely typed into their profile proves nothing."""
    email = (user.get("profile") or {}).get("email")
    return email if isinstance(email, str) and user.get("is_email_confirmed") else ""


@contextmanager
def _none_when_unknown() -> Iterator[None]:
    """Ends the block quietly when Slack says that there is no such user."""
    try:
        yield
    except ChatRefused as refused:
        cause = refused.__cause__
        if not (isinstance(cause, SlackApiError) and code_of(cause) in _NO_SUCH_USER):
            raise


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
