"""The vendors' webhooks: verified, noted once, answered at once."""

from flask import Blueprint, request

from sidebar_app.web.access import parts

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.post("/zendesk")
def zendesk() -> tuple[str, int]:
    event = parts().helpdesk_event(dict(request.headers), request.get_data())
    parts().receive.from_helpdesk(event)
    return "", 204


@blueprint.post("/stripe")
def stripe() -> tuple[str, int]:
    event = parts().billing_event(dict(request.headers), request.get_data())
    parts().receive.from_billing(event)
    return "", 204
