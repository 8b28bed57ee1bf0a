"""The console's page, opened by the helpdesk."""

from flask import Blueprint, render_template, request

from sidebar_app.domain.people import ROLE_NAMES
from sidebar_app.web.access import CONSOLE, parts
from sidebar_app.web.console import board
from sidebar_app.web.tokens import Pass
from sidebar_app.workflow.identify import Colleague

blueprint = Blueprint("console", __name__)


@blueprint.post("/zendesk/console")
def console() -> str:
    """Every part of this person's roles, with a token for the console's API."""
    now = parts().clock.now()
    visit = parts().visits.verify(
        request.form.get("token", ""), query=request.args, location=CONSOLE, now=now
    )
    colleague = parts().directory.looking(visit.agent_id)
    with parts().store.reading() as tx:
        views = [board.draw(part, tx, colleague) for part in board.of(colleague)]
    token = parts().tokens.issue(Pass(visit.agent_id, None, CONSOLE), now=now)
    return render_template(
        "console/page.html", parts=views, viewer=_viewer(colleague), token=token, sdk_url=parts().sdk_url
    )


def _viewer(colleague: Colleague) -> str:
    return f"{colleague.name} ({', '.join(sorted(ROLE_NAMES[r] for r in colleague.roles))})"
