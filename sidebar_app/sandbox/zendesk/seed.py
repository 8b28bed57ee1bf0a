"""The people and tickets of `cast`, as Zendesk would hold them."""

from datetime import datetime, timedelta

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.zendesk import chats, old_files
from sidebar_app.sandbox.zendesk.desk import GROUP, SERVICE_USER_ID, TICKET, USER, Desk, stamp
from sidebar_app.sandbox.zendesk.signing import private_key_pem

STAFF_ROLE_ID = 6001
CUSTOM_ROLES: tuple[Json, ...] = (
    {"id": STAFF_ROLE_ID, "name": "Staff", "role_type": 0, "description": "Can edit tickets"},
    {"id": 6002, "name": "Light agent", "role_type": 1, "description": "Can view and add private comments"},
)
# Tickets with events that were never delivered: somebody has to announce them.
WAITING = "zendesk_waiting"
# Closed long ago, before anybody cleaned anything: for the back-scan. (ticket, days ago, requester, text)
_CLOSED_LONG_AGO = (
    (901, 400, 2001, "Please charge 4242 4242 4242 4242 again, it had no funds last week."),
    (902, 330, 2002, "Can you move our invoice date to the first of the month?"),
    (903, 250, 2003, "New company card: 3782-822463-10005 (valid until 11/27)."),
    (904, 180, 2004, "Order 1234567890123 never arrived, tracking number 1Z999AA10123456784."),
    (905, 95, 2005, "My number is 6011 1111 1111 1117. Or is 5555555555554444 the better one?"),
)
# A chat of long ago: the ticket's comment says little, its transcript more.
_OLD_CHAT = 906
_CHATTED = (
    ("customer", "Hi, my payment was refused. Can you try my other card?"),
    ("agent", "Of course. Please use our payment page for it."),
    ("customer", "Too complicated. It is 5105 1051 0510 5100, 11/27."),
)
# Written through a signed-in portal, so the helpdesk vouches for the sender; the rest came by e-mail.
_SIGNED_IN = (1001, 1008)
_FIRST_GROUP_ID = 3001
# Written before the service was there: nothing announces it, a back-scan finds it.
_OLD_TICKET, _OLD = 1013, timedelta(days=90)
# Public test numbers of the card schemes, in plain sight and in disguise.
_PLAIN_CARD = "It is 4111 1111 1111 1111, valid until 09/28, CVV 123. Please charge it from now on."
_HIDDEN_CARD = (
    '<div class="zd-comment" dir="auto"><p dir="auto">Or take this one of my colleague:'
    " <b>5555</b>&nbsp;<span>55</span>&#53;5&nbsp;5555<br>4444. Thank you!</p></div>"
)


def seed(documents: Documents, now: datetime) -> None:
    """Idempotent: what is there already stays as it is."""
    private_key_pem(documents)
    groups = _seed_groups(documents, now)
    for person in (_service_user(now), *_agents(groups, now), *_requesters(now)):
        if documents.get(USER, person["id"]) is None:
            documents.put(USER, person["id"], person)
    _seed_ticket(documents, cast.story(_OLD_TICKET), now - _OLD)
    for position, story in enumerate(cast.STORIES):
        _seed_ticket(documents, story, now - timedelta(hours=2 + 5 * position))


def _seed_ticket(documents: Documents, story: cast.Story, at: datetime) -> None:
    if documents.get("zendesk_ticket", story.ticket):
        return
    desk = Desk(documents, lambda: at, lambda _: None)
    channel = "api" if story.ticket in _SIGNED_IN else "email"
    desk.create_ticket(
        requester_id=story.requester_id,
        subject=story.subject,
        text=story.message,
        channel=channel,
        id=story.ticket,
    )
    if story.ticket == _OLD_TICKET:
        desk.add_comment(
            story.ticket, author_id=story.requester_id, text="Here they are.", attachments=old_files.files()
        )
    if story.ticket == 1010:
        desk.add_comment(story.ticket, author_id=story.requester_id, text=_PLAIN_CARD)
        desk.add_comment(story.ticket, author_id=story.requester_id, html=_HIDDEN_CARD)
        documents.put(WAITING, story.ticket, {"ticket": story.ticket})


def seed_past(documents: Documents, now: datetime) -> None:
    """Closed tickets from before; idempotent, after `seed`."""
    for ticket, days, requester, text in _CLOSED_LONG_AGO:
        if documents.get(TICKET, ticket) is None:
            _seed_old(documents, ticket, requester, text, now - timedelta(days=days))
    if documents.get(TICKET, _OLD_CHAT) is None:
        _seed_chat(documents, now - timedelta(days=140))


def _seed_chat(documents: Documents, at: datetime) -> None:
    _seed_old(documents, _OLD_CHAT, 2002, "A conversation on our website", at, channel="chat")
    desk = Desk(documents, lambda: at, lambda _: None)
    chat_id = chats.start(desk, _OLD_CHAT)
    for who, text in _CHATTED:
        chats.say(desk, _OLD_CHAT, chat_id, author_id=2002 if who == "customer" else 501, text=text)
    chats.end(desk, _OLD_CHAT, chat_id)
    _close(documents, desk, _OLD_CHAT)


def _seed_old(
    documents: Documents, ticket: int, requester: int, text: str, at: datetime, *, channel: str = "email"
) -> None:
    desk = Desk(documents, lambda: at, lambda _: None)
    desk.create_ticket(
        requester_id=requester, subject="An old request", text=text, channel=channel, id=ticket
    )
    _close(documents, desk, ticket)


def _close(documents: Documents, desk: Desk, ticket: int) -> None:
    # Changed before everything else, so it comes first in an export.
    documents.put(TICKET, ticket, desk.ticket(ticket) | {"status": "closed", "_change": ticket - 1000})


def _seed_groups(documents: Documents, now: datetime) -> dict[str, int]:
    names = list(dict.fromkeys(c.zendesk_group for c in cast.COLLEAGUES if c.zendesk_group))
    ids = {name: _FIRST_GROUP_ID + position for position, name in enumerate(names)}
    for name, number in ids.items():
        if documents.get(GROUP, number) is None:
            group = {"id": number, "name": name, "description": "", "default": False, "is_public": True}
            documents.put(GROUP, number, group | {"deleted": False} | _dates(now))
    return ids


def _agents(groups: dict[str, int], now: datetime) -> list[Json]:
    agents = []
    for c in cast.COLLEAGUES:
        mine = [groups[c.zendesk_group]] if c.zendesk_group else []
        agents.append(_user(c.zendesk_id, c.title, c.email, "agent", now, groups=mine) | {"_name": c.name})
    return agents


def _service_user(now: datetime) -> Json:
    """Who the API token acts as."""
    return _user(SERVICE_USER_ID, "Billing sidebar", "billing-sidebar@support.example", "admin", now)


def _requesters(now: datetime) -> list[Json]:
    return [_user(s.requester_id, s.company, s.email, "end-user", now) for s in cast.STORIES]


def _user(
    id: int, name: str, email: str, role: str, now: datetime, *, groups: list[int] | None = None
) -> Json:
    staff = role != "end-user"
    return {
        "id": id,
        "name": name,
        "email": email,
        "role": role,
        "role_type": (4 if role == "admin" else 0) if staff else None,
        "custom_role_id": STAFF_ROLE_ID if role == "agent" else None,
        "default_group_id": groups[0] if groups else None,
        "tags": [],
        "active": True,
        "suspended": False,
        "verified": True,
        "external_id": None,
        "organization_id": None,
        "user_fields": {},
        "locale": "en-US",
        "time_zone": "UTC",
        **_dates(now),
        "_groups": groups or [],
    }


def _dates(now: datetime) -> Json:
    return {"created_at": stamp(now), "updated_at": stamp(now)}
