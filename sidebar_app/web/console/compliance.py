"""What compliance does to the redaction log: sign off, and say what is no card."""

from flask import Blueprint, Response, jsonify, request

from sidebar_app.actions import InvalidParams
from sidebar_app.domain.people import COMPLIANCE_ROLES
from sidebar_app.domain.redaction_log import AllowedAs, Outcome
from sidebar_app.web import reading, schemas
from sidebar_app.web.access import parts
from sidebar_app.web.console import log_query
from sidebar_app.web.console.access import acting
from sidebar_app.web.console.paths import AllowSchema, SignOffSchema
from sidebar_app.workflow.log_export import FORMS

blueprint = Blueprint("console_compliance", __name__, url_prefix="/api/v1/console")

_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/jsonl; charset=utf-8"}


@blueprint.post("/redactions/sign-off")
def sign_off() -> Response:
    """The entries of a filter, or one; never any that the person has not seen."""
    who = acting(COMPLIANCE_ROLES)
    told = schemas.load(SignOffSchema, reading.json_object(request))
    wanted = log_query.frozen(told["filter"], entry_id=told["entry"], found_until=told["found_until"])
    signed = parts().sign_offs.sign(
        wanted, seen=_seen(told["seen"]), by=who.signature, comment=told["comment"]
    )
    return jsonify(said=f"{signed} {'entry is' if signed == 1 else 'entries are'} signed off.", signed=signed)


@blueprint.get("/redactions/export")
def export() -> Response:
    """The filtered log as a file, streamed."""
    who, now = acting(COMPLIANCE_ROLES), parts().clock.now()
    form = request.args.get("format", "csv")
    if form not in FORMS:
        raise InvalidParams({"format": ["Choose csv or jsonl."]})
    wanted = log_query.read(request.args, today=now.date())
    rows = parts().log_export.take(wanted, form=form, by=who.signature)
    answer = Response((line.encode() for line in FORMS[form](rows)), content_type=_TYPES[form])
    answer.headers.set("Content-Disposition", "attachment", filename=f"redaction-log-{now:%Y-%m-%d}.{form}")
    return answer


@blueprint.post("/allowlist")
def allow() -> Response:
    """A shape, a label, or the number of an entry."""
    who = acting(COMPLIANCE_ROLES)
    told = schemas.load(AllowSchema, reading.json_object(request))
    by, comment, entry = who.signature, told["comment"], told["entry"]
    if told["kind"] == "number":
        made = parts().allowing.allow_number(entry, comment=comment, by=by)
    else:
        made = parts().allowing.allow(
            AllowedAs(told["kind"]), told["value"], comment=comment, by=by, entry_id=entry,
            is_sure=bool(told["sure"]),
        )  # fmt: skip
    return jsonify(said="Allowed: such numbers stay in tickets from now on.", id=made.id)


@blueprint.post("/allowlist/<allowance>/remove")
def disallow(allowance: str) -> Response:
    who = acting(COMPLIANCE_ROLES)
    parts().allowing.disallow(allowance, by=who.signature)
    return jsonify(said="Removed: such numbers are masked again from now on.", id=allowance)


def _seen(told: dict[str, int]) -> dict[Outcome, int]:
    try:
        return {Outcome(name): number for name, number in told.items()}
    except ValueError:
        raise InvalidParams({"seen": ["Name the outcomes as the log does."]}) from None
