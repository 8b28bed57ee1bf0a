"""The panel's pages, opened by the helpdesk."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from sidebar_app.web import reading, schemas
from sidebar_app.web.access import PANEL, bearer, parts
from sidebar_app.web.problems import Problem
from sidebar_app.web.tokens import Pass
from sidebar_app.web.view_model import panel_view

blueprint = Blueprint("pages", __name__)


@blueprint.post("/zendesk/sidebar")
def sidebar() -> str:
    """The whole panel when the signed token names the ticket; else a shell that asks the helpdesk's SDK."""
    visit = parts().visits.verify(
        request.form.get("token", ""), query=request.args, location=PANEL, now=parts().clock.now()
    )
    holder = Pass(visit.agent_id, visit.ticket_id, visit.location)
    if visit.ticket_id is None:
        return render_template("panel/shell.html", token=_token(holder), sdk_url=parts().sdk_url)
    return render_template("panel/page.html", **_panel(holder, visit.ticket_id), sdk_url=parts().sdk_url)


@blueprint.post("/zendesk/panel")
def panel() -> Response:
    """The panel of the ticket that the browser says it shows, for the agent that the shell was given to."""
    held = bearer()
    ticket_id = schemas.load(schemas.TicketSchema, reading.json_object(request))["ticket"]
    given = _panel(Pass(held.agent_id, ticket_id, held.location), ticket_id)
    return jsonify(token=given["token"], html=render_template("panel/_main.html", **given))


def error_page(problem: Problem) -> Response:
    html = render_template("error.html", problem=problem.body)
    return make_response(html, problem.status)


def _panel(holder: Pass, ticket_id: int) -> dict[str, Any]:
    version, _ = parts().look_up.pulse(ticket_id=ticket_id)  # before the facts: what comes between is noticed
    context = parts().look_up.context(agent_id=holder.agent_id, ticket_id=ticket_id)
    return {"view": panel_view(context), "token": _token(holder), "ticket_id": ticket_id, "version": version}


def _token(holder: Pass) -> str:
    return parts().tokens.issue(holder, now=parts().clock.now())
