"""What the workspace knows: people, channels, messages, ephemerals, open modals, trigger ids."""

import secrets
from collections.abc import Callable

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.slack import block_kit
from sidebar_app.sandbox.slack.seed import BOT_ID, BOT_USER

TRIGGER_SECONDS = 3.0
MAX_STACK = 3


class SlackError(Exception):
    """An answer `{"ok": false, "error": code}`, with more keys where Slack gives more."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages


class Workspace:
    """The state of one workspace in `documents`; `clock` gives seconds since the epoch."""

    def __init__(self, documents: Documents, clock: Callable[[], float]) -> None:
        self.documents = documents
        self.clock = clock

    # -- people and channels ---------------------------------------------------------------------

    def user(self, id: str, error: str = "user_not_found") -> Json:
        user = self.documents.get("slack_user", id)
        if user is None:
            raise SlackError(error)
        return user

    def person(self, who: str) -> Json:
        """The user of that name ("manager") or id ("U0MANAGER")."""
        for user in self.documents.all("slack_user"):
            if who in (user["name"], user["id"]):
                return user
        raise SlackError("user_not_found")

    def people(self) -> list[Json]:
        """Who can sit in front of a Slack client: no bots, nobody deactivated."""
        return [u for u in self.documents.all("slack_user") if not u["is_bot"] and not u["deleted"]]

    def user_by_email(self, email: str) -> Json:
        for user in self.people():
            if user["profile"]["email"] and user["profile"]["email"].lower() == email.lower():
                return user
        raise SlackError("users_not_found")

    def channel(self, ref: str) -> Json:
        """The channel of that id or name; a direct message for a user id, opened on first use."""
        for channel in self.documents.all("slack_channel"):
            if ref.lstrip("#") in (channel["id"], channel["name"]):
                return channel
        if user := self.documents.get("slack_user", ref):
            return self._direct_message(user)
        raise SlackError("channel_not_found")

    def _direct_message(self, user: Json) -> Json:
        name = "D0" + user["id"].removeprefix("U0")
        members = [user["id"], BOT_USER]
        channel = {"id": name, "name": name, "is_im": True, "user": user["id"], "members": members}
        return self.documents.put("slack_channel", name, channel)

    # -- messages --------------------------------------------------------------------------------

    def new_ts(self) -> str:
        """A message timestamp that no other message of the workspace has."""
        with self.documents.lock:
            last = (self.documents.get("slack_clock", "last") or {"micros": 0})["micros"]
            micros = max(int(self.clock() * 1_000_000), last + 1)
            self.documents.put("slack_clock", "last", {"micros": micros})
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def post(self, channel: Json, text: str, blocks: list[Json], **more: object) -> Json:
        ts = self.new_ts()
        message: Json = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT_ID,
            "app_id": cast.SLACK_APP_ID,
            "team": cast.SLACK_TEAM_ID,
            "ts": ts,
            "text": text[:40_000],
            **{key: value for key, value in more.items() if value},
        }
        if blocks:
            message["blocks"] = block_kit.with_ids(blocks, f"b{ts[-6:]}")
        return self.documents.put(f"slack_message:{channel['id']}", ts, message)

    def messages(self, channel: Json) -> list[Json]:
        return self.documents.all(f"slack_message:{channel['id']}")

    def message(self, channel: Json, ts: str) -> Json:
        message = self.documents.get(f"slack_message:{channel['id']}", ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def save_message(self, channel: Json, message: Json) -> Json:
        return self.documents.put(f"slack_message:{channel['id']}", message["ts"], message)

    def whisper(self, channel: Json, user: str, text: str, blocks: list[Json], thread_ts: str = "") -> str:
        """An ephemeral message; returns its timestamp."""
        ts = self.new_ts()
        self.documents.put(
            "slack_ephemeral",
            ts,
            {
                "ts": ts,
                "channel": channel["id"],
                "user": user,
                "text": text,
                "blocks": block_kit.with_ids(blocks, f"e{ts[-6:]}"),
                "thread_ts": thread_ts,
            },
        )
        return ts

    def ephemerals(self, user: str, channel: str = "") -> list[Json]:
        return [
            e
            for e in self.documents.all("slack_ephemeral")
            if e["user"] == user and channel in ("", e["channel"])
        ]

    # -- triggers and modals ---------------------------------------------------------------------

    def new_trigger(self, user: str) -> str:
        number = self.documents.next_number("slack_trigger", 1001)
        trigger = f"{number}.7890123.{secrets.token_hex(16)}"
        self.documents.put("slack_trigger", trigger, {"user": user, "at": self.clock(), "used": False})
        return trigger

    def exchange_trigger(self, id: str) -> str:
        """The user whose click made the trigger; it lives three seconds and is good for one modal."""
        with self.documents.lock:
            trigger = self.documents.get("slack_trigger", id)
            if trigger is None:
                raise SlackError("invalid_trigger_id")
            if trigger["used"]:
                raise SlackError("exchanged_trigger_id")
            if self.clock() - trigger["at"] > TRIGGER_SECONDS:
                raise SlackError("expired_trigger_id")
            self.documents.put("slack_trigger", id, {**trigger, "used": True})
        return str(trigger["user"])

    def open_view(self, user: str, view: Json, below: Json | None = None) -> Json:
        """Shows the modal to the user, on top of `below` when the app pushed it."""
        number = self.documents.next_number("slack_view", 1)
        root = below["view"]["root_view_id"] if below else f"V{number:06d}"
        full = _completed(view, f"V{number:06d}", root) | {
            "previous_view_id": below["view"]["id"] if below else None,
        }
        record = {"user": user, "open": True, "view": full, "errors": {}, "notice": ""}
        self.documents.put("slack_view", full["id"], record)
        return record

    def push_view(self, user: str, view: Json) -> Json:
        """Shows the modal on top of the one the user has open; three at most."""
        stack = self.open_views(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        return self.open_view(user, view, below=stack[-1])

    def update_view(self, id: str, view: Json) -> Json:
        record = self.view(id)
        full = _completed(view, id, record["view"]["root_view_id"])
        full["previous_view_id"] = record["view"]["previous_view_id"]
        return self.save_view({**record, "view": full, "errors": {}, "notice": ""})

    def view(self, id: str) -> Json:
        """The open modal of that id."""
        record = self.documents.get("slack_view", id)
        if record is None or not record["open"]:
            raise SlackError("not_found")
        return record

    def save_view(self, record: Json) -> Json:
        return self.documents.put("slack_view", record["view"]["id"], record)

    def open_views(self, user: str) -> list[Json]:
        return [v for v in self.documents.all("slack_view") if v["user"] == user and v["open"]]

    def close_views(self, user: str, *, id: str = "") -> None:
        """Closes that modal, or the whole stack when none is named."""
        for record in self.open_views(user):
            if id in ("", record["view"]["id"]):
                self.save_view({**record, "open": False})


def _completed(view: Json, id: str, root: str) -> Json:
    """The view as Slack sends it back: with ids, a fresh hash and an empty state."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **view,
        "id": id,
        "team_id": cast.SLACK_TEAM_ID,
        "app_id": cast.SLACK_APP_ID,
        "app_installed_team_id": cast.SLACK_TEAM_ID,
        "bot_id": BOT_ID,
        "root_view_id": root,
        "previous_view_id": None,
        "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
        "state": {"values": {}},
        "blocks": block_kit.with_ids(view["blocks"], f"v{id}"),
    }
