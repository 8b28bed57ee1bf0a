"""The JSON API that the panel uses (and scripts may)."""

from flask import Blueprint, Response, jsonify, render_template, request

from sidebar_app.domain.context import RequestHistory
from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.request import ActionRequest
from sidebar_app.web import openapi, reading, schemas
from sidebar_app.web.access import bearer, bearer_for, parts
from sidebar_app.web.previewed import previewed
from sidebar_app.web.problems import OtherTicket
from sidebar_app.web.tokens import Pass
from sidebar_app.web.view_model import panel_view, request_view, to_json
from sidebar_app.workflow.case import Submission

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/tickets/<int:ticket>/billing")
def billing(ticket: int) -> Response:
    holder = bearer_for(ticket)
    context = parts().look_up.context(
        agent_id=holder.agent_id, ticket_id=ticket, customer_id=request.args.get("customer")
    )
    return jsonify(to_json(panel_view(context)))


@blueprint.get("/tickets/<int:ticket>/panel")
def panel(ticket: int) -> Response:
    holder = bearer_for(ticket)
    version, _ = parts().look_up.pulse(ticket_id=ticket)
    context = parts().look_up.context(
        agent_id=holder.agent_id, ticket_id=ticket, customer_id=request.args.get("customer")
    )
    html = render_template("panel/_main.html", view=panel_view(context), ticket_id=ticket, version=version)
    return jsonify(html=html, version=version)


@blueprint.get("/tickets/<int:ticket>/pulse")
def pulse(ticket: int) -> Response:
    bearer_for(ticket)
    version, busy = parts().look_up.pulse(ticket_id=ticket)
    return jsonify(version=version, busy=busy)


@blueprint.post("/requests/preview")
def preview() -> Response:
    submission = _submission()
    return jsonify(previewed(parts().submit.preview(submission), submission.action))


@blueprint.post("/requests")
def submit() -> tuple[Response, int]:
    submission = _submission()
    recorded = parts().submit.submit(submission, key=reading.idempotency_key(request))
    return _request_json(recorded), 201 if recorded.state is State.SUCCEEDED else 202


@blueprint.get("/requests/<request_id>")
def show(request_id: str) -> Response:
    return _history_json(_own_history(request_id))


@blueprint.post("/requests/<request_id>/withdraw")
def withdraw(request_id: str) -> Response:
    holder, ticket_id = _holder_of_a_ticket()
    parts().withdraw.withdraw(request_id, agent_id=holder.agent_id, ticket_id=ticket_id)
    return _history_json(_own_history(request_id))


@blueprint.get("/openapi.json")
def description() -> Response:
    return jsonify(openapi.description())


def _submission() -> Submission:
    """The body, if its ticket is the one this token is for."""
    holder = bearer()
    body = schemas.load(schemas.SubmissionSchema, reading.json_object(request))
    if holder.ticket_id != body["ticket"]:
        raise OtherTicket
    return Submission(holder.agent_id, body["ticket"], body["action"], body["params"], body["seen"])


def _own_history(request_id: str) -> RequestHistory:
    _, ticket_id = _holder_of_a_ticket()
    return parts().look_up.history(request_id, ticket_id=ticket_id)


def _holder_of_a_ticket() -> tuple[Pass, int]:
    """A shell's pass names no ticket yet, and so shows and takes back nothing."""
    holder = bearer()
    if holder.ticket_id is None:
        raise OtherTicket
    return holder, holder.ticket_id


def _request_json(recorded: ActionRequest) -> Response:
    return _history_json(parts().look_up.history(recorded.id, ticket_id=recorded.ticket_id))


def _history_json(history: RequestHistory) -> Response:
    holder: Pass = bearer()
    viewer = parts().directory.looking(holder.agent_id).person_id
    view = request_view(history, viewer=viewer, now=parts().clock.now())
    return jsonify(schemas.RequestSchema().dump(view))
