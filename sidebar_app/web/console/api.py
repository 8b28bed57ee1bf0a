"""The parts of the console, one by one: as JSON for programs, as HTML for the page that draws itself anew."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, render_template, request

from sidebar_app.web.access import parts
from sidebar_app.web.console import board
from sidebar_app.web.console.access import looking
from sidebar_app.web.console.shapes import PartView

blueprint = Blueprint("console_api", __name__, url_prefix="/api/v1/console")


@blueprint.get("/parts/<part>")
def show(part: str) -> Response:
    return jsonify(asdict(_drawn(part)))


@blueprint.get("/parts/<part>/html")
def html(part: str) -> Response:
    drawn = _drawn(part)
    return jsonify(html=render_template("console/_part.html", part=drawn), badge=drawn.view.badge)


def _drawn(name: str) -> PartView:
    colleague = looking()
    part = board.one(name, colleague)
    with parts().store.reading() as tx:
        return board.draw(part, tx, colleague, request.args)
