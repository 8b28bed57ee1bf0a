"""The services, wired from the adapters."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from sidebar_app.adapters.helpdesk import zendesk
from sidebar_app.adapters.notifier.email import EmailNotifier
from sidebar_app.adapters.queue import rq
from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.system import SystemClock, TimeOrderedIds
from sidebar_app.bootstrap.rules import role_map
from sidebar_app.bootstrap.vendors import billing, chat, extractor, zendesk_connection
from sidebar_app.redaction import Scan, scan
from sidebar_app.settings import Settings
from sidebar_app.workflow.allow import Allowing
from sidebar_app.workflow.identify import RoleMap
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.safety_note import By, NoteTerms
from sidebar_app.workflow.services import Outside, Services, assemble


def wired(
    settings: Settings, in_force: InForce, search: Scan = scan, *, roles: RoleMap | None = None
) -> tuple[Services, Redis]:
    clock = SystemClock()
    redis = rq.connect(settings.redis_url)
    outside = Outside(
        store=SqlStore(settings.database_url),
        billing=billing(settings),
        helpdesk=zendesk.ZendeskHelpdesk(zendesk_connection(settings)),
        chat=chat(settings),
        notifier=EmailNotifier(settings.smtp_url.value, sender=settings.mail_from),
        bell=rq.RqBell(redis),
        clock=clock,
        ids=TimeOrderedIds(clock),
        scan=search,
        extractor=extractor(settings),
    )
    key = settings.allowlist_key.value.encode()
    safety = settings.card_safety
    services = assemble(
        outside,
        in_force=in_force,
        roles=roles or role_map(settings),
        allowlist_key=key,
        note_terms=NoteTerms(By(safety.note), safety.template, safety.secure_payment_url),
        training_url=safety.training_url,
    )
    return services, redis


@contextmanager
def opened(settings: Settings, in_force: InForce) -> Iterator[Services]:
    """The services, for a command that ends with the block."""
    services, _ = wired(settings, in_force)
    try:
        yield services
    finally:
        services.close()


def allowing(settings: Settings, store: SqlStore) -> Allowing:
    """For the command line: the helpdesk in reach, everything else of the service left out."""
    return Allowing(
        store=store,
        helpdesk=zendesk.ZendeskHelpdesk(zendesk_connection(settings)),
        clock=SystemClock(),
        ids=TimeOrderedIds(SystemClock()),
        key=settings.allowlist_key.value.encode(),
    )
