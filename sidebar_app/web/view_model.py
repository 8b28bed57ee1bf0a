"""The view model of the panel: the templates draw it, the JSON API sends it."""

from dataclasses import asdict
from typing import Any

from sidebar_app.domain.context import BillingContext
from sidebar_app.web.view import account, alerts, figures, header, offers, payments, requests, subscription
from sidebar_app.web.view.requests import request_view
from sidebar_app.web.view.scene import Scene
from sidebar_app.web.view.shapes import PanelView, RequestView, SectionView


def panel_view(context: BillingContext) -> PanelView:
    """Everything the panel shows for this context, in words; never raises for what a backend answered."""
    scene = Scene.of(context)
    shown, more = offers.buttons(scene)
    cards = requests.cards(context)
    return PanelView(
        ticket=context.ticket_id,
        viewer=context.viewer,
        customer=context.customer.id if context.customer else "",
        backend=context.backend,
        header=header.header(scene),
        choices=header.choices(scene),
        alerts=alerts.alerts(scene),
        figures=figures.figures(scene),
        requests=cards,
        buttons=shown,
        more_buttons=more,
        forms=offers.forms(scene),
        sections=_sections(scene),
        waiting=any(card.state == "pending_approval" for card in cards),
    )


def _sections(scene: Scene) -> tuple[SectionView, ...]:
    """Without a customer only what happened on the ticket is left to tell."""
    last = requests.happened(scene.context)
    if scene.context.customer is None:
        return (last,) if last.happenings else ()
    return (
        payments.payments(scene),
        subscription.subscription(scene),
        account.account(scene),
        account.credits_section(scene),
        account.lifetime(scene),
        last,
    )


def to_json(view: PanelView) -> dict[str, Any]:
    """The same view as JSON types."""
    return asdict(view)


__all__ = ["PanelView", "RequestView", "panel_view", "request_view", "to_json"]
