"""What runs: web, worker, clock, and the preparation before them."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Protocol

from flask import Flask

from sidebar_app.adapters import logs
from sidebar_app.adapters.beyond_cards import searching
from sidebar_app.adapters.checkpoints import CheckpointFile, signing_key
from sidebar_app.adapters.queue import rq
from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.migrate import upgrade
from sidebar_app.adapters.system import SystemClock
from sidebar_app.bootstrap.door import web_parts
from sidebar_app.bootstrap.rules import renew_policy, roles_and_people
from sidebar_app.bootstrap.wiring import wired
from sidebar_app.domain.people import Person
from sidebar_app.jobs import clock as ticking
from sidebar_app.jobs import work
from sidebar_app.jobs.hangup import on_hangup
from sidebar_app.ports.store import Store, StoreUnavailable
from sidebar_app.settings import Settings
from sidebar_app.web.app import create_app
from sidebar_app.workflow import journal
from sidebar_app.workflow.anchor import Anchor
from sidebar_app.workflow.identify import RoleMap
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.personnel import Personnel
from sidebar_app.workflow.services import Services

log = logging.getLogger(__name__)


def web_app(settings: Settings, in_force: InForce, roles: RoleMap | None = None) -> Flask:
    """The Flask app of one web process; `roles` are those of the people file where the process has not read it."""
    _begin(settings)
    services, redis = wired(settings, in_force, roles=roles)
    _note(services)
    return create_app(web_parts(settings, services, redis))


def run_worker(settings: Settings, in_force: InForce) -> None:
    """Until it is told to stop. Main thread only."""
    _begin(settings)
    with searching(settings.redact_also) as search:
        services, redis = wired(settings, in_force, search)
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
    services, _ = wired(settings, in_force)
    on_hangup(lambda: renew_policy(settings, in_force))
    now = services.outside.clock.now
    with ticking.running_beside(errands(services), now=now, stop=stop):
        ticking.run(ticks(settings, services), now=now, stop=stop)
    services.close()


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


class Furnish(Protocol):
    def __call__(self, store: Store, people: list[Person], *, now: datetime) -> object: ...


def prepare(settings: Settings, *, furnish: Furnish | None = None) -> None:
    """Migrates the database and takes over the people file; at every start, before anything serves.

    `furnish` fills a database in which nothing has happened yet; only the preview workspace has one.
    """
    store = SqlStore(settings.database_url)
    upgrade(store.engine)
    _, people = roles_and_people(settings)
    if furnish:
        furnish(store, people, now=SystemClock().now())
    Personnel(store=store, clock=SystemClock()).take_over(people, by=journal.SYSTEM)
    store.close()


def _begin(settings: Settings) -> None:
    logs.set_up()
    logs.report_errors_to(settings.sentry_dsn.value)


def _note(services: Services) -> None:
    """At the start, for whoever reads the log; a database that is not there is told before the first decision."""
    try:
        services.in_force.note(services.outside.store, now=services.outside.clock.now())
    except StoreUnavailable as error:
        log.warning("the policy in force is not noted yet: %s", error)
