"""Drawing our templates without a server, as the server draws them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sidebar_app.domain.context import BillingContext
from sidebar_app.web.view_model import panel_view
from tests.fakes.consoles import consoles

WIDGETS = Path(__file__).parents[2] / "widgets"
SDK = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"


def environment(static: str = "/static") -> Environment:
    """Stricter than the server: a name that no route gives is an error."""
    made = Environment(
        loader=FileSystemLoader(WIDGETS / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    address: Callable[[str], str] = lambda name: f"{static}/{name}"  # noqa: E731
    made.globals["static"] = address
    return made


def draw(template: str, *, static: str = "/static", **given: Any) -> str:
    return environment(static).get_template(template).render(**given)


def draw_panel(context: BillingContext, *, static: str = "/static", template: str = "panel/page.html") -> str:
    view = panel_view(context)
    return draw(
        template, static=static, view=view, token="panel-token", sdk_url=SDK, ticket_id=context.ticket_id
    )


def draw_console(name: str, *, static: str = "/static") -> str:
    parts, viewer = consoles()[name]
    return draw("console/page.html", static=static, parts=parts, viewer=viewer, token="t", sdk_url=SDK)


def draw_error(*, static: str = "/static") -> str:
    problem = {
        "title": "This visit could not be verified",
        "status": 401,
        "detail": "The token has expired.",
        "next_step": "Reload the ticket in Zendesk.",
        "reasons": ["expired"],
    }
    return draw("error.html", static=static, problem=problem)
