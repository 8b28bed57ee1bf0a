"""The composition root: settings in, wired services out. The only file that knows every part."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from flask import Flask
from redis import Redis
from slack_sdk import WebClient

from sidebar_app.adapters import logs, people_file, policy_file
from sidebar_app.adapters.beyond_cards import searching, try_both_paths
from sidebar_app.adapters.billing import stripe
from sidebar_app.adapters.chat import slack
from sidebar_app.adapters.checkpoints import CheckpointFile, signing_key
from sidebar_app.adapters.extraction import Bounds, SandboxedExtractor
from sidebar_app.adapters.helpdesk import zendesk
from sidebar_app.adapters.notifier.email import EmailNotifier
from sidebar_app.adapters.queue import rq
from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.migrate import upgrade
from sidebar_app.adapters.system import SystemClock, TimeOrderedIds
from sidebar_app.domain.people import Person
from sidebar_app.jobs import clock as ticking
from sidebar_app.jobs import work
from sidebar_app.jobs.hangup import on_hangup
from sidebar_app.permissions import PolicyFaults
from sidebar_app.ports.helpdesk import HelpdeskRefused
from sidebar_app.ports.store import Store, StoreUnavailable
from sidebar_app.redaction import Scan, scan
from sidebar_app.settings import ROOT, Settings
from sidebar_app.web import parts
from sidebar_app.web.app import create_app
from sidebar_app.web.tokens import Tokens
from sidebar_app.workflow import approvers, journal
from sidebar_app.workflow.allow import Allowing
from sidebar_app.workflow.anchor import Anchor
from sidebar_app.workflow.identify import RoleMap
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.personnel import Personnel
from sidebar_app.workflow.safety_note import By, NoteTerms
from sidebar_app.workflow.services import Outside, Services, assemble

log = logging.getLogger(__name__)

# A person waits for what a click does; posting from a worker may take longer.
_QUICK_SECONDS = 1.5
_PATIENT_SECONDS = 10.0


class Furnish(Protocol):
    def __call__(self, store: Store, people: list[Person], *, now: datetime) -> object: ...


def web_app(settings: Settings, in_force: InForce, roles: RoleMap | None = None) -> Flask:
    """The Flask app of one web process; `roles` are those of the people file where the process has not read it."""
    _begin(settings)
    services, redis = _services(settings, in_force, roles=roles)
    _note(services)
    return create_app(_parts(settings, services, redis))


def run_worker(settings: Settings, in_force: InForce) -> None:
    """Until it is told to stop. Main thread only."""
    _begin(settings)
    with searching(settings.redact_also) as search:
        services, redis = _services(settings, in_force, search)
        on_hangup(lambda: renew_policy(settings, in_force))
        work.bind(services.tasks)
        stop, now = threading.Event(), services.outside.clock.now
        slow = ticking.Tick("files", timedelta(seconds=1), services.tasks.work_beside)
        with ticking.running_beside([slow], now=now, stop=stop):
            rq.worker(redis).work(logging_level="WARNING")
            stop.set()
        services.close()


def run_clock(settings: Settings, in_force: InForce, stop: threading.Event) -> None:
    """Until `stop` is set. Main thread only."""
    _begin(settings)
    services, _ = _services(settings, in_force)
    on_hangup(lambda: renew_policy(settings, in_force))
    now = services.outside.clock.now
    with ticking.running_beside(errands(services), now=now, stop=stop):
        ticking.run(ticks(settings, services), now=now, stop=stop)
    services.close()


def policy_in_force(settings: Settings) -> InForce:
    """For the start of a process; raises PolicyFaults."""
    return InForce(policy_file.read(settings.policy_file))


def renew_policy(settings: Settings, in_force: InForce) -> None:
    """Reads the policy file again. A broken one is told with all its faults, and the last good one stays."""
    try:
        is_another = in_force.renew(policy_file.read(settings.policy_file))
    except PolicyFaults as faults:
        for line in policy_file.told(settings.policy_file, faults):
            log.error("%s", line)
        log.error("the policy file is broken; version %s stays in force", in_force.policy.version)
    else:
        found = "another" if is_another else "the same"
        log.warning("the policy file was read again and is %s: version %s", found, in_force.policy.version)


def role_map(settings: Settings) -> RoleMap:
    """Which groups of the helpdesk stand for which role; raises PeopleFaults."""
    return _people(settings)[0]


def renewed_roles(settings: Settings, before: RoleMap) -> RoleMap:
    """The role map as the people file has it now; the one before when the file is broken, with its faults told."""
    try:
        return role_map(settings)
    except people_file.PeopleFaults as faults:
        for fault in faults.faults:
            log.error("%s: %s", settings.people_file, fault)
        log.error("the people file is broken; the roles stay as they were")
        return before


def _begin(settings: Settings) -> None:
    logs.set_up()
    logs.report_errors_to(settings.sentry_dsn.value)


def _note(services: Services) -> None:
    """At the start, for whoever reads the log; a database that is not there is told before the first decision."""
    try:
        services.in_force.note(services.outside.store, now=services.outside.clock.now())
    except StoreUnavailable as error:
        log.warning("the policy in force is not noted yet: %s", error)


def ticks(settings: Settings, services: Services) -> list[ticking.Tick]:
    """Everything that happens because time passes, and asks nobody outside."""
    anchor = Anchor(
        store=services.outside.store,
        key=signing_key(settings.audit_key_file),
        append=CheckpointFile(settings.audit_checkpoint_file).append,
        clock=services.outside.clock,
    )
    return [
        ticking.Tick("sweep", timedelta(seconds=1), services.tasks.sweep),
        ticking.Tick("expire", timedelta(seconds=5), services.expire.expire_overdue),
        ticking.Tick("anchor", timedelta(seconds=60), anchor.sign_if_grown),
    ]


def errands(services: Services) -> list[ticking.Tick]:
    """What asks somebody outside every so often: it may take its time, and nothing else waits for it."""
    return [ticking.Tick("missed tickets", timedelta(seconds=60), services.catch_up.run)]


def prepare(settings: Settings, *, furnish: Furnish | None = None) -> None:
    """Migrates the database and takes over the people file; at every start, before anything serves.

    `furnish` fills a database in which nothing has happened yet; only the preview workspace has one.
    """
    store = SqlStore(settings.database_url)
    upgrade(store.engine)
    _, people = _people(settings)
    if furnish:
        furnish(store, people, now=SystemClock().now())
    Personnel(store=store, clock=SystemClock()).take_over(people, by=journal.SYSTEM)
    store.close()


@contextmanager
def opened(settings: Settings, in_force: InForce) -> Iterator[Services]:
    """The services, for a command that ends with the block."""
    services, _ = _services(settings, in_force)
    try:
        yield services
    finally:
        services.close()


def take_over_people(settings: Settings, services: Services, *, by: tuple[str, str]) -> list[str]:
    """What the people file changed, a sentence each; raises PeopleFaults."""
    return services.personnel.take_over(_people(settings)[1], by=by)


def _people(settings: Settings) -> tuple[RoleMap, list[Person]]:
    try:
        text = settings.people_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise people_file.PeopleFaults([f"The people file cannot be read: {error}"]) from None
    return people_file.load(text)


def selftest(settings: Settings, services: Services) -> dict[str, Callable[[], list[str]]]:
    """Each outside system, and the people who approve: a call that says what is wrong, or raises."""
    outside = services.outside
    return {
        "database": _reached(outside.store.ping),
        "redis": _reached(rq.connect(settings.redis_url).ping),
        outside.billing.name.lower(): _reached(
            lambda: outside.billing.find_customers("selftest@example.invalid")
        ),
        "zendesk": lambda: _zendesk_problems(outside),
        "slack": _chat(settings).check,
        "detector": _reached(lambda: try_both_paths(settings.redact_also)),
        "people": lambda: _too_few_people(services),
    }


def _zendesk_problems(outside: Outside) -> list[str]:
    """Without the right to read exports everything works but finding what a lost webhook should have told."""
    outside.helpdesk.me()
    try:
        outside.helpdesk.changes(since=outside.clock.now() - timedelta(minutes=10))
    except HelpdeskRefused as refused:
        return [f"missed webhooks cannot be found and no back-scan runs, exports are for admins: {refused}"]
    return []


def _reached(call: Callable[[], object]) -> Callable[[], list[str]]:
    """Nothing is wrong when the call returns."""

    def report() -> list[str]:
        call()
        return []

    return report


def _too_few_people(services: Services) -> list[str]:
    outside = services.outside
    with outside.store.reading() as tx:
        return approvers.missing(tx, services.in_force.policy, now=outside.clock.now())


def _services(
    settings: Settings, in_force: InForce, search: Scan = scan, *, roles: RoleMap | None = None
) -> tuple[Services, Redis]:
    clock = SystemClock()
    redis = rq.connect(settings.redis_url)
    outside = Outside(
        store=SqlStore(settings.database_url),
        billing=_billing(settings),
        helpdesk=zendesk.ZendeskHelpdesk(_zendesk(settings)),
        chat=_chat(settings),
        notifier=EmailNotifier(settings.smtp_url.value, sender=settings.mail_from),
        bell=rq.RqBell(redis),
        clock=clock,
        ids=TimeOrderedIds(clock),
        scan=search,
        extractor=_extractor(settings),
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


def _extractor(settings: Settings) -> SandboxedExtractor | None:
    ours = settings.attachments
    bounds = Bounds(file_bytes=ours.most_megabytes * 1_000_000, seconds=ours.seconds)
    return SandboxedExtractor(bounds) if ours.scan else None


def remarks(services: Services) -> Iterator[tuple[str, str]]:
    """What is switched off or missing by somebody's choice: no fault, and good to know."""
    extractor = services.outside.extractor
    if extractor is None:
        yield "files", "not looked into (SCAN_ATTACHMENTS=off): each is reported as not scanned"
    elif not extractor.reads_pictures:
        yield "ocr", "not installed (README): pictures and scanned pages are reported as not scanned"
    else:
        yield "ocr", "available"


def allowing(settings: Settings, store: SqlStore) -> Allowing:
    """For the command line: the helpdesk in reach, everything else of the service left out."""
    return Allowing(
        store=store,
        helpdesk=zendesk.ZendeskHelpdesk(_zendesk(settings)),
        clock=SystemClock(),
        ids=TimeOrderedIds(SystemClock()),
        key=settings.allowlist_key.value.encode(),
    )


def _billing(settings: Settings) -> stripe.StripeGateway:
    connection = stripe.connect(settings.stripe.api_key.value, base_url=settings.stripe.base_url)
    return stripe.StripeGateway(connection.client)


def _zendesk(settings: Settings) -> zendesk.ZendeskConnection:
    return zendesk.ZendeskConnection(settings.zendesk.base_url, _zendesk_tokens(settings))


def _zendesk_tokens(settings: Settings) -> zendesk.Tokens:
    """A fixed token, a pair that renews itself, or the client's own credentials: whatever is configured."""
    ours = settings.zendesk
    if ours.oauth_token:
        return zendesk.StaticToken(ours.oauth_token.value)
    client = zendesk.OAuthClient(ours.base_url, ours.oauth_client_id, ours.oauth_client_secret.value)
    if ours.oauth_refresh_token:
        file = settings.audit_key_file.with_name("zendesk-tokens.json")
        return zendesk.RotatingPair(client, ours.oauth_refresh_token.value, file, SystemClock().now)
    return zendesk.ClientCredentials(client, SystemClock().now)


def _visits(settings: Settings, connection: zendesk.ZendeskConnection) -> zendesk.ZendeskVisits:
    ours = settings.zendesk
    return zendesk.ZendeskVisits(
        zendesk.PublishedKey(lambda: connection.text(f"apps/{ours.app_id}/public_key.pem")),
        subdomain=ours.subdomain,
        installation_id=ours.installation_id,
        origins=(ours.base_url,) if settings.preview else (),
    )


def _slack_client(settings: Settings, *, seconds: float) -> WebClient:
    ours = settings.slack
    return slack.web_client(ours.bot_token.value, base_url=ours.base_url, timeout_seconds=seconds)


def _chat(settings: Settings) -> slack.SlackChat:
    return slack.SlackChat(
        client=_slack_client(settings, seconds=_PATIENT_SECONDS),
        quick_client=_slack_client(settings, seconds=_QUICK_SECONDS),
        home_team_id=settings.slack.team_id,
        approvals_channel=settings.slack.approvals_channel,
        security_channel=settings.slack.security_channel,
    )


def _parts(settings: Settings, services: Services, redis: Redis) -> parts.Parts:
    outside = services.outside
    shown = settings.preview
    return parts.Parts(
        clock=outside.clock,
        store=outside.store,
        tokens=Tokens(settings.panel_secret.value),
        visits=_visits(settings, _zendesk(settings)),
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
            client=_slack_client(settings, seconds=_QUICK_SECONDS),
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
