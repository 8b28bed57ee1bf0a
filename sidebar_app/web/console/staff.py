"""What approvers and administrators do to who decides: be away and back, confirm who somebody is in Slack."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, jsonify, request

from sidebar_app.actions import InvalidParams
from sidebar_app.domain.people import APPROVING_ROLES, Role, SlackIdentity
from sidebar_app.web import reading, schemas
from sidebar_app.web.access import parts
from sidebar_app.web.console.access import acting
from sidebar_app.web.console.paths import AbsenceSchema, AccountSchema
from sidebar_app.web.view import dates

blueprint = Blueprint("console_staff", __name__, url_prefix="/api/v1/console")

APPROVERS = frozenset(APPROVING_ROLES)
ADMINS = frozenset({Role.ADMIN})


@blueprint.post("/absence")
def be_away() -> Response:
    """One's own absence; somebody else's is an operator's matter."""
    who = acting(APPROVERS)
    told = schemas.load(AbsenceSchema, reading.json_object(request))
    made = parts().delegate.begin(
        who.person_id,
        to=told["to"],
        starts_at=_midnight(told["starts_on"]),
        ends_at=_midnight_after(told["ends_on"]),
        by=who.signature,
    )
    return jsonify(
        said=f"Saved: until {dates.moment(made.ends_at)} UTC they decide in your place.", id=made.id
    )


@blueprint.post("/absence/<delegation>/end")
def be_back(delegation: str) -> Response:
    who = acting(APPROVERS)
    parts().delegate.end(delegation, by=who.signature, only_of=who.person_id)
    return jsonify(said="Ended: nobody decides in your place any more.", id=delegation)


@blueprint.post("/delegations/<delegation>/end")
def end_delegation(delegation: str) -> Response:
    who = acting(ADMINS)
    parts().delegate.end(delegation, by=who.signature)
    return jsonify(said="The delegation has ended.", id=delegation)


@blueprint.post("/people/confirm")
def confirm() -> Response:
    who = acting(ADMINS)
    told = schemas.load(AccountSchema, reading.json_object(request))
    parts().link.confirm(told["person"], by=who.signature, account=_account(told))
    return jsonify(said="Confirmed: this account may decide now.", id=told["person"])


@blueprint.post("/people/unlink")
def unlink() -> Response:
    who = acting(ADMINS)
    told = schemas.load(AccountSchema, reading.json_object(request))
    parts().link.remove(told["person"], by=who.signature, account=_account(told))
    return jsonify(said="Refused: this account decides nothing.", id=told["person"])


def _account(told: dict[str, str]) -> SlackIdentity:
    return SlackIdentity(told["team"], told["user"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _midnight_after(day: date) -> datetime:
    try:
        return _midnight(day) + timedelta(days=1)
    except OverflowError:
        raise InvalidParams({"until": ["This day is too far away."]}) from None
