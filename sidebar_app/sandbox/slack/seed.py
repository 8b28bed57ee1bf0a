"""The workspace everybody meets on the first day: people, the app's bot, two channels."""

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Json

TEAM_NAME = "Sandbox Support"
TEAM_DOMAIN = "sandbox-support"
APP_NAME = "Billing Approvals"
BOT_ID = "B0SANDBOX"
BOT_USER = "U0BILLINGBOT"

# People the cast does not have, because they exist in Slack only.
GUEST_USER = "U0GUEST"
DEACTIVATED_USER = "U0FORMER"

# What docs/slack-app-manifest.json asks for; every answer of the Web API names them in X-OAuth-Scopes.
BOT_SCOPES = ("chat:write", "users:read", "users:read.email", "channels:read", "groups:read")

_SECURITY_MEMBERS = ("compliance", "lead", "manager", "manager2", "legal", "vp")


def seed(documents: Documents) -> None:
    """Puts the people and channels that are missing; what is there already is left as it is."""
    with documents.lock:
        for user in _users():
            if documents.get("slack_user", user["id"]) is None:
                documents.put("slack_user", user["id"], user)
        for channel in _channels():
            if documents.get("slack_channel", channel["id"]) is None:
                documents.put("slack_channel", channel["id"], channel)


def _users() -> list[Json]:
    colleagues = [_user(c.slack_id, c.name, c.title, c.email) for c in cast.COLLEAGUES]
    return [
        *colleagues,
        _user(
            cast.FOREIGN_SLACK_USER,
            "foreign",
            "Partner of another company",
            "partner@foreign.example",
            team_id=cast.FOREIGN_SLACK_TEAM,
        ),
        _user(GUEST_USER, "guest", "Guest", "guest@guests.example", is_restricted=True),
        _user(DEACTIVATED_USER, "former", "Former manager", "former@support.example", deleted=True),
        _user(BOT_USER, "billing_approvals", APP_NAME, "", is_bot=True),
    ]


def _user(id: str, name: str, title: str, email: str, **flags: str | bool) -> Json:
    """A user object (docs.slack.dev/reference/objects/user-object); flags override the ordinary ones."""
    team_id = flags.get("team_id", cast.SLACK_TEAM_ID)
    ordinary = {
        "team_id": team_id,
        "deleted": False,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "is_email_confirmed": bool(email),
        "is_stranger": False,
        "updated": 1_760_000_000,
    }
    profile = {"real_name": title, "display_name": name, "email": email, "title": title, "team": team_id}
    return {"id": id, "name": name, "real_name": title, "tz": "UTC", "profile": profile, **ordinary, **flags}


def _channels() -> list[Json]:
    everybody = [c.slack_id for c in cast.COLLEAGUES]
    security = [c.slack_id for c in cast.COLLEAGUES if c.name in _SECURITY_MEMBERS]
    return [
        _channel(
            cast.SLACK_APPROVALS_CHANNEL,
            "approvals",
            "Billing actions that need a second person",
            [*everybody, cast.FOREIGN_SLACK_USER, GUEST_USER, BOT_USER],
        ),
        _channel(
            cast.SLACK_SECURITY_CHANNEL, "security", "Card numbers found in tickets", [*security, BOT_USER]
        ),
    ]


def _channel(id: str, name: str, topic: str, members: list[str]) -> Json:
    return {
        "id": id,
        "name": name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_private": True,
        "is_archived": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": True,
        "created": 1_760_000_000,
        "topic": {"value": topic, "creator": "", "last_set": 0},
        "purpose": {"value": topic, "creator": "", "last_set": 0},
        "members": members,
    }
