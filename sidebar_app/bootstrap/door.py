"""What the web needs of all this."""

from redis import Redis

from sidebar_app.adapters.billing import stripe
from sidebar_app.adapters.chat import slack
from sidebar_app.adapters.helpdesk import zendesk
from sidebar_app.bootstrap.vendors import QUICK_SECONDS, slack_client, visits, zendesk_connection
from sidebar_app.settings import ROOT, Settings
from sidebar_app.web import parts
from sidebar_app.web.tokens import Tokens
from sidebar_app.workflow.services import Services


def web_parts(settings: Settings, services: Services, redis: Redis) -> parts.Parts:
    outside = services.outside
    shown = settings.preview
    return parts.Parts(
        clock=outside.clock,
        store=outside.store,
        tokens=Tokens(settings.panel_secret.value),
        visits=visits(settings, zendesk_connection(settings)),
        directory=services.directory,
        look_up=services.look_up,
        submit=services.submit,
        withdraw=services.withdraw,
        receive=services.receive,
        sign_offs=services.sign_offs,
        log_export=services.log_export,
        allowing=services.allowing,
        delegate=services.delegate,
        link=services.link,
        helpdesk_event=zendesk.ZendeskWebhooks(
            settings.zendesk.webhook_secret.several, now=outside.clock.now
        ).event,
        billing_event=stripe.StripeWebhooks(settings.stripe.webhook_secret.several).event,
        chat_inbound=slack.SlackInbound(
            decisions=services.decide,
            client=slack_client(settings, seconds=QUICK_SECONDS),
            signing_secrets=settings.slack.signing_secret.several,
            app_id=settings.slack.app_id,
            home_team_id=settings.slack.team_id,
            now=outside.clock.now,
        ).handle,
        ticket_url=outside.helpdesk.ticket_url,
        checks={"database": outside.store.ping, "redis": redis.ping},
        frame_ancestors=("'self'", settings.zendesk.base_url) if shown else (settings.zendesk.base_url,),
        sdk_url=settings.zendesk.sdk_url,
        widgets=ROOT / "widgets",
        preview=parts.Preview(shown.helpdesk, shown.chat, shown.mail, shown.billing) if shown else None,
        started_with=settings.sandboxes,
    )
