"""The preview workspace: helpdesk, chat and mailbox of the sandboxes side by side."""

from flask import Blueprint, render_template

from sidebar_app.web.access import parts

blueprint = Blueprint("preview", __name__)


@blueprint.get("/")
def workspace() -> str:
    return render_template("preview.html", preview=parts().preview)
